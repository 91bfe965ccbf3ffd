import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Rng } from 'autopara'
import { describe, expect, it } from 'vitest'
import { run } from '../fixtures/chaos.mjs'
import { useScratchFolders } from '../scratch-folder.js'
import { soak, writeInput } from './soak.js'

const scratch = useScratchFolders()
const CONFIGS = soak ? 5000 : 150
const KILLS = soak ? 1000 : 6

describe('a loop whose workers are killed, stopped and misbehave', () => {
  it(`writes the bytes of an undisturbed serial run (${CONFIGS} configurations, ${KILLS} kills)`, async () => {
    const folder = scratch()
    const input = await writeInput(folder, CONFIGS)
    const reference = join(folder, 'reference.xyz')
    await run(input, reference, null, { loop: { npool: 0 } })
    const memory = join(folder, 'memory')
    mkdirSync(memory)
    const killer = new Killer(KILLS)
    const output = join(folder, 'chaos.xyz')
    await run(input, output, memory, {
      loop: {
        npool: 4,
        chunksize: 3,
        retries: 1000,
        taskTimeout: 2000,
        initializer: 'heap-limit',
        initargs: [64],
        progress: { update: () => killer.strike() },
      },
    }).finally(() => killer.end())
    expect(numbersIn(output)).toEqual(numbersIn(reference))
    expect(readFileSync(output).equals(readFileSync(reference))).toBe(true)
    expect(killer.kills).toBe(KILLS)
    // Four kinds of deaths in every fifty, each once.
    expect(readdirSync(memory)).toHaveLength((4 * CONFIGS) / 50)
    expect(readdirSync(folder).sort()).toEqual([
      ...['chaos.xyz', 'chaos.xyz.failed.jsonl', 'in.xyz', 'memory', 'reference.xyz', 'reference.xyz.failed.jsonl'],
    ])
    const failures = (name: string): unknown[] =>
      readFileSync(join(folder, `${name}.failed.jsonl`), 'utf8')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { index: number }).index)
    expect(failures('chaos.xyz')).toEqual(failures('reference.xyz'))
    expect(failures('chaos.xyz')).toHaveLength((2 * CONFIGS) / 50)
  }, 3_600_000)
})

function numbersIn(path: string): number[] {
  return [...readFileSync(path, 'utf8').matchAll(/number=(\d+)/g)].map(([, number]) => Number(number))
}

/** Sends a signal to a random live worker of this process's pools, as progress is made, so many times. */
class Killer {
  kills = 0
  readonly #most: number
  readonly #pids = new Map<number, number>()
  readonly #rng = new Rng('killer')
  readonly #started = ({ id, pid }: { id: number; pid: number }): void => void this.#pids.set(id, pid)
  readonly #exited = ({ id, pid }: { id: number; pid: number }): void => {
    if (this.#pids.get(id) === pid) this.#pids.delete(id)
  }

  constructor(most: number) {
    this.#most = most
    subscribe('autopara:worker-ready', this.#started as never)
    subscribe('autopara:worker-exit', this.#exited as never)
  }

  strike(): void {
    const pids = [...this.#pids]
    if (this.kills === this.#most || pids.length === 0) return
    const [id, pid] = pids[this.#rng.integers(0, pids.length)]!
    const signal = (['SIGKILL', 'SIGTERM', 'SIGSTOP'] as const)[this.kills % 3]!
    process.kill(pid, signal)
    this.#pids.delete(id)
    this.kills++
  }

  end(): void {
    unsubscribe('autopara:worker-ready', this.#started as never)
    unsubscribe('autopara:worker-exit', this.#exited as never)
  }
}
