import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type InitializerEntry, inline, Pool, type PoolOptions, Rng } from 'autopara'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  draws,
  environment,
  heapLimit,
  loaded,
  priority,
  refuse,
  say,
  step,
  stepLater,
  steps,
} from '../fixtures/tasks/worker-facts.mjs'

let folder = ''
// Not at the top level, which a worker runs, too, when it looks for a function of this file.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'autopara-initializers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs `use` with a pool that ends in order, so that finalizers run. */
async function withPool<T>(options: PoolOptions, use: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = new Pool({ processes: 1, ...options })
  try {
    return await use(pool)
  } finally {
    pool.close()
    await pool.join()
  }
}

const contexts = [
  ['fork', { context: 'fork' }],
  ['cluster', { context: 'cluster' }],
  ['thread', { context: 'thread' }],
  ['serial', { processes: 0 }],
] as const satisfies readonly (readonly [string, PoolOptions])[]

describe.each(contexts)('initializers in a %s pool', (context, options) => {
  const isolated = context !== 'serial'

  it('run in order, each awaited, before the first task', async () => {
    const initializer: InitializerEntry[] = [
      [stepLater, 'a'],
      [step, 'b'],
      [inline((text: string) => Reflect.get(globalThis, 'steps').push(text)), 'c'],
    ]
    const seen = await withPool({ ...options, initializer }, (pool) => pool.apply(steps))
    expect(seen.slice(-3)).toEqual(['a', 'b', 'c'])
  })

  it('seed-random gives the same stream in each run', async () => {
    const initializer: InitializerEntry[] = [['seed-random', 42, { mathRandom: true }]]
    const own = Math.random
    const [id, generation, first, second] = await withPool({ ...options, initializer }, (pool) => pool.apply(draws))
    const rng = new Rng(42).spawn('worker').spawn(0).spawn(0)
    expect([id, generation, first, second]).toEqual([0, 0, rng.random(), rng.random()])
    expect(Math.random).toBe(own)
  })

  it('preload loads modules, once', async () => {
    const initializer: InitializerEntry[] = [
      ['preload', new URL('../fixtures/tasks/preloaded.mjs', import.meta.url).href],
    ]
    expect(await withPool({ ...options, initializer }, (pool) => pool.apply(loaded))).toBe(1)
  })

  it('limit-threads sets the variables of the workers, and none of the program', async () => {
    const seen = await withPool({ ...options, initializer: 'limit-threads', initargs: [3] }, (pool) =>
      pool.map(environment, ['OMP_NUM_THREADS', 'UV_THREADPOOL_SIZE']),
    )
    expect(seen).toEqual(isolated ? ['3', '3'] : [process.env['OMP_NUM_THREADS'], process.env['UV_THREADPOOL_SIZE']])
    expect(process.env['OMP_NUM_THREADS']).not.toBe('3')
  })

  it('log-file catches what a task prints, except in a serial run', async () => {
    const path = join(folder, `${context}-{id}.log`)
    await withPool({ ...options, stdio: 'ignore', initializer: 'log-file', initargs: [path] }, (pool) =>
      pool.map(say, isolated ? ['one', 'two'] : []),
    )
    const file = join(folder, `${context}-0.log`)
    if (isolated) expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n')
    else expect(existsSync(file)).toBe(false)
  })

  it('that throw fail everything at once, with the error as cause', async () => {
    const pool = new Pool({ processes: 2, ...options, initializer: refuse, initargs: ['no licence'] })
    const error = await pool.map(steps, [1, 2]).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      name: 'InitializerError',
      code: 'AUTOPARA_INITIALIZER',
      initializer: 'refuse',
      cause: { name: 'RangeError', message: 'no licence', answer: 42 },
    })
    await expect(pool.ready()).rejects.toMatchObject({ name: 'InitializerError' })
    await pool.terminate()
  })

  it.each([
    ['a function', step, 'step'],
    ['a plug-in', 'preload', 'preload'],
  ])('of arguments that can not be sent fail by their name: %s', async (_, target, name) => {
    const initializer: InitializerEntry[] = [['preload'], [target, { open: () => 1 }]]
    const pool = new Pool({ processes: 1, ...options, initializer })
    await expect(pool.ready()).rejects.toMatchObject({
      name: 'InitializerError',
      initializer: name,
      message: expect.stringContaining(`can't send arguments to initializer ${name}: initargs[0].open can't be sent`),
      cause: { name: 'EncodingError', path: 'initargs[0].open' },
    })
    await pool.terminate()
  })

  it('whose spawn never answers hold neither terminate nor join', async () => {
    const silent = 'data:text/javascript,export default () => {}; export const spawn = () => new Promise(() => {})'
    for (const [end, name] of [
      ['terminate', 'PoolTerminatedError'],
      ['close', 'PoolNotRunningError'],
    ] as const) {
      const pool = new Pool({ processes: 2, ...options, initializer: silent })
      const ready = expect(pool.ready()).rejects.toMatchObject({ name })
      await pool[end]()
      await pool.join()
      expect(pool.stats().workers).toEqual([])
      await pool.terminate()
      await ready
    }
  })

  it('of an unknown name fail everything at once', async () => {
    const pool = new Pool({ processes: 1, ...options, initializer: 'seed-randm' })
    await expect(pool.ready()).rejects.toThrow("did you mean 'seed-random'?")
    await pool.terminate()
  })
})

