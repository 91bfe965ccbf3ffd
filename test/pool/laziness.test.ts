import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'autopara'
import { describe, expect, it } from 'vitest'
import * as tasks from '../fixtures/tasks/pool.mjs'
import { runScript } from '../run-script.js'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()

describe('imap', () => {
  it('7.1, 7.2 takes a million items in memory that does not grow', async () => {
    const { stdout } = await runScript('million.mjs', { flags: ['--expose-gc'] })
    const { read, wrong, grown } = JSON.parse(stdout) as { read: number; wrong: number; grown: number }
    expect([read, wrong]).toEqual([1_000_000, 0])
    // A byte kept of each item would be 1 MiB.
    expect(grown).toBeLessThan(0.9)
  })

  it('7.2 lets one slow item at the head hold up no worker', async () => {
    const gate = join(scratch(), 'gate')
    const pool = new Pool(2)
    try {
      const done = new Promise<void>((resolve) => {
        let items = 0
        pool.on('chunk-done', (facts) => {
          items += facts.items
          if (items >= 1000) resolve()
        })
      })
      const items = Array.from({ length: 3000 }, (_, i) => [i === 0 ? gate : process.execPath, i] as [string, number])
      const iterator = pool.imap(tasks.waitFor, items)
      const head = iterator.next()
      await done
      writeFileSync(gate, '')
      const values = [(await head).value]
      for await (const value of iterator) values.push(value)
      expect(values).toEqual(items.map(([, i]) => i))
    } finally {
      await pool.terminate()
    }
  })
})

describe('a pool', () => {
  it('3.5 is not disturbed by a callback that throws, which is an uncaught error of the program', async () => {
    expect(await runScript('callback-throws.mjs')).toEqual({
      stdout: `9\n[ 1, 4 ]\n[ 25 ]\n[ 'callback of 9', 'callback of [1,4]' ]\n`,
      stderr: '',
      code: 0,
    })
  })

  it('6.6 lives as long as somebody waits for a result of it', async () => {
    expect(await runScript('forgotten-pool.mjs', { flags: ['--expose-gc'] })).toEqual({
      stdout: '[ 1, 4, 9 ]\n',
      stderr: '',
      code: 0,
    })
  })
})
