import cluster from 'node:cluster'
import { Pool } from 'autopara'
import { afterEach, describe, expect, it } from 'vitest'
import * as tasks from '../../fixtures/tasks/pool.mjs'

const pools: Pool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.terminate()))
})

describe('the cluster backend', () => {
  it("leaves the program's own settings of node:cluster as they are", async () => {
    cluster.setupPrimary({ exec: 'own.js', args: ['own'], silent: true })
    const own = cluster.settings
    const pool = new Pool({ processes: 2, context: 'cluster' })
    pools.push(pool)
    expect(cluster.settings).toBe(own)
    expect(cluster.settings).toMatchObject({ exec: 'own.js', args: ['own'], silent: true })
    expect(cluster.settings).not.toHaveProperty('stdio')
    expect(await pool.map(tasks.square, [1, 2, 3])).toEqual([1, 4, 9])
    await pool.terminate()
    expect(Object.keys(cluster.workers ?? {})).toEqual([])
  })
})
