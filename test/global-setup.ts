import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds the package once before the tests, so that they can't run against an old build; for coverage, as modules. */
export default function setup(): void {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const flags = process.env['NODE_V8_COVERAGE'] === undefined ? [] : ['--modules']
  execFileSync(process.execPath, ['.ci/build.mjs', ...flags], { cwd: root, stdio: 'inherit' })
}
