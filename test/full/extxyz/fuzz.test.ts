import { describe, expect, it } from 'vitest'
import { check, mutant } from '../../extxyz/mutations.js'

/** 30 seconds of the same mutations in CI; `npm run fuzz` takes minutes, and other mutations each time. */
const seconds = Number(process.env['FUZZ_SECONDS'] ?? 30)
const first =
  process.env['FUZZ_SEED'] === 'random' ? Math.floor(Math.random() * 1e9) : Number(process.env['FUZZ_SEED'] ?? 10_000)

describe('broken files', () => {
  it(
    `end with frames or an ExtxyzError, for ${seconds} s of mutations from seed ${first} on`,
    async () => {
      const end = Date.now() + 1000 * seconds
      let seed = first
      for (; Date.now() < end; seed++) {
        const bytes = mutant(seed)
        await check(bytes, seed).catch((error: unknown) => {
          expect.fail(`seed ${seed}: ${String(error)}\n${JSON.stringify(bytes.toString())}`)
        })
      }
      expect(seed).toBeGreaterThan(first)
      console.log(`${seed - first} mutations from seed ${first} on`)
    },
    1000 * (seconds + 60),
  )
})
