import { describe, expect, it } from 'vitest'
import { check, mutant } from './mutations.js'

describe('broken files', () => {
  it('end with frames or an ExtxyzError, read the same in every way, and are written back: 400 mutations', async () => {
    for (let seed = 0; seed < 400; seed++) {
      const bytes = mutant(seed)
      await check(bytes, seed).catch((error: unknown) => {
        expect.fail(`seed ${seed}: ${String(error)}\n${JSON.stringify(bytes.toString())}`)
      })
    }
  })

  it.each([
    // A byte order mark in a comment, which was taken off when the part before it was shorter than one.
    41963,
  ])('that once showed a defect: seed %i', async (seed) => {
    await check(mutant(seed), seed)
  })
})
