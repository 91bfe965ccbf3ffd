import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Pool, type PoolOptions, task, WorkerLostError } from 'autopara'
import { afterEach, describe, expect, it } from 'vitest'
import * as tasks from '../fixtures/tasks/pool.mjs'
import { useScratchFolders } from '../scratch-folder.js'

const url = new URL('../fixtures/tasks/pool.mjs', import.meta.url)
const scratch = useScratchFolders()
const pools: Pool[] = []

function open(options: PoolOptions = {}): Pool {
  const pool = new Pool({ processes: 2, stdio: 'ignore', ...options })
  pools.push(pool)
  return pool
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.terminate()))
})

/** What a pool must still be able to do after a death. */
async function expectWhole(pool: Pool): Promise<void> {
  expect(await pool.map(tasks.square, [1, 2, 3, 4])).toEqual([1, 4, 9, 16])
  expect(pool.stats()).toMatchObject({ calls: 0, waiting: 0, inflightBytes: 0 })
}

describe('the death of a worker', () => {
  it.each([
    ['exit', { exitCode: 3, signal: null }],
    ['kill', { exitCode: null, signal: 'SIGKILL' }],
    ['segv', { exitCode: null, signal: 'SIGSEGV' }],
    ['abort', { exitCode: null, signal: 'SIGABRT' }],
    ['uncaught', { exitCode: 1, cause: { message: 'stray' } }],
    ['rejection', { exitCode: 1, cause: { message: 'unhandled' } }],
    ['result', { exitCode: 4, signal: null }],
    ['stderr', { exitCode: 5, stderrTail: 'the last words\n' }],
  ])('5.1 by %s fails the item that was running, with what is known, and no other', async (how, facts) => {
    const pool = open()
    const outcomes = await pool.mapSettled(tasks.dieAt, [0, 1, how, 3, 4, 5, 6], { chunksize: 3, exact: true })
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true, true, true])
    expect(outcomes[2]).toMatchObject({ reason: { name: 'WorkerLostError', index: 2, task: { index: 2 }, ...facts } })
    await expectWhole(pool)
  })

  it.each(['mute', 'deaf'])('5.1 is that of one that closes its pipe and lives on (%s)', async (how) => {
    const pool = open()
    const outcomes = await pool.mapSettled(tasks.dieAt, [0, how, 2], { chunksize: 1 })
    expect(outcomes).toMatchObject([{ value: 0 }, { reason: { name: 'WorkerLostError' } }, { value: 2 }])
    await expectWhole(pool)
  })

  it('is not that of one whose answer waits while this program is busy for longer than the limit', async () => {
    const pool = open({ processes: 1 })
    await pool.ready()
    const answer = pool.apply(tasks.square, [3], { taskTimeout: 300 })
    await new Promise(setImmediate)
    tasks.burn(600)
    expect(await answer).toBe(9)
    expect(pool.stats().exits).toBe(0)
  })

  it.each(['fork', 'cluster'])('fails all calls where no other can be started (%s)', async (context) => {
    const script = fileURLToPath(new URL('../fixtures/scripts/no-descriptors.mjs', import.meta.url))
    const limited = ['-c', 'ulimit -n 120 && exec "$@"', 'sh', process.execPath, script, context]
    const { stdout } = await promisify(execFile)('sh', limited)
    expect(stdout).toBe('ready\nWorkerLostError InitializerError\nterminated\n')
  })

  it('holds no later call up when what it had is wanted no more', async () => {
    const pool = open({ processes: 1 })
    const abort = new AbortController()
    pool.on('worker-exit', () => abort.abort())
    const aborted = pool.map(tasks.dieAt, ['exit'], { retries: 1, signal: abort.signal })
    const later = pool.map(tasks.square, [7])
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' })
    expect(await later).toEqual([49])
  })

  it('5.1 by running out of memory is one like any other', async () => {
    const pool = open({ execArgv: ['--max-old-space-size=40'] })
    const outcomes = await pool.mapSettled(tasks.dieAt, [0, 'memory', 2], { chunksize: 3 })
    expect(outcomes).toMatchObject([{ value: 0 }, { reason: { name: 'WorkerLostError' } }, { value: 2 }])
    expect((outcomes[1] as PromiseRejectedResult).reason.stderrTail).toMatch(/heap/)
  })

  it('without exact finds the killer among tiny items, and delivers every other', async () => {
    const pool = open()
    const items = Array.from({ length: 3000 }, (_, i) => i as number | string)
    items[1234] = 'exit'
    items[2345] = 'kill'
    for (const chunksize of [1, 10, 3000]) {
      const outcomes = await pool.mapSettled(tasks.dieAt, items, { chunksize, exact: false })
      const failed = outcomes.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))
      expect(failed).toEqual([1234, 2345])
      expect(outcomes[2999]).toEqual({ status: 'fulfilled', value: 2999 })
    }
    await expectWhole(pool)
  })

  it('under exact runs no item twice but the one that died', async () => {
    const file = join(scratch(), 'journal')
    const items = Array.from({ length: 40 }, (_, i) => [file, i === 25 ? 'die' : i] as [string, number | string])
    await open().mapSettled(tasks.journal, items, { chunksize: 8, exact: true })
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(lines).toHaveLength(40)
    expect(new Set(lines).size).toBe(40)
  })

  it('is tried again as often as retries say, and then fails', async () => {
    const pool = open()
    expect(await pool.map(tasks.dieOnce, [join(scratch(), 'once')], { retries: 1 })).toEqual(['survived'])
    const file = join(scratch(), 'journal')
    const failing = pool.map(tasks.journal, [[file, 'die'] as [string, string]], { retries: 2 })
    await expect(failing).rejects.toMatchObject({
      name: 'WorkerLostError',
      message: expect.stringContaining('3 tries'),
    })
    expect(readFileSync(file, 'utf8')).toBe('die\ndie\ndie\n')
  })

  it('halves a chunk that a chunk function has as a whole until the killer stands alone', async () => {
    const pool = open()
    const items = [0, 1, 2, 3, 4, 'die', 6, 7, 8, 9]
    const chunks = []
    for await (const chunk of pool.imapChunks(task(url, 'dieInChunk'), items, { chunksize: 8 })) chunks.push(chunk)
    expect(chunks.map(({ chunk, start, outcomes }) => [chunk, start, outcomes.length])).toEqual([
      [0, 0, 8],
      [1, 8, 2],
    ])
    const outcomes = chunks.flatMap((chunk) => chunk.outcomes)
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.error.name))).toEqual(
      items.map((item) => (item === 'die' ? 'WorkerLostError' : item)),
    )
  })

  it('of several at once costs nobody else a result', async () => {
    const pool = open({ processes: 4 })
    const items = Array.from({ length: 200 }, (_, i) => (i % 50 === 7 ? 'kill' : i))
    const outcomes = await pool.mapSettled(tasks.dieAt, items, { chunksize: 5 })
    outcomes.forEach((outcome, i) => {
      if (i % 50 === 7) expect(outcome).toMatchObject({ reason: { index: i } })
      else expect(outcome).toEqual({ status: 'fulfilled', value: i })
    })
  })

  it('5.2 that is idle is made good at once, and costs nothing', async () => {
    const pool = open()
    await pool.ready()
    const exits: unknown[] = []
    const both = new Promise<void>((resolve) => {
      pool.on('worker-exit', (facts) => exits.push(facts.signal) === 2 && resolve())
    })
    for (const pid of pool.pids) process.kill(pid, 'SIGKILL')
    await both
    expect(exits).toEqual(['SIGKILL', 'SIGKILL'])
    await expectWhole(pool)
    expect(pool.stats().workers.map(({ generation }) => generation)).toEqual([1, 1])
  })

  it('while it starts is tried again, and does not go on for ever', async () => {
    const pool = open({ processes: 1 })
    process.kill(pool.pids[0] as number, 'SIGKILL')
    await pool.ready()
    await expectWhole(pool)
    const cursed = open({ processes: 1 })
    cursed.on('worker-start', ({ pid }) => process.kill(pid as number, 'SIGKILL'))
    process.kill(cursed.pids[0] as number, 'SIGKILL')
    await expect(cursed.ready()).rejects.toMatchObject({ name: 'InitializerError', cause: { signal: 'SIGKILL' } })
    expect(cursed.stats().exits).toBeLessThan(5)
  })

  it('1.6 in its initializer breaks the pool, with no respawn loop', async () => {
    const pool = open({ initializer: tasks.exitAtStart })
    const failing = pool.map(tasks.square, [1, 2, 3])
    await expect(failing).rejects.toMatchObject({
      name: 'InitializerError',
      cause: { name: 'WorkerLostError', exitCode: 9 },
    })
    await expect(pool.apply(tasks.square, [1])).rejects.toMatchObject({ name: 'InitializerError' })
    expect(pool.stats().exits).toBeLessThanOrEqual(2)
  })

  it('5.3 is not what SIGINT does to it', async () => {
    const pool = open({ processes: 1 })
    const [pid] = await Promise.all([pool.apply(tasks.pid), pool.ready()])
    for (let i = 0; i < 5; i++) process.kill(pid, 'SIGINT')
    expect(await pool.apply(tasks.pid)).toBe(pid)
  })

  it('is tied to its item also where results are read as they come', async () => {
    const iterator = open().imapUnordered(tasks.dieAt, [0, 'exit', 2, 3], { chunksize: 2 })
    const steps = await Promise.allSettled([iterator.next(), iterator.next(), iterator.next(), iterator.next()])
    const errors = steps.flatMap((step) => (step.status === 'rejected' ? [step.reason] : []))
    expect(errors).toHaveLength(1)
    expect(errors[0]).toBeInstanceOf(WorkerLostError)
    expect(errors[0].task.index).toBe(1)
  })
})

