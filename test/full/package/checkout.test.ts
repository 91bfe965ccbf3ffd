import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runNode } from '../../run-script.js'
import { useScratchFolders } from '../../scratch-folder.js'
import { checkout, npm } from './installed.js'

/** A checkout that was set up in part says so in one line, wherever it is met. */

const scratch = useScratchFolders()

const NOT_BUILT = /^autopara: not built[^\n]*npm (?:ci|run build)[^\n]*\n$/

/** What the command and the example say there. */
async function complaints(clone: string): Promise<string[]> {
  const command = await runNode([join(clone, 'lib/cli/autopara.js'), 'info', 'x.xyz'], { cwd: clone })
  expect(command).toMatchObject({ code: 1, stdout: '' })
  const example = npm(clone, 'run', '--silent', 'example')
  expect(example).toMatchObject({ status: 1, stdout: '' })
  return [command.stderr, example.stderr]
}

describe('a checkout', () => {
  it('without the dev dependencies is told from a broken one', async () => {
    const clone = checkout(scratch())
    const { status, stderr, stdout } = npm(
      clone,
      'ci',
      '--omit=dev',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--foreground-scripts',
    )
    expect(status).toBe(0)
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('autopara:'))
    expect(lines).toEqual([expect.stringMatching(/not built.*dev dependencies.*npm ci/)])
    for (const text of await complaints(clone)) expect(text).toMatch(NOT_BUILT)
    writeFileSync(join(clone, 'program.mjs'), "await import('autopara').catch((error) => console.log(error.message))\n")
    const { stdout: said } = await runNode(['program.mjs'], { cwd: clone })
    expect(said).toMatch(NOT_BUILT)
  })

  it('whose scripts were not run says what to run, and then works', async () => {
    const clone = checkout(scratch())
    expect(npm(clone, 'ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund').status).toBe(0)
    for (const text of await complaints(clone)) expect(text).toMatch(NOT_BUILT)
    expect(npm(clone, 'run', 'build').status).toBe(0)
    const { stdout } = await runNode([join(clone, 'lib/cli/autopara.js'), '--version'], { cwd: clone })
    expect(stdout.trim()).toBe(JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8')).version)
  })

  it('has every package pinned by version and digest in the lock file', () => {
    const { packages } = JSON.parse(readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8'))
    const entries = Object.entries(packages as Record<string, { version?: string; integrity?: string; link?: boolean }>)
    const loose = entries.filter(([path, { version, integrity }]) => path !== '' && !(version && integrity))
    expect(loose.map(([path]) => path)).toEqual([])
    expect(entries.length).toBeGreaterThan(100)
  })
})