describe('terminate() of a serial pool undoes what initializers changed', () => {
  const seeded: InitializerEntry = ['seed-random', 42, { mathRandom: true }]

  it('when they have run', async () => {
    const own = Math.random
    const pool = new Pool({ processes: 0, initializer: [seeded] })
    await pool.ready()
    expect(Math.random).not.toBe(own)
    await pool.terminate()
    expect(Math.random).toBe(own)
  })

  it('when they still run', async () => {
    const own = Math.random
    const held = new Promise<() => void>((resolve) => Reflect.set(globalThis, 'onHold', resolve))
    const hold = inline(() => new Promise<void>((resolve) => Reflect.get(globalThis, 'onHold')(resolve)))
    const pool = new Pool({ processes: 0, initializer: [seeded, hold] })
    const release = await held
    expect(Math.random).not.toBe(own)
    const ended = pool.terminate()
    release()
    await ended
    expect(Math.random).toBe(own)
  })

  it.each([
    ['microtasks', async () => {}],
    ['turns of the event loop', setImmediate],
  ] as const)('at any moment of the start, counted in %s', async (_, pass) => {
    const own = Math.random
    for (let moment = 0; moment < 30; moment++) {
      const pool = new Pool({ processes: 0, initializer: [seeded] })
      for (let i = 0; i < moment; i++) await pass()
      await pool.terminate()
      for (let i = 0; i < 30; i++) await setImmediate()
      expect(Math.random).toBe(own)
    }
  })
})

describe.each(contexts.slice(0, 3))('in a %s pool', (context, options) => {
  it('heap-limit sets the heap of a worker', async () => {
    const limit = await withPool({ ...options, initializer: 'heap-limit', initargs: [200] }, (pool) =>
      pool.apply(heapLimit),
    )
    expect(limit).toBeGreaterThanOrEqual(200)
    expect(limit).toBeLessThan(400)
  })

  it('set-priority sets the priority of a worker process, and leaves the program its own', async () => {
    const before = getPriority()
    const seen = await withPool({ ...options, initializer: 'set-priority', initargs: [15] }, (pool) =>
      pool.apply(priority),
    )
    expect(seen).toBe(context === 'thread' ? before : 15)
    expect(getPriority()).toBe(before)
  })

  it('seed-random gives a replacement other numbers', async () => {
    const pool = new Pool({ ...options, processes: 1, maxtasksperchild: 1, initializer: 'seed-random', initargs: [1] })
    const seen = [await pool.apply(draws), await pool.apply(draws), await pool.apply(draws)]
    expect(seen.map(([, generation]) => generation)).toEqual([0, 1, 2])
    expect(new Set(seen.map(([, , number]) => number)).size).toBe(3)
    await pool.terminate()
  })
})
