import { join } from 'node:path'
import { Pool, task } from 'autopara'
import { afterEach, describe, expect, it } from 'vitest'
import { encodeMemory, giveBack } from '../../lib/pool/encode-memory.js'
import * as tasks from '../fixtures/tasks/pool.mjs'
import { useScratchFolders } from '../scratch-folder.js'

describe('encodeMemory', () => {
  const LARGE = 100_000

  it('uses memory of a large value again once it was given back, and only then', () => {
    const first = encodeMemory(LARGE)
    const second = encodeMemory(LARGE)
    expect(second.buffer).not.toBe(first.buffer)
    giveBack(first)
    giveBack(first)
    expect(encodeMemory(LARGE - 8000).buffer).toBe(first.buffer)
    expect(encodeMemory(LARGE).buffer).not.toBe(first.buffer)
    giveBack(second)
    expect(encodeMemory(LARGE * 3).buffer).not.toBe(second.buffer)
    expect(encodeMemory(LARGE / 3).buffer).not.toBe(second.buffer)
  })

  it('takes nothing back that it did not give, and no part of a slab', () => {
    const foreign = new Uint8Array(LARGE)
    giveBack(foreign)
    expect(encodeMemory(LARGE).buffer).not.toBe(foreign.buffer)
    const small = encodeMemory(100)
    giveBack(small)
    const next = encodeMemory(100)
    expect([next.buffer === small.buffer, next.byteOffset === small.byteOffset]).not.toEqual([true, true])
    expect(next.byteOffset % 8).toBe(0)
  })
})

describe('the values of a pool, while their memory goes round', () => {
  const url = new URL('../fixtures/tasks/pool.mjs', import.meta.url)
  const scratch = useScratchFolders()
  let pool: Pool
  const arrays = (): Float64Array[] =>
    Array.from({ length: 60 }, (_, i) => new Float64Array(8000 + 1000 * (i % 7)).fill(i))

  afterEach(() => pool.terminate())

  it.each(['fork', 'thread'] as const)('stay apart: %s', async (context) => {
    pool = new Pool({ processes: 2, context })
    let index = 0
    for await (const result of pool.imap(tasks.identity, arrays())) expect(result).toEqual(arrays()[index++])
    expect(index).toBe(60)
  })

  it('stay apart in this process', async () => {
    pool = new Pool(0)
    expect(await pool.map(tasks.identity, arrays())).toEqual(arrays())
  })

  it('are whole when they are sent again after a death', async () => {
    pool = new Pool({ processes: 2, stdio: 'ignore' })
    const file = join(scratch(), 'once')
    const items = arrays().map((array, i) => [i % 20 === 7 ? `${file}${i}` : null, array])
    const results = await pool.map(task(url, 'dieOnceEcho'), items, { chunksize: 5, retries: 1 })
    expect(results).toEqual(arrays())
  })
})
