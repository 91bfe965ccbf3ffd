import { Atoms, bulk, molecule } from 'autopara'
import { describe, expect, it } from 'vitest'
import {
  type DescriptorOptions,
  descriptorLengths,
  descriptorOp,
} from '../../../lib/operations/descriptors/descriptor-op.js'
import { OperationError } from '../../../lib/operations/operation-error.js'

const soap = { type: 'soap', species: ['H', 'O'], cutoff: 4, nMax: 3, lMax: 2, atomSigma: 0.5 } as const
const acsf = { type: 'acsf', species: ['H', 'O'], cutoff: 4, g2: [{ eta: 1 }, { eta: 2 }] } as const
const soapLength = 21 * 3

function infoOf(atoms: Atoms, options: DescriptorOptions): Float64Array {
  expect(descriptorOp([atoms], options)).toEqual([atoms])
  const value = atoms.info[options.key] as { dtype: string; shape: number[]; data: Float64Array }
  expect(value.dtype).toBe('float64')
  expect(value.shape).toEqual([value.data.length])
  return value.data
}

function rowsOf(atoms: Atoms, key: string): Float64Array[] {
  const array = atoms.arrays[key]!
  const columns = array.shape[1] ?? 1
  expect(array.shape[0]).toBe(atoms.length)
  return Array.from({ length: atoms.length }, (_, i) =>
    (array.data as Float64Array).subarray(i * columns, (i + 1) * columns),
  )
}

const norm = (v: Float64Array): number => Math.hypot(...v)

