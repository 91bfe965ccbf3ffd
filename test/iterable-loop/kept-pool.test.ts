/** Loops on a pool of the program's: `pool`. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AutoparaInfo,
  autoparallelize,
  ConfigSetIn,
  ConfigSetOut,
  type IterableLoopOptions,
  iterableLoop,
  Pool,
  type PoolOptions,
} from 'autopara'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { resolveAutoparaInfo } from '../../build/lib/iterable-loop/autopara-info.js'
import { runIdentity } from '../../build/lib/iterable-loop/run-identity.js'
import { Pool as PlainPool } from '../../build/lib/pool/pool.js'
import { run } from '../fixtures/same-bytes.mjs'
import { writeInput } from '../reliability/soak.js'
import { useScratchFolders } from '../scratch-folder.js'
import { infoOf, memory, numberedFile, op } from './numbered.js'

const scratch = useScratchFolders()
const pools: Pool[] = []
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.terminate()
})

/** A pool that ends with the test. */
function keep(options: PoolOptions): Pool {
  const pool = new Pool(options)
  pools.push(pool)
  return pool
}

type Loop = Partial<IterableLoopOptions<unknown>>

/** A loop over `in.xyz` of the folder, to `out.xyz`, unless `loop` says otherwise. */
function fileLoop(folder: string, loop: Loop): Promise<ConfigSetIn | null> {
  return iterableLoop({
    iterable: new ConfigSetIn({ inputFiles: join(folder, 'in.xyz') }),
    configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') }),
    op: op('signed'),
    ...loop,
  })
}

/** A loop in memory, without an output. */
const idle = (loop: Loop): Promise<unknown> => iterableLoop({ iterable: memory(6), op: op('signed'), ...loop })

const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number)

/** Resolves when there is a file `path`: what a worker does is no event of this process. */
const appears = (path: string): Promise<void> => vi.waitFor(() => expect(existsSync(path)).toBe(true), 60_000)

async function* breaking(): AsyncGenerator<number> {
  yield 1
  throw new Error('no more')
}

function brokenOutput(folder: string): ConfigSetOut {
  const out = new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') })
  vi.spyOn(out, 'put').mockImplementationOnce(() => Promise.reject(new Error('no space')))
  return out
}

describe.each<PoolOptions>([{ processes: 2 }, { processes: 2, context: 'thread' }, { processes: 0 }])(
  'loops on one pool, %j,',
  (options) => {
    it('write the bytes of loops with own pools, one by one and two at a time, by the same workers', async () => {
      const folder = scratch()
      const input = new ConfigSetIn({ inputFiles: [await writeInput(folder, 60)] })
      await run(input, join(folder, 'own.xyz'), { npool: 2 })
      const pool = keep(options)
      await pool.ready()
      const { pids } = pool
      await run(input, join(folder, 'first.xyz'), { pool, chunksize: 1 })
      await run(input, join(folder, 'second.xyz'), { pool, chunksize: 'auto' })
      await Promise.all(['third', 'fourth'].map((name) => run(input, join(folder, `${name}.xyz`), { pool })))
      const own = readFileSync(join(folder, 'own.xyz'), 'utf8')
      for (const name of ['first', 'second', 'third', 'fourth'])
        expect(readFileSync(join(folder, `${name}.xyz`), 'utf8')).toBe(own)
      expect([pool.state, pool.pids, pool.stats().exits, pool.stats().calls]).toEqual(['run', pids, 0, 0])
    })

    it.each<[string, (folder: string) => Loop, string]>([
      ['an item that fails', () => ({ op: op('throwFor'), args: [[3]] }), 'no way to do 3'],
      ['an operation that is not there', () => ({ op: op('nowhere') }), 'no export nowhere'],
      ['an input that breaks', () => ({ op: op('fromNumbers'), iterable: breaking() }), 'no more'],
      ['an output that breaks', (folder) => ({ configsetOut: brokenOutput(folder) }), 'no space'],
      ['an abortion before the begin', () => ({ signal: AbortSignal.abort(new Error('enough')) }), 'enough'],
      ['arguments that can not be sent', () => ({ args: [Symbol('s')] }), 'symbol'],
    ])('go on after one that ended by %s', async (_, wrong, message) => {
      const folder = scratch()
      await numberedFile(folder, 12)
      const pool = keep(options)
      await expect(fileLoop(folder, { ...wrong(folder), pool })).rejects.toThrow(message)
      expect(readdirSync(folder)).toEqual(['in.xyz'])
      expect(await infoOf(await fileLoop(folder, { pool }), 'number')).toEqual(upTo(12))
      expect([pool.state, pool.stats().calls, pool.stats().exits]).toEqual(['run', 0, 0])
    })

    it('begin nothing more of one that was aborted, and get nothing of what it had begun', async () => {
      const folder = scratch()
      await numberedFile(folder, 12)
      const pool = keep({ ...options, processes: Math.min(1, options.processes as number) })
      const [log, gate, output] = ['log', 'gate', 'out.xyz'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ]
      const abort = new AbortController()
      const loop = { op: op('waitAt'), args: [7, log, gate], signal: abort.signal, pool }
      const aborted = fileLoop(folder, { ...loop, iterable: upTo(1000) })
      await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toMatch(/\n7\n/), 60_000)
      abort.abort(new Error('enough'))
      await expect(aborted).rejects.toThrow('enough')
      const next = fileLoop(folder, { pool })
      writeFileSync(gate, '')
      expect(await infoOf(await next, 'number')).toEqual(upTo(12))
      const written = readFileSync(output, 'utf8')
      pool.close()
      await pool.join()
      expect(readFileSync(output, 'utf8')).toBe(written)
      if (options.processes === 0) expect(readFileSync(log, 'utf8')).toBe(`${upTo(8).join('\n')}\n`)
      expect(readdirSync(folder).sort()).toEqual(['gate', 'in.xyz', 'log', 'out.xyz'])
    })
  },
)

