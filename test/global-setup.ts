import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What programs of others leave among temporary files: Open MPI, Chromium, tsx, V8's cache, profilers. */
const FOREIGN =
  /^(ompi|pmix|prte|openmpi|org\.chromium|\.org\.chromium|playwright|tsx-|node-compile-cache|v8-compile-cache)/

/**
 * Builds the package once before the tests, so that they can't run against an old build; for coverage, as modules. Gives the
 * tests a folder for temporary files, which must be empty at their end: neither they nor what they test may leave anything.
 */
export default function setup(): () => void {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const flags = process.env['NODE_V8_COVERAGE'] === undefined ? [] : ['--modules']
  execFileSync(process.execPath, ['.ci/build.mjs', ...flags], { cwd: root, stdio: 'inherit' })
  // Short: the names of sockets of MPI launchers in it are limited.
  const folder = mkdtempSync(join(tmpdir(), 'ap-'))
  // Programs that run as somebody else come through, too.
  chmodSync(folder, 0o1777)
  process.env['TMPDIR'] = folder
  return () => {
    const left = readdirSync(folder).filter((name) => !FOREIGN.test(name))
    rmSync(folder, { recursive: true, force: true })
    if (left.length > 0) throw new Error(`the tests left temporary files: ${left.join(', ')}`)
  }
}
