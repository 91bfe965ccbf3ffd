import { Pool, TaskTimeoutError, WorkerLostError } from 'autopara'
import { describe, expect, it } from 'vitest'
import * as deaths from '../../fixtures/tasks/thread-deaths.mjs'
import { runScript } from '../../run-script.js'

const items = [0, 1, 2, 3, 4, 5, 6, 7]

/** The error of item 3; all other items must have come through, and the pool must be whole again. */
async function lossOf(func: (x: number) => unknown, options = {}): Promise<WorkerLostError> {
  const pool = new Pool({ processes: 2, context: 'thread', stdio: 'ignore', ...options })
  try {
    const outcomes = await pool.mapSettled(func, items, { chunksize: 2 })
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(7)
    expect(await pool.map(func, [1, 2])).toEqual([1, 2])
    const lost = outcomes[3]
    return lost?.status === 'rejected' ? lost.reason : expect.fail('item 3 came through')
  } finally {
    await pool.terminate()
  }
}

describe('the death of a thread', () => {
  it.each([
    ['process.exit in a task', deaths.exits, { exitCode: 5 }],
    ['an error thrown aside', deaths.throwsLater, { exitCode: 1, cause: { message: 'thrown later' } }],
    ['a rejection nobody handles', deaths.rejectsAside, { exitCode: 1, cause: { message: 'rejected aside' } }],
  ])('by %s costs the item that was running, and no other', async (_, func, facts) => {
    const error = await lossOf(func)
    expect(error).toBeInstanceOf(WorkerLostError)
    expect(error).toMatchObject({ index: 3, signal: null, ...facts })
  })

  it('by a full heap costs that item, and not the program', async () => {
    const error = await lossOf(deaths.hoards, { initializer: 'heap-limit', initargs: [48], exact: true })
    expect(error).toMatchObject({ index: 3, exitCode: 1, cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' } })
  })

  it('in a busy loop comes by taskTimeout', async () => {
    expect(await lossOf(deaths.spins, { taskTimeout: 300, exact: true })).toBeInstanceOf(TaskTimeoutError)
  })

  it('in a busy loop comes by terminate', async () => {
    const pool = new Pool({ processes: 1, context: 'thread' })
    await pool.ready()
    const pending = pool.apply(deaths.spins, [3])
    pending.catch(() => {})
    await pool.terminate()
    await expect(pending).rejects.toMatchObject({ name: 'PoolTerminatedError' })
  })
})

describe('a pool of threads', () => {
  it('has one process, this one', async () => {
    const pool = new Pool({ processes: 2, context: 'thread' })
    await pool.ready()
    expect(pool.pids).toEqual([process.pid, process.pid])
    await pool.terminate()
  })

  it('can have no folder of its own', () => {
    expect(() => new Pool({ processes: 1, context: 'thread', cwd: '/' })).toThrow(TypeError)
  })

  it('replaces threads by memory: each counts its own', async () => {
    const pool = new Pool({ processes: 1, context: 'thread', maxMemoryPerChild: 2 ** 30 })
    await pool.map(deaths.exits, [1, 2, 4, 5], { chunksize: 1 })
    expect(pool.stats().workers.map(({ generation }) => generation)).toEqual([0])
    await pool.terminate()
  })

  it.each([
    ['inherit', 'out 1\nout 2\n', 'err 1\nerr 2\n'],
    ['tagged', '[it-0] out 1\n[it-0] out 2\n', '[it-0] err 1\n[it-0] err 2\n'],
    ['ignore', '', ''],
  ])('lets an idle program end, with all its output: %s', async (stdio, stdout, stderr) => {
    expect(await runScript('idle-threads.mjs', { args: [stdio] })).toEqual({ code: 0, stdout, stderr })
  })

  it('prints text in any encoding, and bytes, and calls back', async () => {
    const stdout = 'bytes, hé, text\n'
    expect(await runScript('thread-writes.mjs')).toEqual({ code: 0, stdout, stderr: '' })
  })

  it('holds a program that waits for its end', async () => {
    expect(await runScript('joined-threads.mjs')).toEqual({ code: 0, stdout: 'joined\n', stderr: '' })
  })
})
