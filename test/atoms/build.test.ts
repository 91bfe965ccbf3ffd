import { type BulkOptions, bulk, molecule } from 'autopara'
import { describe, expect, it } from 'vitest'

/** Cells and positions as ASE 3.22.1 prints them. */
const ASE: [string, BulkOptions, number[], number[]][] = [
  ['Cu', {}, [0, 1.805, 1.805, 1.805, 0, 1.805, 1.805, 1.805, 0], [0, 0, 0]],
  [
    'Cu',
    { cubic: true },
    [3.61, 0, 0, 0, 3.61, 0, 0, 0, 3.61],
    [0, 0, 0, 0, 1.805, 1.805, 1.805, 0, 1.805, 1.805, 1.805, 0],
  ],
  ['Fe', {}, [-1.435, 1.435, 1.435, 1.435, -1.435, 1.435, 1.435, 1.435, -1.435], [0, 0, 0]],
  ['Fe', { cubic: true }, [2.87, 0, 0, 0, 2.87, 0, 0, 0, 2.87], [0, 0, 0, 1.435, 1.435, 1.435]],
  ['Ti', {}, [2.95, 0, 0, -1.475, 2.554774941164094, 0, 0, 0, 4.6846], [0, 0, 0, 0, 1.7031832941093958, 2.3423]],
  ['Si', {}, [0, 2.715, 2.715, 2.715, 0, 2.715, 2.715, 2.715, 0], [0, 0, 0, 1.3575, 1.3575, 1.3575]],
  ['Po', {}, [3.35, 0, 0, 0, 3.35, 0, 0, 0, 3.35], [0, 0, 0]],
  [
    'Cu',
    { structure: 'hcp', a: 2.5 },
    [2.5, 0, 0, -1.25, 2.1650635094610964, 0, 0, 0, 4.08248290463863],
    [0, 0, 0, 0, 1.443375672974064, 2.041241452319315],
  ],
]

describe('bulk', () => {
  it.each(ASE)('builds %s %o in the cell and order of ASE', (symbol, options, cell, positions) => {
    const atoms = bulk(symbol, options)
    expect(atoms.pbc).toEqual([true, true, true])
    expect(new Set(atoms.symbols)).toEqual(new Set([symbol]))
    expect(atoms.cell).toHaveLength(9)
    atoms.cell.forEach((x, i) => {
      expect(x).toBeCloseTo(cell[i]!, 14)
    })
    expect(atoms.positions).toHaveLength(positions.length)
    atoms.positions.forEach((x, i) => {
      expect(x).toBeCloseTo(positions[i]!, 14)
    })
  })

  it.each<[string, object, RegExp]>([
    ['Qq', {}, /chemical symbol/],
    ['H', {}, /`structure`/],
    ['H', { structure: 'fcc' }, /`a`/],
    ['Cu', { structure: 'cub' }, /`structure`/],
    ['Cu', { a: -1 }, /`a`/],
    ['Cu', { covera: 1.6 }, /hcp/],
    ['Ti', { cubic: true }, /`cubic`/],
    ['Cu', { crystal: 'fcc' }, /bulk has no option/],
  ])('refuses %s %o', (symbol, options, message) => {
    expect(() => bulk(symbol, options)).toThrow(message)
  })
})

describe('molecule', () => {
  it('builds a molecule without a cell, in its order of atoms', () => {
    const water = molecule('H2O')
    expect(water.symbols).toEqual(['O', 'H', 'H'])
    expect(water.pbc).toEqual([false, false, false])
    expect([...water.positions.subarray(0, 6)]).toEqual([0, 0, 0.119262, 0, 0.763239, -0.477047])
    expect(molecule('H2O').equals(water)).toBe(true)
  })

  it('names the set when it has no such molecule', () => {
    expect(() => molecule('H2S')).toThrow(/one of H2, N2, .*C6H6/)
    expect(() => molecule('constructor')).toThrow(RangeError)
  })
})