describe('descriptorOp', () => {
  it('stores one vector of a configuration in info, of length 1', () => {
    const vector = infoOf(molecule('H2O'), { descs: soap, key: 'soap' })
    expect(vector).toHaveLength(soapLength)
    expect(norm(vector)).toBeCloseTo(1, 14)
  })

  it('stores a row for each atom in arrays', () => {
    const water = molecule('H2O')
    descriptorOp([water], { descs: [soap, acsf], key: 'd', local: true })
    expect(water.info).toEqual({})
    const rows = rowsOf(water, 'd')
    expect(rows[0]).toHaveLength(soapLength + 4)
    for (const row of rows) expect(norm(row)).toBeCloseTo(1, 14)
    rows[1]!.forEach((x, i) => {
      expect(x).toBeCloseTo(rows[2]![i]!, 10)
    })
  })

  it('takes quippy’s text for a descriptor', () => {
    const text = 'soap n_max=3 l_max=2 cutoff=4 atom_sigma=0.5 n_species=2 species_Z={1 8} average'
    const own = { ...soap, radialBasis: 'equispaced' } as const
    expect(infoOf(molecule('H2O'), { descs: text, key: 'a' })).toEqual(
      infoOf(molecule('H2O'), { descs: own, key: 'a' }),
    )
  })

  it('concatenates, and leaves the parts as they are without normalize', () => {
    const options = { key: 'd', normalize: false }
    const both = infoOf(molecule('H2O'), { ...options, descs: [acsf, soap] })
    const first = infoOf(molecule('H2O'), { ...options, descs: acsf })
    const second = infoOf(molecule('H2O'), { ...options, descs: [soap] })
    expect([...both]).toEqual([...first, ...second])
    expect(norm(first)).not.toBeCloseTo(1, 3)
  })

  it('weighs the species’ parts by composition, in the order of atomic numbers', () => {
    const descs = { O: acsf, '1': soap }
    const raw = { descs, key: 'd', normalize: false }
    const weighted = infoOf(molecule('H2O'), raw)
    const plain = infoOf(molecule('H2O'), { ...raw, compositionWeight: false })
    expect(weighted).toHaveLength(soapLength + 4)
    expect(norm(plain.subarray(0, soapLength))).toBeCloseTo(1, 14)
    plain.forEach((x, i) => {
      expect(weighted[i]).toBeCloseTo(x * (i < soapLength ? 2 / 3 : 1 / 3), 15)
    })
    expect(norm(infoOf(molecule('H2O'), { descs, key: 'd' }))).toBeCloseTo(1, 14)
  })

  it('gives each species its own array, with zeros for the other atoms', () => {
    const water = molecule('H2O')
    descriptorOp([water], { descs: { H: soap, O: [soap, acsf], '*': acsf }, key: 'd', local: true })
    expect(Object.keys(water.arrays)).toEqual(['d', 'd_Z_1', 'd_Z_8'])
    expect(rowsOf(water, 'd_Z_1').map(norm).map(Math.round)).toEqual([0, 1, 1])
    expect(rowsOf(water, 'd_Z_8').map(norm).map(Math.round)).toEqual([1, 0, 0])
    expect(rowsOf(water, 'd_Z_8')[0]).toHaveLength(soapLength + 4)
  })

  it('gives zeros of the same length for a species that a configuration lacks', () => {
    const descs = { H: soap, O: acsf }
    const vector = infoOf(molecule('H2'), { descs, key: 'd' })
    expect(vector).toHaveLength(soapLength + 4)
    expect(vector.subarray(soapLength).every((x) => x === 0)).toBe(true)
    const hydrogen = molecule('H2')
    descriptorOp([hydrogen], { descs, key: 'd', local: true })
    expect(rowsOf(hydrogen, 'd_Z_8').every((row) => row.every((x) => x === 0))).toBe(true)
  })

  it('describes isolated atoms and empty configurations', () => {
    const alone = new Atoms({ symbols: 'O' })
    expect(norm(infoOf(alone, { descs: soap, key: 'd' }))).toBeCloseTo(1, 14)
    const empty = new Atoms({})
    expect(infoOf(empty, { descs: { O: soap }, key: 'd' }).every((x) => x === 0)).toBe(true)
    descriptorOp([empty], { descs: soap, key: 'd', local: true })
    expect(empty.arrays['d']).toEqual({ dtype: 'float64', shape: [0, soapLength], data: new Float64Array(0) })
  })

  it('refuses a key that exists, and replaces it by force, with all species’ arrays', () => {
    const water = molecule('H2O')
    const options: DescriptorOptions = { descs: { H: soap, O: acsf }, key: 'd', local: true }
    descriptorOp([water], options)
    const before = water.copy()
    const [failure] = descriptorOp([water], options)
    expect(failure).toBeInstanceOf(OperationError)
    expect((failure as OperationError).message).toMatch(/arrays\.d_Z_1 exists already: choose another `key`/)
    expect(water.equals(before)).toBe(true)
    descriptorOp([water], { ...options, descs: { O: acsf }, force: true })
    expect(Object.keys(water.arrays)).toEqual(['d_Z_8'])
    water.info['d'] = 1
    expect(descriptorOp([water], { descs: soap, key: 'd' })[0]).toBeInstanceOf(OperationError)
    expect(infoOf(water, { descs: soap, key: 'd', force: true })).toHaveLength(soapLength)
  })

  it('fails a configuration with an unknown species alone, and leaves it as it was', () => {
    const [first, second, third] = [molecule('H2O'), molecule('CO'), molecule('H2')]
    const result = descriptorOp([first, second, third], { descs: soap, key: 'd', force: true })
    expect(result[0]).toBe(first)
    expect(result[1]).toMatchObject({ name: 'OperationError', mark: { descriptor_failed: true } })
    expect((result[1] as Error).message).toMatch(/Atom 1 is C, but the descriptor knows the species H, O only/)
    expect(second.equals(molecule('CO'))).toBe(true)
    expect(result[2]).toBe(third)
  })

  it('does not depend on what was described before', () => {
    const options = { descs: { ...soap, species: ['Cu', 'Au'] }, key: 'd', local: true, force: true }
    const crystals = [bulk('Cu'), bulk('Au', { cubic: true }), bulk('Cu').repeat([2, 1, 1])]
    const together = descriptorOp(crystals, options) as Atoms[]
    const single = [bulk('Cu').repeat([2, 1, 1]), bulk('Au', { cubic: true }), bulk('Cu')]
    for (const atoms of single) descriptorOp([atoms], options)
    expect(single.reverse().map((atoms, i) => atoms.equals(together[i]!))).toEqual([true, true, true])
  })

  it('tells the lengths of what it would store', () => {
    expect(descriptorLengths({ descs: [soap, acsf], key: 'd' })).toEqual({ d: soapLength + 4 })
    expect(descriptorLengths({ descs: { O: soap, H: acsf }, key: 'd', local: true })).toEqual({
      d_Z_1: 4,
      d_Z_8: soapLength,
    })
  })

  it.each<[object, RegExp]>([
    [{ key: '' }, /`key` must be a string that is not empty/],
    [{ descs: [] }, /`descs` must be at least one descriptor/],
    [{ descs: { O: soap, '8': soap } }, /`descs` must be one entry for each species, got "two for Z = 8"/],
    [{ descs: {} }, /`descs` must be at least one descriptor/],
    [{ descs: { Qq: soap } }, /`descs`/],
    [{ descs: { type: 'mbtr' } }, /`type` must be 'soap' or 'acsf'/],
    [{ descs: 7 }, /`descs`/],
    [{ locl: true }, /did you mean `local`/],
    [{ force: 1 }, /`force` must be a boolean/],
  ])('refuses %o', (change, message) => {
    expect(() => descriptorOp([], { descs: soap, key: 'd', ...change } as DescriptorOptions)).toThrow(message)
  })
})
