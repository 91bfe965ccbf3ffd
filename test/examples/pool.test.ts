import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Rng } from 'autopara'
import { afterAll, describe, expect, it } from 'vitest'
import { exampleOutput, examples } from './example-output.js'

const folder = mkdtempSync(join(tmpdir(), 'autopara-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the examples for users of the pool', () => {
  it('hash-files prints the digest of every file in order', async () => {
    const texts = { 'a.txt': 'alpha', 'b.txt': 'beta', 'c.txt': '' }
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text)
    const digest = (text: string) => createHash('sha256').update(text).digest('hex')
    const expected = Object.entries(texts).map(([name, text]) => `${digest(text)}  ${join(folder, name)}\n`)
    expect(await exampleOutput('hash-files.mjs', folder)).toBe(expected.join(''))
  })

  it('seeded-workers gives the same number with one worker and with three', async () => {
    const text = await exampleOutput('seeded-workers.mjs', '1')
    expect(text).toMatch(/^pi is about 3\.1[34]\d*\n$/)
    expect(await exampleOutput('seeded-workers.mjs', '3')).toBe(text)
  })

  it('random-initializer draws the stream of the worker, and another after each replacement', async () => {
    const numbers = [0, 1].flatMap((generation) => {
      const rng = new Rng(42).spawn('worker').spawn(0).spawn(generation)
      return [rng.random(), rng.random()]
    })
    expect(await exampleOutput('random-initializer.mjs')).toBe(
      numbers.map((number) => `worker 0 drew ${number.toFixed(6)}\n`).join(''),
    )
  })

  it('gpu-per-worker shows each worker its own GPU', async () => {
    const lines = [0, 1, 2, 3].map((id) => `worker ${id} computes on GPU ${id % 2}\n`)
    expect(await exampleOutput('gpu-per-worker.mjs')).toBe(lines.join(''))
  })

  it('stream ends the endless source when the answer is found', async () => {
    expect(await exampleOutput('stream.mjs')).toBe('27 takes 111 steps\nsource closed\n')
  })

  it('guard prints its line once', async () => {
    expect(await exampleOutput('guard.mjs')).toBe('this line is printed once\n[ 1, 8, 27 ]\n')
  })
  it('downscale-images gives the sizes and the means of the first blocks', async () => {
    // The mean of the ramp 256 x / width over the first 8 columns, each value rounded as a byte.
    const sizes = ['128 × 96, first grey 1', '64 × 64, first grey 2', '160 × 8, first grey 1']
    expect(await exampleOutput('downscale-images.mjs')).toBe(`${sizes.join('\n')}\n`)
  })

  it('failures prints what became of each item', async () => {
    expect((await exampleOutput('failures.mjs')).trim().split('\n')).toEqual([
      'fine: done',
      'RangeError (limit 7) of item 1',
      'WorkerLostError (AUTOPARA_WORKER_LOST) of item 2',
      'TaskTimeoutError (AUTOPARA_TASK_TIMEOUT) of item 3',
      'fine too: done',
      'map: not this one',
      'fine: done',
      'imap: not this one',
      'fine again: done',
    ])
  })

  it('use-initializer-package works in folders of the workers, which are gone afterwards', async () => {
    // Where npm would put it, inside the project, so that `autopara` is found too.
    const project = mkdtempSync(join(examples, '../../.docs-test-'))
    try {
      cpSync(join(examples, 'use-initializer-package.mjs'), join(project, 'use.mjs'))
      const installed = join(project, 'node_modules/autopara-scratch-folder')
      cpSync(join(examples, 'initializer-package'), installed, { recursive: true })
      const [said, ...folders] = (await exampleOutput(join(project, 'use.mjs'))).trim().split('\n')
      expect(said).toBe('nothing was written here')
      expect(folders.length).toBeGreaterThan(0)
      for (const name of folders) expect(name).toContain(join(tmpdir(), 'example-'))
      expect(folders.filter((name) => existsSync(name))).toEqual([])
    } finally {
      rmSync(project, { recursive: true, force: true })
    }
  })
})
