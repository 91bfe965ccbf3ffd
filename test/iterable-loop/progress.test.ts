import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import {
  bulk,
  ConfigSetIn,
  ConfigSetOut,
  iterableLoop,
  type LoopSummary,
  type ProgressSink,
  type ProgressState,
  progressSink,
  task,
} from 'autopara'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { formatProgress } from '../../build/lib/iterable-loop/progress-sinks.js'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const script = new URL('../fixtures/scripts/closed-stderr.mjs', import.meta.url)
const op = (name: string) => task(new URL('../fixtures/ops.mjs', import.meta.url), name)

function inMemory(count: number): ConfigSetIn {
  const configs = Array.from({ length: count }, (_, number) => {
    const atoms = bulk('Cu')
    atoms.info['number'] = number
    return atoms
  })
  return new ConfigSetIn({ inputConfigs: configs })
}

/** Runs a loop and notes what its sink was told: after each chunk, and at the begin and the end by asking. */
async function watch(iterable: ConfigSetIn, more: object = {}): Promise<{ states: ProgressState[]; end: LoopSummary }> {
  const states: ProgressState[] = []
  let end: LoopSummary | undefined
  let ask = (): ProgressState => expect.unreachable()
  const sink: ProgressSink = {
    start: (name, state) => {
      expect(name).toBe('throwFor')
      ask = state
      states.push({ ...state() })
    },
    update: (state) => states.push({ ...state }),
    end: (summary) => {
      states.push({ ...ask() })
      end = summary
    },
  }
  const loop = { iterable, configsetOut: new ConfigSetOut(), op: op('throwFor'), args: [[3]], onError: 'skip' as const }
  await iterableLoop({ ...loop, seed: 1, ...more, progress: sink })
  return { states, end: end as LoopSummary }
}

describe('a progress sink', () => {
  it('is told what is done, failed, left, and how many workers have work', async () => {
    const { states, end } = await watch(inMemory(20), { npool: 2, chunksize: 2 })
    const [first, last] = [states[0], states.at(-1)]
    expect(first).toMatchObject({ done: 0, failed: 0, configs: 0, fraction: 0, left: undefined, workers: 2 })
    expect(last).toMatchObject({ done: 20, failed: 1, configs: 19, fraction: 1, left: 0, busy: 0, workers: 2 })
    const middle = states.slice(1, -1)
    expect(middle.map(({ done }) => done)).toEqual(middle.map(({ done }) => done).sort((a, b) => a - b))
    for (const { done, fraction, busy } of middle) {
      expect(fraction).toBe(done / 20)
      expect([0, 1, 2]).toContain(busy)
    }
    expect(end).toMatchObject({ op: 'throwFor', done: 20, failed: 1, configs: 19, npool: 2, seed: 1, seedDrawn: false })
    expect(end).not.toHaveProperty('busy')
  })

  it('can ask while nothing moves, and sees which workers are at work', async () => {
    const gate = join(scratch(), 'gate')
    let ask: (() => ProgressState) | undefined
    const start = (_: string, state: () => ProgressState) => {
      ask = state
    }
    const loop = { iterable: inMemory(40), configsetOut: new ConfigSetOut(), op: op('waitForFile'), args: [gate] }
    const running = iterableLoop({ ...loop, npool: 2, progress: { start } })
    await vi.waitFor(() => expect(ask?.()).toMatchObject({ busy: 2, workers: 2, done: 0 }), { timeout: 60_000 })
    writeFileSync(gate, '')
    await running
    expect(ask?.()).toMatchObject({ busy: 0, done: 40, fraction: 1, left: 0 })
  })

  it('is told the share of files by their bytes, and counts one worker in a serial run', async () => {
    const file = join(scratch(), 'in.xyz')
    const frame = (number: number) => `1\nProperties=species:S:1:pos:R:3 number=${number}\nCu 0 0 0\n`
    writeFileSync(file, Array.from({ length: 8 }, (_, number) => frame(number)).join(''))
    const { states } = await watch(new ConfigSetIn({ inputFiles: file }))
    expect(states.slice(1, -1).map(({ fraction }) => fraction)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((k) => k / 8))
    expect(states.map(({ workers }) => workers)).toEqual(states.map(() => 1))
    expect(states.at(-1)?.fraction).toBe(1)
  })

  it('is not told a share where nobody knows the end', async () => {
    async function* endless() {
      for await (const atoms of inMemory(5)) yield atoms
    }
    const states: ProgressState[] = []
    const progress: ProgressSink = { update: (state) => states.push({ ...state }) }
    await iterableLoop({ iterable: endless(), configsetOut: new ConfigSetOut(), op: op('shift'), args: [1], progress })
    expect(states.at(-1)).toMatchObject({ done: 5, fraction: undefined, left: undefined })
  })
})

describe('progress in words', () => {
  it('gives slow work in minutes and hours, and long waits in hours', () => {
    const state = { done: 5, failed: 1, configs: 4, fraction: 0.5, busy: 3, workers: 4 }
    const words = (rate: number, left: number | undefined) => formatProgress({ ...state, rate, left })
    expect(words(193.4, 2.1)).toBe('5 done, 193/s, 3 s left, 1 failed, 3/4 workers busy')
    expect(words(1.25, 75)).toBe('5 done, 1.3/s, 1:15 min left, 1 failed, 3/4 workers busy')
    expect(words(0.05, 3725)).toBe('5 done, 3.0/min, 1:02 h left, 1 failed, 3/4 workers busy')
    expect(words(0.002, undefined)).toBe('5 done, 7.2/h, 1 failed, 3/4 workers busy')
  })
})

describe('the lines where there is no terminal', () => {
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('come every ten seconds until the loop ends, also while nothing moves', async () => {
    vi.useFakeTimers()
    const lines: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0)
    const sink = await progressSink(true)
    let done = 0
    const state = (): ProgressState => ({
      done,
      failed: 0,
      configs: done,
      fraction: done / 100,
      rate: 2,
      left: 50,
      busy: 2,
      workers: 2,
    })
    sink.start?.('calculateOp', state)
    vi.advanceTimersByTime(9_999)
    expect(lines).toEqual([])
    vi.advanceTimersByTime(1)
    done = 20
    vi.advanceTimersByTime(10_000)
    sink.end?.({} as LoopSummary)
    vi.advanceTimersByTime(60_000)
    expect(lines).toEqual([
      'calculateOp: 0 %, 0 done, 2.0/s, 50 s left, 0 failed, 2/2 workers busy\n',
      'calculateOp: 20 %, 20 done, 2.0/s, 50 s left, 0 failed, 2/2 workers busy\n',
    ])
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['', []],
    ['own', ['EPIPE']],
  ])(
    'end no run when nobody reads stderr any more, and hide no error of the program (%s)',
    async (writes, uncaught) => {
      const child = spawn(process.execPath, [fileURLToPath(script), writes], { env: { ...process.env, VITEST: '' } })
      const end = once(child, 'close')
      child.stderr.destroy()
      await once(child.stderr, 'close')
      child.stdin.end()
      const [said, [code]] = await Promise.all([text(child.stdout), end])
      expect(said && JSON.parse(said)).toEqual({ count: 1, uncaught, listeners: 0 })
      expect(code).toBe(0)
    },
  )
})
