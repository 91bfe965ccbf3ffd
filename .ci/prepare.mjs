// Builds `dist` after `npm ci` in a checkout. Without the dev dependencies there is no compiler:
// then one line says so, and the installation itself still succeeds.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const tsc = 'node_modules/typescript/bin/tsc'
if (!existsSync(tsc)) {
  console.error(
    'autopara: not built, because the dev dependencies are missing; run `npm ci` without --omit=dev to build it',
  )
} else {
  process.exitCode = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { stdio: 'inherit' }).status ?? 1
}
