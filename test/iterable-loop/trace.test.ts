import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bulk, ConfigSetIn, ConfigSetOut, iterableLoop, Pool, type PoolEvents, task } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const op = (name: string) => task(new URL('../fixtures/ops.mjs', import.meta.url), name)

interface TraceEvent {
  ph: 'M' | 'X' | 'i'
  pid: number
  tid: number
  name: string
  ts: number
  dur: number
  args: { name?: string; items?: number; chunks?: number }
}

function inputs(count: number): ConfigSetIn {
  const configs = Array.from({ length: count }, (_, number) => {
    const atoms = bulk('Cu')
    atoms.info['number'] = number
    return atoms
  })
  return new ConfigSetIn({ inputConfigs: configs })
}

function eventsOf(path: string): TraceEvent[] {
  return JSON.parse(readFileSync(path, 'utf8')) as TraceEvent[]
}

describe('a trace', () => {
  it('has a lane for the loop and one for each worker, with its start and all items', async () => {
    const folder = scratch()
    const trace = join(folder, 'trace.json')
    // the loop goes on when both workers are there, as one may do all of it before the other is
    const gate = join(folder, 'gate')
    let ready = 0
    const onReady = (): void => {
      if (++ready === 2) writeFileSync(gate, '')
    }
    subscribe('autopara:worker-ready', onReady)
    const loop = { iterable: inputs(20), configsetOut: new ConfigSetOut(), op: op('waitForFile'), args: [gate], trace }
    await iterableLoop({ ...loop, npool: 2, chunksize: 3 })
    unsubscribe('autopara:worker-ready', onReady)
    const events = eventsOf(trace)
    const names = events.filter(({ ph }) => ph === 'M').map(({ tid, args }) => [tid, args.name])
    expect(names).toEqual(
      expect.arrayContaining([
        [0, 'waitForFile'],
        [0, 'loop'],
        [1, 'worker 0'],
        [2, 'worker 1'],
      ]),
    )
    const slices = events.filter(({ ph }) => ph === 'X')
    expect(
      slices
        .filter(({ name }) => name === 'start and initializers')
        .map(({ tid }) => tid)
        .sort(),
    ).toEqual([1, 2])
    const calls = slices.filter(({ tid, name }) => tid > 0 && name === 'waitForFile')
    expect(calls.reduce((sum, { args }) => sum + (args.items ?? 0), 0)).toBe(20)
    expect(calls.reduce((sum, { args }) => sum + (args.chunks ?? 0), 0)).toBe(7)
    const [whole] = slices.filter(({ tid }) => tid === 0)
    for (const { ts, dur } of slices) {
      expect(ts).toBeGreaterThanOrEqual(whole!.ts - 1)
      expect(ts + dur).toBeLessThanOrEqual(whole!.ts + whole!.dur + 2)
    }
  })

  it('shows deaths and what they cost', async () => {
    const trace = join(scratch(), 'trace.json')
    const loop = { iterable: inputs(6), configsetOut: new ConfigSetOut(), op: op('exitFor'), args: [2], trace }
    await iterableLoop({ ...loop, npool: 1, chunksize: 2, onError: 'skip' })
    const instants = eventsOf(trace).filter(({ ph }) => ph === 'i')
    expect(instants.map(({ name }) => name)).toContain('exit 3')
  })

  it('takes several loops of one process, serial ones too, each a process of its own', async () => {
    const trace = join(scratch(), 'trace.json')
    for (const name of ['shift', 'dropOdd', 'shift']) {
      await iterableLoop({ iterable: inputs(4), configsetOut: new ConfigSetOut(), op: op(name), args: [1], trace })
    }
    const events = eventsOf(trace)
    const loops = events.filter(({ name }) => name === 'process_name').map(({ pid, args }) => [pid, args.name])
    expect(loops).toEqual([
      [1, 'shift'],
      [2, 'dropOdd'],
      [3, 'shift'],
    ])
    const items = events
      .filter(({ pid, tid, ph }) => pid === 2 && tid > 0 && ph === 'X')
      .map(({ args }) => args.items ?? 0)
    expect(items.reduce((sum, n) => sum + n, 0)).toBe(4)
  })

  it('refuses a path that can not be written, before anything runs', async () => {
    const trace = join(scratch(), 'nowhere', 'trace.json')
    const loop = { iterable: inputs(1), configsetOut: new ConfigSetOut(), op: op('shift'), args: [1] }
    await expect(iterableLoop({ ...loop, trace })).rejects.toThrow(/can't write the trace .*ENOENT/)
    await expect(iterableLoop({ ...loop, trace: '' })).rejects.toThrow(/`trace` must be the path of a file/)
  })
})

describe('the diagnostics channels', () => {
  it('tell the events of every pool of the process', async () => {
    const seen: [string, number, unknown][] = []
    const listeners = (
      ['worker-start', 'worker-ready', 'chunk-done', 'worker-exit'] satisfies (keyof PoolEvents)[]
    ).map((event) => {
      const listener = (message: unknown): void => {
        const { pool, ...facts } = message as { pool: number }
        seen.push([event, pool, facts])
      }
      subscribe(`autopara:${event}`, listener)
      return () => unsubscribe(`autopara:${event}`, listener)
    })
    for (let k = 0; k < 2; k++) {
      const pool = new Pool(1)
      await pool.map(task('node:path', 'basename'), ['a/b'])
      pool.close()
      await pool.join()
    }
    for (const remove of listeners) remove()
    expect(seen.map(([event]) => event)).toEqual([
      ...['worker-start', 'worker-ready', 'chunk-done', 'worker-exit'],
      ...['worker-start', 'worker-ready', 'chunk-done', 'worker-exit'],
    ])
    expect(new Set(seen.map(([, pool]) => pool)).size).toBe(2)
    expect(seen[2]?.[2]).toMatchObject({ worker: 0, chunks: 1, items: 1 })
  })
})
