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
})
