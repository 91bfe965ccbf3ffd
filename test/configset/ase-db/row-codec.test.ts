import { Atoms, type InfoValue, type NdArray } from 'autopara'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeData } from '../../../build/lib/configset/ase-db/data-codec.js'
import { decodeRow } from '../../../build/lib/configset/ase-db/row-decode.js'
import { type EncodedRow, encodeRow, type RowExtras } from '../../../build/lib/configset/ase-db/row-encode.js'

/** The configuration after a way through a row. */
function through(atoms: Atoms, extras?: RowExtras): Atoms {
  return rowOf(encodeRow(atoms, extras)).atoms
}

function rowOf({ cells }: EncodedRow): ReturnType<typeof decodeRow> {
  const columns = 'numbers positions cell constraints data initial_magmoms initial_charges masses tags momenta'.split(
    ' ',
  )
  const row = { ...Object.fromEntries(columns.map((name) => [name, null])), ...cells, id: 1, mtime: 25, ctime: 25 }
  return decodeRow(row, {}, 'test.db')
}

const floats = (...data: number[]): NdArray => ({
  dtype: 'float64',
  shape: [data.length],
  data: Float64Array.from(data),
})
const h2 = (more: object): Atoms => new Atoms({ symbols: 'H2', positions: [0, 0, 0, 0, 0, 0.74], ...more })

