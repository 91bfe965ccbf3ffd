import { Pool } from 'autopara'
import { afterEach, describe, expect, it } from 'vitest'
import * as tasks from '../fixtures/tasks/nested-pools.mjs'

const pools: Pool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.terminate()))
})

function open(): Pool {
  const pool = new Pool({ processes: 1, stdio: 'ignore' })
  pools.push(pool)
  return pool
}

describe('pools in tasks of pools', () => {
  it('1.8 work, with one process by default, and say so', async () => {
    expect(await open().apply(tasks.inner, [[1, 2, 3]])).toEqual({
      processes: 1,
      squares: [1, 4, 9],
      warning: expect.stringMatching(/1 process by default/),
    })
  })

  it('1.8 end where a task makes pools of itself', async () => {
    await expect(open().apply(tasks.downward, [0])).rejects.toMatchObject({
      code: 'AUTOPARA_POOL_DEPTH',
      message: expect.stringContaining('4 deep'),
    })
  })
})
