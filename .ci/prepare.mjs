// Builds `dist` after `npm ci` in a checkout, and for `npm pack`. Without the dev dependencies there is no compiler: then
// one line says so, the installation itself still succeeds, and an import of the package says the same.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

if (existsSync('node_modules/typescript/bin/tsc')) {
  await import('./build.mjs')
} else {
  const text =
    'autopara: not built, because the dev dependencies are missing; run `npm ci` without --omit=dev to build it'
  console.error(text)
  for (const entry of ['index', 'extxyz/index', 'mpi/index']) leave(`dist/lib/${entry}.js`, text)
}

/** Where an entry of the package would be, a module that throws. A built one stays. */
function leave(path, text) {
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `throw new Error(${JSON.stringify(text)})\n`)
}
