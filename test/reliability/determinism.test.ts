import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Rng } from 'autopara'
import { describe, expect, it } from 'vitest'
import { run } from '../fixtures/chaos.mjs'
import { useScratchFolders } from '../scratch-folder.js'
import { soak, writeInput } from './soak.js'

const scratch = useScratchFolders()
const COMBINATIONS = soak ? 100 : 10

describe('the output of a loop', () => {
  it(`does not depend on how it is run (${COMBINATIONS} random combinations)`, async () => {
    const folder = scratch()
    const input = await writeInput(folder, 60)
    const rng = new Rng('determinism')
    const pick = <T>(values: readonly T[]): T => values[rng.integers(0, values.length)] as T
    const hashes = new Map<string, object>()
    for (let k = 0; k < COMBINATIONS; k++) {
      const loop = {
        npool: pick([0, 1, 2, 3]),
        chunksize: pick([1, 2, 7, 60, 'auto' as const]),
        context: pick(['fork', 'thread'] as const),
        prefetch: pick([undefined, 1, 5]),
        rerunSingly: true,
      }
      const output = join(folder, `${k}.xyz`)
      await run(input, output, null, { loop })
      const hash = createHash('sha256').update(readFileSync(output)).digest('hex')
      if (!hashes.has(hash)) hashes.set(hash, loop)
    }
    expect([...hashes.values()]).toHaveLength(1)
  }, 1_800_000)
})
