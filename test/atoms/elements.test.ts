import { describe, expect, it } from 'vitest'
import { atomicMass, hillFormula, maxAtomicNumber, numberOf, parseFormula, symbolOf } from '../../lib/atoms/elements.js'
import { sharedJson } from '../shared-data.js'

const units = sharedJson('reference', 'units.json') as { atomic_masses: number[]; chemical_symbols: string[] } | null

describe('the elements', () => {
  it.skipIf(!units)('have the symbols and masses of the reference, bit for bit', () => {
    expect(maxAtomicNumber).toBe(118)
    expect(Array.from({ length: 119 }, (_, z) => symbolOf(z))).toEqual(units?.chemical_symbols)
    expect(Array.from({ length: 119 }, (_, z) => atomicMass(z))).toEqual(units?.atomic_masses)
  })

  it('are found by symbol, in their spelling only', () => {
    expect(numberOf('Cu')).toBe(29)
    expect(numberOf('X')).toBe(0)
    expect(numberOf('cu')).toBeUndefined()
    expect(numberOf('constructor')).toBeUndefined()
    expect(() => symbolOf(119)).toThrow(RangeError)
    expect(() => atomicMass(-1)).toThrow(RangeError)
  })

  it.each([
    ['CH3OH', 'C H H H O H'],
    ['Ca(OH)2', 'Ca O H O H'],
    ['Co', 'Co'],
    ['CO', 'C O'],
    ['Al2(SO4)3', 'Al Al S O O O O S O O O O S O O O O'],
    ['', ''],
  ])('spell out the formula %s', (formula, symbols) => {
    expect(parseFormula(formula).map(symbolOf).join(' ')).toBe(symbols)
  })

  it.each(['2H', 'H-O', 'H)', '(H', 'h', 'H2 O', 'Qq'])('refuse %j as a formula', (formula) => {
    expect(() => parseFormula(formula)).toThrow(RangeError)
  })

  it('print the formula in the order of Hill', () => {
    expect(hillFormula(parseFormula('CH3CH2OH'))).toBe('C2H6O')
    expect(hillFormula(parseFormula('NaCl'))).toBe('ClNa')
    expect(hillFormula(parseFormula('BrCHO'))).toBe('CHBrO')
  })
})
