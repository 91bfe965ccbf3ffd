import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { runNode } from '../run-script.js'

const project = fileURLToPath(new URL('../..', import.meta.url))

it('a call that is refused at once leaves no rejection behind, which would end the program', async () => {
  const source = `
    import { Pool } from 'autopara'
    const pool = new Pool(1)
    for (const call of ['imap', 'imapUnordered']) {
      try {
        pool[call](Math.sqrt.bind(null), 5, { seed: 1 })
      } catch (error) {
        console.log(error.message)
      }
    }
    await pool.ready()
    await pool.terminate()`
  const { code, stdout, stderr } = await runNode(['--input-type=module', '-e', source], { cwd: project })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^(`iterable` must be an iterable or an async iterable, got 5 \(number\)\n){2}$/)
})
