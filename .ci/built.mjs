// Before a script of package.json that uses the package by its name: says in one line that it is not built.
import { existsSync } from 'node:fs'

if (!existsSync('dist/lib/cli/main.js')) {
  console.error(
    'autopara: not built yet; run `npm ci` (with the dev dependencies and without --ignore-scripts) or `npm run build`',
  )
  process.exitCode = 1
}
