import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Rng } from 'autopara'
import { afterAll, describe, expect, it } from 'vitest'
import { runScript } from './run-script.js'

const examples = fileURLToPath(new URL('../docs/examples/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'autopara-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The output of an example that must end well and print nothing on stderr. */
async function output(name: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await runScript(join(examples, name), { args })
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  return stdout
}

describe('the examples for users of the pool', () => {
  it('have fewer than 40 lines each', () => {
    const long = readdirSync(examples)
      .filter((name) => name.endsWith('.mjs'))
      .filter((name) => readFileSync(join(examples, name), 'utf8').split('\n').length > 40)
    expect(long).toEqual([])
  })

  it('hash-files prints the digest of every file in order', async () => {
    const texts = { 'a.txt': 'alpha', 'b.txt': 'beta', 'c.txt': '' }
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text)
    const digest = (text: string) => createHash('sha256').update(text).digest('hex')
    const expected = Object.entries(texts).map(([name, text]) => `${digest(text)}  ${join(folder, name)}\n`)
    expect(await output('hash-files.mjs', folder)).toBe(expected.join(''))
  })

  it('seeded-workers gives the same number with one worker and with three', async () => {
    const text = await output('seeded-workers.mjs', '1')
    expect(text).toMatch(/^pi is about 3\.1[34]\d*\n$/)
    expect(await output('seeded-workers.mjs', '3')).toBe(text)
  })

  it('random-initializer draws the stream of the worker, and another after each replacement', async () => {
    const numbers = [0, 1].flatMap((generation) => {
      const rng = new Rng(42).spawn('worker').spawn(0).spawn(generation)
      return [rng.random(), rng.random()]
    })
    expect(await output('random-initializer.mjs')).toBe(
      numbers.map((number) => `worker 0 drew ${number.toFixed(6)}\n`).join(''),
    )
  })

  it('gpu-per-worker shows each worker its own GPU', async () => {
    const lines = [0, 1, 2, 3].map((id) => `worker ${id} computes on GPU ${id % 2}\n`)
    expect(await output('gpu-per-worker.mjs')).toBe(lines.join(''))
  })

  it('stream ends the endless source when the answer is found', async () => {
    expect(await output('stream.mjs')).toBe('27 takes 111 steps\nsource closed\n')
  })

  it('guard prints its line once', async () => {
    expect(await output('guard.mjs')).toBe('this line is printed once\n[ 1, 8, 27 ]\n')
  })
})
