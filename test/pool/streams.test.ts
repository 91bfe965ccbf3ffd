import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'autopara'
import { afterEach, describe, expect, it } from 'vitest'
import * as tasks from '../fixtures/tasks/pool.mjs'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const pools: Pool[] = []

function open(): Pool {
  const pool = new Pool(1)
  pools.push(pool)
  return pool
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.terminate()))
})

describe('a stream of results', () => {
  it.each(['left', 'aborted'])('that is %s has what its worker has not begun given back', async (how) => {
    const pool = open()
    const [log, journal, started, gate] = ['log', 'journal', 'started', 'gate'].map((name) => join(scratch(), name))
    // Its tasks are known to be short: many are sent ahead.
    await pool.map(
      tasks.noteAndWait,
      Array.from({ length: 2000 }, () => [log as string, null]),
      { chunksize: 1 },
    )
    const abort = new AbortController()
    const items = [[started, gate], ...Array.from({ length: 200 }, () => [journal, null])] as [string, string | null][]
    const iterator = pool.imap(tasks.noteAndWait, items, { signal: abort.signal, prefetch: 100 })
    const first = iterator.next().catch(() => {})
    await tasks.waitFor([started, 0])
    expect(pool.stats().workers[0]?.inflight).toBeGreaterThan(10)
    if (how === 'left') await iterator.return()
    else abort.abort()
    await first
    while ((pool.stats().workers[0]?.inflight ?? 0) > 1) await new Promise(setImmediate)
    writeFileSync(gate as string, '')
    expect(await pool.apply(tasks.square, [2])).toBe(4)
    expect(existsSync(journal as string) ? readFileSync(journal as string, 'utf8') : '').toBe('')
  })

  it('goes on while its reader takes what is there', async () => {
    const pool = open()
    const done: number[] = []
    pool.on('chunk-done', ({ chunks }) => done.push(chunks))
    const files = [0, 1, 2].map((i) => join(scratch(), `${i}`))
    const items = files.map((file) => [file, null] as [string, null])
    const iterator = pool.imap(tasks.noteAndWait, items, { prefetch: 1, maxAhead: { chunks: 1 } })
    const channel = new EventTarget()
    pool.on('chunk-done', () => channel.dispatchEvent(new Event('done')))
    await iterator.next()
    while (done.length < 2) await once(channel, 'done')
    await iterator.next()
    await tasks.waitFor([files[2] as string, 0])
    await iterator.return()
  })
})