describe('a configuration as a row', () => {
  it('comes back as it was, with results, per-atom values and anything in info', () => {
    const atoms = h2({
      cell: [5, 6, 7],
      pbc: [true, false, true],
      info: {
        note: 'first',
        energy: -1.5,
        'odd key': 1,
        Cu: 'an element',
        toatoms: 1,
        look: '12',
        on: true,
        n: 3,
        big: 2n ** 60n,
        stress: floats(1, 2, 3, 4, 5, 6),
        list: [1, 'a', { b: null }],
        words: { dtype: 'string', shape: [2], data: ['a', 'b'] },
        free_energy: -1,
        nothing: null,
      },
      infoTypes: { free_energy: 'float' },
      arrays: {
        q: { dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, 2n) },
        forces: { dtype: 'float64', shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) },
        site: { dtype: 'string', shape: [2], data: ['top', 'hollow'] },
      },
      masses: [1, 2],
      tags: [0, 7],
      momenta: [1, 2, 3, 4, 5, 6],
      charges: [0.5, -0.5],
      magmoms: [1, 1],
    })
    const back = through(atoms)
    expect(back.equals(atoms)).toBe(true)
    expect(Object.keys(back.info)).toEqual(Object.keys(atoms.info))
    expect(Object.keys(back.arrays)).toEqual(Object.keys(atoms.arrays))
    expect(back.infoTypes).toEqual(atoms.infoTypes)
  })

  it('comes back as it was, whatever it holds', () => {
    const key = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('energy', 'stress', 'dipole', 'forces', 'mass', 'info', 'constructor', '__proto__'),
      fc.constantFrom('constraints', 'arrays', 'autopara', '__ndarray__', '\\__ndarray__'),
    )
    const constraint = fc.constantFrom<InfoValue>(
      { name: 'FixAtoms', kwargs: { indices: [0] } },
      { name: 'FixAtoms', kwargs: { indices: [0] }, more: 1 },
      { name: 'FixCartesian', kwargs: { a: 1, mask: [true, false, true] } },
      { name: 'FixBondLengths', kwargs: { pairs: [[0, 1]] } },
      { name: 'none' },
    )
    const mark = fc.constantFrom<InfoValue>(
      { __ndarray__: ['a', 'b', 'c'] },
      { __ndarray__: [[1], 'float64', [1]] },
      { __ndarray__: [[1], 'float32', [1]] },
      [{ __ndarray__: [[1], 'float64', [1]], other: 3 }],
    )
    const number = fc.double({ noNaN: false })
    const array = fc.oneof(
      fc.array(number, { maxLength: 9 }).map((data) => floats(...data)),
      fc.array(fc.string(), { maxLength: 3 }).map((data): NdArray => ({ dtype: 'string', shape: [data.length], data })),
      fc
        .array(fc.integer(), { maxLength: 3 })
        .map((data): NdArray => ({ dtype: 'int32', shape: [data.length], data: Int32Array.from(data) })),
      fc.constantFrom<NdArray>(
        { dtype: 'string', shape: [0, 3], data: [] },
        { dtype: 'string', shape: [2, 0, 1], data: [] },
        { dtype: 'string', shape: [], data: ['one'] },
      ),
    )
    const json = fc.oneof(fc.array(constraint, { minLength: 1, maxLength: 2 }), mark)
    const value = fc.oneof(
      number,
      fc.boolean(),
      fc.string(),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
      array,
      json as fc.Arbitrary<InfoValue>,
    )
    const column = fc.constantFrom('forces', 'momenta', 'masses', 'tags', 'charges', 'magmoms', 'move_mask', 'x')
    const perAtom = fc.tuple(fc.constantFrom(1, 2, 3), fc.boolean()).map(([width, real]): NdArray => {
      const shape = width === 1 ? [2] : [2, width]
      return real
        ? { dtype: 'float64', shape, data: new Float64Array(2 * width).fill(0.1) }
        : { dtype: 'bool', shape, data: new Uint8Array(2 * width).fill(1, 1) }
    })
    fc.assert(
      fc.property(
        // constraints are rare among random keys
        fc.tuple(fc.dictionary(key, value), fc.option(json)).map(([info, constraints]) => ({
          ...info,
          ...(constraints && { constraints }),
        })),
        fc.dictionary(column, perAtom),
        fc.array(number, { minLength: 6, maxLength: 6 }),
        (info, arrays, positions) => {
          const atoms = h2({ info: info as Record<string, InfoValue>, arrays, positions })
          const back = through(atoms)
          expect(back.toJSON()).toEqual({
            ...atoms.toJSON(),
            ...(back.infoTypes && { infoTypes: { ...back.infoTypes } }),
          })
          expect(Object.keys(back.info)).toEqual(Object.keys(atoms.info))
          expect(Object.keys(back.arrays)).toEqual(Object.keys(atoms.arrays))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('puts scalars where queries see them, with their types', () => {
    const { pairs, cells } = encodeRow(h2({ info: { a: 2, b: 2, t: true, s: 'x' }, infoTypes: { b: 'float' } }))
    expect(pairs).toEqual([
      ['a', 2],
      ['b', 2],
      ['t', 1],
      ['s', 'x'],
    ])
    expect(cells['key_value_pairs']).toBe('{"a":2,"b":2.0,"t":true,"s":"x"}')
  })

  it('makes no pair of a string that Python takes for a number, in any script', () => {
    const atoms = h2({ info: { a: '١', b: '१.५', c: '²', d: '1x' } })
    expect(encodeRow(atoms).pairs).toEqual([
      ['c', '²'],
      ['d', '1x'],
    ])
    expect(through(atoms).equals(atoms)).toBe(true)
  })

  it('lets explicit pairs go before info, and keeps more data', () => {
    const row = rowOf(
      encodeRow(h2({ info: { a: 1, z: 1 } }), { keyValuePairs: { a: 2, b: 'x' }, data: { extra: [1] } }),
    )
    expect({ ...row.atoms.info }).toEqual({ a: 2, z: 1, b: 'x', extra: [1] })
    expect({ ...row.keyValuePairs }).toEqual({ a: 2, z: 1, b: 'x' })
    expect({ ...row.data }).toEqual({ extra: [1] })
  })

  it('stores a 3 × 3 stress in Voigt order for ASE, and gives the matrix back', () => {
    const matrix: NdArray = { dtype: 'float64', shape: [3, 3], data: Float64Array.of(1, 6, 5, 6, 2, 4, 5, 4, 3) }
    const row = encodeRow(h2({ info: { stress: matrix } }))
    expect([...new Float64Array((row.cells['stress'] as Uint8Array).slice().buffer)]).toEqual([1, 2, 3, 4, 5, 6])
    expect(row.cells['smax']).toBe(6)
    expect(rowOf(row).atoms.info['stress']).toEqual(matrix)
  })

  it('stores fixed atoms as constraints, and leaves them out of fmax', () => {
    const forces: NdArray = { dtype: 'float64', shape: [2, 3], data: Float64Array.of(9, 0, 0, 3, 4, 0) }
    const mask = (shape: number[], ...data: number[]): NdArray => ({
      dtype: 'bool',
      shape,
      data: Uint8Array.from(data),
    })
    const one = encodeRow(h2({ arrays: { forces, move_mask: mask([2], 0, 1) } }))
    expect(JSON.parse(one.cells['constraints'] as string)).toEqual([{ name: 'FixAtoms', kwargs: { indices: [0] } }])
    expect(one.cells['fmax']).toBe(5)
    const three = encodeRow(h2({ arrays: { forces, move_mask: mask([2, 3], 0, 1, 1, 1, 0, 1) } }))
    expect(three.cells['fmax']).toBe(3)
    expect(rowOf(three).atoms.arrays['move_mask']).toEqual(mask([2, 3], 0, 1, 1, 1, 0, 1))
  })

  it('keeps constraints that no mask can say, and then gives no fmax', () => {
    const constraints = [{ name: 'FixBondLengths', kwargs: { pairs: [[0, 1]], tolerance: 1e-13 } }]
    const forces: NdArray = { dtype: 'float64', shape: [2, 3], data: new Float64Array(6) }
    const row = encodeRow(h2({ info: { constraints }, arrays: { forces } }))
    expect(row.cells['fmax']).toBeNull()
    expect(rowOf(row).atoms.info['constraints']).toEqual(constraints)
  })

  it('keeps constraints of info that a mask can say, beside a mask', () => {
    const fixed = (index: number, more = {}): InfoValue => ({ name: 'FixAtoms', kwargs: { indices: [index] }, ...more })
    const mask: NdArray = { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) }
    for (const atoms of [
      h2({ info: { constraints: [fixed(0)] } }),
      h2({ info: { constraints: [fixed(0, { note: 'mine' })] } }),
      h2({ info: { constraints: [fixed(0)] }, arrays: { move_mask: mask } }),
      h2({ info: { constraints: 5 }, arrays: { move_mask: mask } }),
      h2({ info: { constraints: [fixed(0)] }, arrays: { move_mask: { ...mask, data: Uint8Array.of(1, 1) } } }),
    ]) {
      expect(through(atoms).toJSON()).toEqual(atoms.toJSON())
      expect(Object.keys(through(atoms).arrays)).toEqual(Object.keys(atoms.arrays))
    }
    const row = encodeRow(h2({ info: { constraints: [fixed(0)] }, arrays: { move_mask: mask } }))
    expect(JSON.parse(row.cells['constraints'] as string)).toEqual([fixed(1), fixed(0)])
    // changed by another program: the column counts
    const changed = rowOf({ ...row, cells: { ...row.cells, constraints: JSON.stringify([fixed(0)]) } }).atoms
    expect(changed.info).not.toHaveProperty('constraints')
    expect(changed.arrays['move_mask']).toEqual({ ...mask, data: Uint8Array.of(0, 1) })
  })

  it('takes the entries of other programs that have the names of ours for entries like any other', () => {
    const foreign = encodeRow(h2({ info: { energy: 5.5, stage: 'x' } }))
    for (const data of [
      { info: { energy: 77, stage: 'y' } },
      { info: { energy: 77 } },
      { info: { stage: 'y' }, arrays: { forces: 'none' }, autopara: 1 },
      { arrays: { forces: { __ndarray__: [[2, 3], 'float64', [1, 2, 3, 4, 5, 6]] } } },
      { autopara: { info: 'a text' } },
      { info: {} },
    ]) {
      const { atoms } = rowOf({ ...foreign, cells: { ...foreign.cells, data: encodeData(data) } })
      expect({ ...atoms.info }).toMatchObject({ energy: 5.5, stage: 'x', ...data })
      expect(Object.keys(atoms.arrays)).toEqual([])
      expect(through(atoms).equals(atoms)).toBe(true)
    }
  })

  it('lets a column or a pair that was changed go before what data says', () => {
    const row = encodeRow(h2({ info: { energy: 5, list: [1, 2, 'x'] } }))
    const seen = (cells: object): Record<string, InfoValue> => ({
      ...rowOf({ ...row, cells: { ...row.cells, ...cells } }).atoms.info,
    })
    expect(seen({})).toEqual({ energy: 5, list: [1, 2, 'x'] })
    expect(seen({ energy: 6 })).toEqual({ energy: 6, list: [1, 2, 'x'] })
    expect(seen({ energy: null })).toEqual({ list: [1, 2, 'x'] })
    expect(seen({ key_value_pairs: '{"list": 3}' })).toEqual({ energy: 5, list: 3 })
  })

  it('names the row that can not be read', () => {
    const { cells } = encodeRow(h2({}))
    expect(() => decodeRow({ ...cells, id: 7, positions: new Uint8Array(8) }, {}, 'x.db')).toThrow(
      /x\.db: row 7 can't be read: positions has 8 bytes where 48 belong/,
    )
  })
})
