// Builds `dist` after `npm ci` in a checkout, and for `npm pack`, where the scripts lose their comments: they are in the
// declarations, which editors read. Without the dev dependencies there is no compiler: then one line says so, the
// installation itself still succeeds, and an import of the package says the same.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const tsc = 'node_modules/typescript/bin/tsc'
const packing = ['pack', 'publish'].includes(process.env.npm_command)

if (existsSync(tsc)) {
  const passes = packing
    ? [['--emitDeclarationOnly'], ['--declaration', 'false', '--isolatedDeclarations', 'false', '--removeComments']]
    : [[]]
  process.exitCode = passes.map(compile).find((status) => status !== 0) ?? 0
} else {
  const text =
    'autopara: not built, because the dev dependencies are missing; run `npm ci` without --omit=dev to build it'
  console.error(text)
  for (const entry of ['index', 'extxyz/index', 'mpi/index']) leave(`dist/lib/${entry}.js`, text)
}

function compile(flags) {
  return spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', ...flags], { stdio: 'inherit' }).status ?? 1
}

/** Where an entry of the package would be, a module that throws. A built one stays. */
function leave(path, text) {
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `throw new Error(${JSON.stringify(text)})\n`)
}
