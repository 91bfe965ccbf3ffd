import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Rng } from 'autopara'
import { describe, expect, it } from 'vitest'
import { run } from '../fixtures/chaos.mjs'
import { useScratchFolders } from '../scratch-folder.js'
import { recordFigure } from './figures.js'
import { Killer } from './killer.js'
import { soak, writeInput } from './soak.js'

const scratch = useScratchFolders()
const COMBINATIONS = soak ? 100 : 6
const SEEDS = [1, 'two', 3]

describe('the output of a loop', () => {
  it(`does not depend on how it is run, nor on who dies (${COMBINATIONS} random combinations)`, async () => {
    const folder = scratch()
    const input = await writeInput(folder, 60)
    const rng = new Rng('determinism')
    const pick = <T>(values: readonly T[]): T => values[rng.integers(0, values.length)] as T
    const hashes = new Map<number | string, Map<string, object>>(SEEDS.map((seed) => [seed, new Map()]))
    let deaths = 0
    for (let k = 0; k < COMBINATIONS; k++) {
      const context = pick(['fork', 'thread', 'cluster', 'serial'] as const)
      const mortal = context !== 'serial' && pick([true, false])
      const memory = mortal ? join(folder, `memory-${k}`) : null
      if (memory !== null) mkdirSync(memory)
      const killer = new Killer(context === 'fork' || context === 'cluster' ? rng.integers(0, 3) : 0, `kills ${k}`)
      const seed = pick(SEEDS)
      const loop = {
        seed,
        npool: context === 'serial' ? 0 : pick([1, 2, 3]),
        ...(context === 'serial' ? {} : { context }),
        chunksize: pick([1, 2, 7, 60, 'auto' as const]),
        prefetch: pick([undefined, 1, 5]),
        exact: pick([undefined, true]),
        retries: 100,
        taskTimeout: 10_000,
        // The hang and the full heap are chaos.test.ts's: they take seconds.
        args: [memory, [19, 41]],
        progress: { update: () => killer.strike() },
      }
      const output = join(folder, `${k}.xyz`)
      await run(input, output, memory, { loop }).finally(() => killer.end())
      deaths += killer.kills + (memory === null ? 0 : readdirSync(memory).length)
      const hash = createHash('sha256').update(readFileSync(output)).digest('hex')
      const known = hashes.get(seed) as Map<string, object>
      if (!known.has(hash)) known.set(hash, loop)
    }
    for (const [seed, known] of hashes) expect([...known.values()].length, `seed ${seed}`).toBeLessThanOrEqual(1)
    expect(deaths).toBeGreaterThan(0)
    const distinct = [...hashes.values()].flatMap((known) => [...known.keys()])
    expect(new Set(distinct).size).toBe(distinct.length)
    const often = `${COMBINATIONS} combinations, ${deaths} workers lost`
    recordFigure(
      'random processes, chunk sizes, contexts, prefetching, deaths and seeds',
      often,
      'one hash for each seed',
    )
  }, 1_800_000)
})
