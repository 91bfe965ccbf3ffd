import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runScript } from '../run-script.js'

const folder = mkdtempSync(join(tmpdir(), 'autopara-plugin-'))
const project = fileURLToPath(new URL('../..', import.meta.url))
const plugin = fileURLToPath(new URL('../fixtures/plugin', import.meta.url))
const script = join(folder, 'program.mjs')

function npm(...args: string[]): string {
  return execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{ "name": "program", "private": true }')
  const tarball = npm('pack', '--silent', '--pack-destination', folder, plugin).trim()
  npm('install', '--offline', '--no-audit', '--no-fund', join(folder, tarball))
  symlinkSync(project, join(folder, 'node_modules', 'autopara'))
  writeFileSync(
    script,
    `import { Pool } from 'autopara'
export const greeting = () => globalThis.greeting
const [context, log] = process.argv.slice(2)
const options = context === 'serial' ? { processes: 0 } : { processes: 1, context }
const pool = new Pool({ ...options, name: 'demo', initializer: 'pool-greeting', initargs: ['hello', log] })
console.log(await pool.apply(greeting))
pool.close()
await pool.join()
`,
  )
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a plug-in of a third party, installed from a tarball', () => {
  it.each([
    ['fork', 'hello from demo-0.0'],
    ['cluster', 'hello from demo-0.0'],
    ['thread', 'hello from demo-0.0'],
    ['serial', 'hello from undefined'],
  ])('is found by its package name, asked before the start, run and finalized: %s', async (context, greeting) => {
    const log = join(folder, `${context}.log`)
    const result = await runScript(script, { args: [context, log], cwd: tmpdir() })
    expect(result).toEqual({ stdout: `${greeting}\n`, stderr: '', code: 0 })
    expect(readFileSync(log, 'utf8')).toBe(`${greeting}, goodbye\n`)
  })
})