describe('a pool that is given to a loop', () => {
  it.each<[string, AutoparaInfo]>([
    ['npool', { npool: 2 }],
    ['initializer', { initializer: 'seed-random' }],
    ['initargs', { initargs: [] }],
    ['retries', { retries: 1 }],
    ['taskTimeout', { taskTimeout: 1 }],
    ['exact', { exact: true }],
    ['context', { context: 'thread' }],
  ])('has its own %s', async (key, own) => {
    const pool = keep({ processes: 0 })
    const message = `\`pool\` can't be given together with \`${key}\`: the pool's own settings count, as \`new Pool\` got them`
    await expect(idle({ ...own, pool })).rejects.toMatchObject({ name: 'OptionTypeError', message })
  })

  it('must be a Pool', async () => {
    for (const pool of [2, null, {}])
      await expect(idle({ pool: pool as never })).rejects.toThrow(/^`pool` must be a Pool, got /)
  })

  it('must be running', async () => {
    const folder = scratch()
    await numberedFile(folder, 3)
    const [closed, terminated] = [keep({ processes: 0 }), keep({ processes: 1 })]
    closed.close()
    await terminated.terminate()
    for (const pool of [closed, terminated])
      await expect(fileLoop(folder, { pool })).rejects.toMatchObject({
        code: 'AUTOPARA_POOL_NOT_RUNNING',
        message: '`pool` is not running: it was closed or terminated before the loop began',
      })
    expect(readdirSync(folder)).toEqual(['in.xyz'])
  })

  it('says so when its workers can not be had', async () => {
    const folder = scratch()
    await numberedFile(folder, 3)
    const pool = keep({ processes: 1, initializer: op('failingInitializer') as never })
    await expect(pool.ready()).rejects.toThrow('no licence')
    await expect(fileLoop(folder, { pool })).rejects.toMatchObject({ name: 'InitializerError' })
    expect(readdirSync(folder)).toEqual(['in.xyz'])
  })

  it('comes before the settings of a wrapper and the environment, and a number of a call before that of a wrapper', async () => {
    const pool = keep({ processes: 1 })
    vi.stubEnv('WFL_AUTOPARA_NPOOL', 'many')
    const npools: number[] = []
    const progress = { end: ({ npool }: { npool: number }) => void npools.push(npool) }
    const pidsWith = async (defaults: AutoparaInfo, call: AutoparaInfo): Promise<unknown[]> => {
      const loop = autoparallelize(op('signed'), defaults)
      const done = await loop(memory(3), new ConfigSetOut(), {}, { ...call, progress })
      return [...new Set(await infoOf(done, 'pid'))]
    }
    try {
      expect(await pidsWith({ npool: 2, retries: 1, exact: true, initargs: [] }, { pool })).toEqual(pool.pids)
      expect(await pidsWith({ pool }, {})).toEqual(pool.pids)
      expect(await pidsWith({ pool }, { npool: 0, retries: 1 })).toEqual([process.pid])
      expect(npools).toEqual([1, 1, 0])
      await expect(pidsWith({ pool }, { retries: 1 })).rejects.toThrow('together with `retries`')
      await expect(pidsWith({}, { pool, npool: 1 })).rejects.toThrow('together with `npool`')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('loses the listeners of trace and report with the loop, and a trace has its own items only', async () => {
    const folder = scratch()
    const [trace, report] = ['trace.json', 'report.html'].map((name) => join(folder, name)) as [string, string]
    const pool = keep({ processes: 2 })
    const [on, off] = [vi.spyOn(pool, 'on'), vi.spyOn(pool, 'off')]
    await idle({ pool })
    await idle({ pool, trace, report })
    await expect(idle({ pool, trace, report, op: op('throwFor'), args: [[1]] })).rejects.toThrow('no way to do 1')
    expect(on.mock.calls).toHaveLength(20)
    expect(new Set(off.mock.calls.map(([, listener]) => listener))).toEqual(
      new Set(on.mock.calls.map(([, listener]) => listener)),
    )
    expect(off.mock.calls).toHaveLength(20)
    type Event = { ph: string; pid: number; tid: number; args: { items?: number; name?: string } }
    const events = (JSON.parse(readFileSync(trace, 'utf8')) as Event[]).filter(({ pid }) => pid === 1)
    const items = events.map(({ ph, tid, args }) => (ph === 'X' && tid > 0 ? (args.items ?? 0) : 0))
    expect(items.reduce((sum, count) => sum + count, 0)).toBe(6)
    const lanes = events.flatMap(({ ph, tid, args }) => (ph === 'M' && tid > 0 ? [args.name] : []))
    expect(lanes).toEqual(['worker 0', 'worker 1'])
  })

  it('counts as the workers of the progress', async () => {
    const pool = keep({ processes: 2 })
    const workers: number[] = []
    await idle({ pool, progress: { update: (state) => void workers.push(state.workers) } })
    expect(new Set(workers)).toEqual(new Set([2]))
  })

  it('forgets the arguments of loops that are over', async () => {
    const pool = keep({ processes: 1, execArgv: ['--expose-gc'] })
    const bytes: unknown[] = []
    for (let k = 0; k < 20; k++) {
      const loop = { op: op('arrayBytes'), args: [new Float64Array(125_000)], configsetOut: new ConfigSetOut(), pool }
      bytes.push(...(await infoOf(await iterableLoop({ ...loop, iterable: memory(1) }), 'bytes')))
    }
    expect(Math.max(...(bytes as number[]))).toBeLessThan(8e6)
  })

  it('makes no other run of a loop that is resumed', async () => {
    const job = { op: { kind: 'inline', source: 'x' }, args: [], iterableArg: 0, additions: {} } as never
    const identity = (settings: object) => runIdentity(memory(1) as never, job, settings as never)
    const pool = new PlainPool({ processes: 0 })
    const shared = await identity(resolveAutoparaInfo({ pool, seed: 1 }))
    expect(shared).toEqual(await identity(resolveAutoparaInfo({ npool: 2, seed: 1 })))
  })

  it('loses by Ctrl-C the loop of that time, and tries again in later ones', async () => {
    const folder = scratch()
    const pool = keep({ processes: 1, retries: 2 })
    const [log, gate] = [join(folder, 'log'), join(folder, 'gate')]
    // The program listens itself: so the signal ends nothing else.
    const listen = (): void => writeFileSync(gate, '')
    process.on('SIGINT', listen)
    try {
      const interrupted = idle({ op: op('waitFor'), args: [log, gate], pool })
      const outcome = expect(interrupted).rejects.toMatchObject({ name: 'InterruptedError' })
      await appears(log)
      process.emit('SIGINT')
      await outcome
    } finally {
      process.off('SIGINT', listen)
    }
    await idle({ op: op('dieOnce'), args: [join(folder, 'deaths')], pool })
    expect([pool.state, pool.stats().exits]).toEqual(['run', 1])
  })
})
