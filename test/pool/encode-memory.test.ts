import { join } from 'node:path'
import { Pool, task } from 'autopara'
import { afterEach, describe, expect, it } from 'vitest'
import { giveBack, largeMemory } from '../../lib/base/large-memory.js'
import { fromColumn, type Packed, pack, toColumn, unpack } from '../../lib/pool/column.js'
import { align8, encodeMemory } from '../../lib/pool/encode-memory.js'
import * as tasks from '../fixtures/tasks/pool.mjs'
import { useScratchFolders } from '../scratch-folder.js'

describe('encodeMemory', () => {
  const LARGE = 100_000

  it('lends the memory of a large value, and no part of a slab', () => {
    const first = encodeMemory(LARGE)
    giveBack(first)
    expect(encodeMemory(LARGE).buffer).toBe(first.buffer)
    const small = encodeMemory(100)
    giveBack(small)
    const next = encodeMemory(100)
    expect([next.buffer === small.buffer, next.byteOffset === small.byteOffset]).not.toEqual([true, true])
    expect(next.byteOffset % 8).toBe(0)
  })
})

describe('a received block', () => {
  it.each([
    { values: 1, alone: true, lent: true },
    { values: 1, alone: false, lent: false },
    { values: 2, alone: true, lent: false },
  ])('lends its memory only to a value that is alone in it: %j', ({ values, alone, lent }) => {
    const { column, parcels } = toColumn([
      'text',
      ...Array.from({ length: values }, () => pack(new Float64Array(9000))),
    ])
    const frame = largeMemory(parcels.reduce((length, { byteLength }) => length + align8(byteLength), 0))
    let offset = 0
    for (const parcel of parcels) {
      frame.set(parcel, offset)
      offset += align8(parcel.byteLength)
    }
    const received = unpack((fromColumn(column, frame, alone) as Packed[])[1]) as Float64Array
    giveBack(new Uint8Array(received.buffer, received.byteOffset, received.byteLength))
    expect(largeMemory(frame.byteLength).buffer === frame.buffer).toBe(lent)
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
