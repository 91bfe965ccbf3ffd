/** Extended XYZ files with random damage: frames or an error of the reader, the same in every way of reading. */
import { describe, expect, it } from 'vitest'
import { check, mutant } from '../extxyz/mutations.js'
import { recordFigure } from './figures.js'
import { soak } from './soak.js'

const MUTATIONS = soak ? 10_000_000 : 1000
/** Past the seeds of test/extxyz/mutations.test.ts. */
const FIRST = 100_000

describe('extended XYZ files with random damage', () => {
  it(`end with frames or an ExtxyzError, and what is read can be written (${MUTATIONS} files)`, async () => {
    // Most of them end with an error, and nobody reads where it was made.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    for (let seed = FIRST; seed < FIRST + MUTATIONS; seed++) {
      const bytes = mutant(seed)
      await check(bytes, seed).catch((error: unknown) => {
        expect.fail(`seed ${seed}: ${String(error)}\n${JSON.stringify(bytes.toString('latin1'))}`)
      })
    }
    Error.stackTraceLimit = stackTraceLimit
    recordFigure('extended XYZ files with random damage', `${MUTATIONS} files`, '0 crashes, 0 read differently')
  }, 36_000_000)
})
