#!/usr/bin/env node
// The command `autopara`. Plain JavaScript and in the repository, so that a checkout that was not built can say so.
import { existsSync } from 'node:fs'

const main = new URL('../../dist/lib/cli/main.js', import.meta.url)
if (existsSync(main)) {
  const { runCli } = await import(main.href)
  process.exitCode = await runCli(process.argv.slice(2))
} else {
  console.error(
    'autopara: not built yet; run `npm ci` (with the dev dependencies and without --ignore-scripts) or `npm run build`',
  )
  process.exitCode = 1
}
