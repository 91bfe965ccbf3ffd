import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run } from '../fixtures/chaos.mjs'
import { useScratchFolders } from '../scratch-folder.js'
import { recordFigure } from './figures.js'
import { Killer } from './killer.js'
import { soak, writeInput } from './soak.js'

const scratch = useScratchFolders()
const CONFIGS = soak ? 5000 : 150
const KILLS = soak ? 1000 : 6

describe('a loop whose workers are killed, stopped and misbehave', () => {
  it.each([
    ['fork', CONFIGS, KILLS],
    // Threads can't be killed from outside; they exit, fail, hang, and fill their heap.
    ['thread', soak ? CONFIGS : 100, 0],
  ] as const)(
    'writes the bytes of an undisturbed serial run (%s, %i configurations, %i kills)',
    async (context, configs, kills) => {
      const folder = scratch()
      const input = await writeInput(folder, configs)
      const reference = join(folder, 'reference.xyz')
      await run(input, reference, null, { loop: { npool: 0 } })
      const memory = join(folder, 'memory')
      mkdirSync(memory)
      const killer = new Killer(kills)
      const output = join(folder, 'chaos.xyz')
      await run(input, output, memory, {
        loop: {
          context,
          npool: 4,
          chunksize: 3,
          retries: 1000,
          taskTimeout: 5000,
          initializer: 'heap-limit',
          initargs: [64],
          progress: { update: () => killer.strike() },
        },
      }).finally(() => killer.end())
      expect(numbersIn(output)).toEqual(numbersIn(reference))
      expect(readFileSync(output).equals(readFileSync(reference))).toBe(true)
      expect(killer.kills).toBe(kills)
      // Four kinds of deaths in every fifty, each once.
      expect(readdirSync(memory)).toHaveLength((4 * configs) / 50)
      expect(readdirSync(folder).sort()).toEqual([
        ...['chaos.xyz', 'chaos.xyz.failed.jsonl', 'in.xyz', 'memory', 'reference.xyz', 'reference.xyz.failed.jsonl'],
      ])
      const failures = (name: string): unknown[] =>
        readFileSync(join(folder, `${name}.failed.jsonl`), 'utf8')
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { index: number }).index)
      expect(failures('chaos.xyz')).toEqual(failures('reference.xyz'))
      expect(failures('chaos.xyz')).toHaveLength((2 * configs) / 50)
      const deaths = kills + (4 * configs) / 50
      recordFigure(
        `chaos over ${context}`,
        `${configs} configurations, ${deaths} workers lost`,
        '0 lost, the same bytes',
      )
    },
    3_600_000,
  )
})

function numbersIn(path: string): number[] {
  return [...readFileSync(path, 'utf8').matchAll(/number=(\d+)/g)].map(([, number]) => Number(number))
}
