import { describe, expect, it } from 'vitest'
import { emtModel } from '../../lib/calculators/emt-parameters.js'
import {
  evaluateTable,
  pairFunctions,
  pairTable,
  TABLE_DENSITY,
  TABLE_POINTS,
  TABLE_START,
} from '../../lib/calculators/emt-table.js'

/** Al, Cu and Pt: the steepest and the flattest functions; H and O. */
const NUMBERS = [1, 8, 13, 29, 78]

describe.each([false, true])('the tables of EMT (asapCutoff: %s)', (asapCutoff) => {
  const model = emtModel(NUMBERS, asapCutoff)
  if (typeof model === 'number') throw new Error('no parameters')
  const pairs = NUMBERS.flatMap((_, a) => NUMBERS.map((__, b) => [a, b] as const))

  it.each(pairs)('have the functions and slopes of a pair (%i, %i) to a few units in the last place', (a, b) => {
    const table = pairTable(model, a, b, 3)
    const exact = new Float64Array(6)
    const found = new Float64Array(2)
    const nearest = new Float64Array(6)
    pairFunctions(model, a, b, TABLE_START, nearest)
    for (let q = TABLE_START; q < model.reach ** 2; q += 0.0437) {
      pairFunctions(model, a, b, q, exact)
      const scaled = (q - TABLE_START) * TABLE_DENSITY
      const interval = Math.floor(scaled)
      for (let c = 0; c < 3; c++) {
        evaluateTable(table, (3 * interval + c) * TABLE_POINTS, scaled - interval - 0.5, found, 0)
        expect(Math.abs(found[0]! - exact[2 * c]!)).toBeLessThan(4e-15 * nearest[2 * c]!)
        expect(Math.abs(found[1]! * TABLE_DENSITY - exact[2 * c + 1]!)).toBeLessThan(1e-12 * nearest[2 * c]!)
      }
    }
  })
})