describe('taskTimeout', () => {
  it('kills the worker, fails the chunk and no other, and the pool is whole again', async () => {
    const pool = open()
    // The module is loaded before the time counts: that alone may take seconds on a busy machine.
    await pool.map(tasks.burn, [1, 1, 1, 1], { chunksize: 1 })
    const outcomes = await pool.mapSettled(tasks.burn, [1, 60_000, 1, 1], { chunksize: 1, taskTimeout: 2500 })
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { name: 'TaskTimeoutError', timeout: 2500, index: 1 } })
    await expectWhole(pool)
  })

  it('counts as a loss where there are retries: the item is run again, and fails when they are used up', async () => {
    const pool = open()
    const file = join(scratch(), 'spun')
    const options = { chunksize: 1, taskTimeout: 2500, retries: 1 }
    expect(await pool.map(tasks.spinOnce, [file], options)).toEqual(['done'])
    const [outcome] = await pool.mapSettled(tasks.burn, [60_000], options)
    expect(outcome).toMatchObject({ reason: { name: 'TaskTimeoutError', index: 0 } })
    await expectWhole(pool)
  })
})

describe('recycling', () => {
  it('6.7 replaces a worker after maxtasksperchild chunks, with no result lost', async () => {
    const pool = open({ maxtasksperchild: 3 })
    const pids = await pool.map(tasks.pid, Array(30).fill(0), { chunksize: 1 })
    const counts = new Map<number, number>()
    for (const pid of pids) counts.set(pid, (counts.get(pid) ?? 0) + 1)
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(3)
    expect(counts.size).toBeGreaterThanOrEqual(10)
  })

  it('6.7 starts the replacement before the old one leaves', async () => {
    const pool = open({ processes: 1, maxtasksperchild: 1 })
    const events: string[] = []
    pool.on('worker-start', ({ generation }) => events.push(`start ${generation}`))
    pool.on('worker-exit', ({ generation }) => events.push(`exit ${generation}`))
    await pool.map(tasks.pid, [1, 2, 3], { chunksize: 1 })
    const place = (event: string): number => events.indexOf(event)
    expect(place('start 1')).toBeLessThan(place('exit 0'))
    expect(place('start 2')).toBeLessThan(place('exit 1') === -1 ? Number.POSITIVE_INFINITY : place('exit 1'))
  })

  it('2.5 does not disturb the chunks of map, however often workers are replaced', async () => {
    const pool = open({ processes: 1, maxtasksperchild: 1 })
    for (let i = 0; i < 3; i++) expect(await pool.map(tasks.square, [1, 2, 3])).toEqual([1, 4, 9])
  })

  it('replaces a worker that has grown beyond maxMemoryPerChild', async () => {
    const pool = open({ processes: 1, maxMemoryPerChild: 200 * 2 ** 20 })
    const pids = await pool.map(tasks.hoard, Array(8).fill(60), { chunksize: 1 })
    expect(new Set(pids).size).toBeGreaterThan(1)
  })
})
