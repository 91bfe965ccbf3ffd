// Bundles the modules that tsc wrote to `build` into `dist`, beside the declarations: a program, and above all a worker, loads
// a few files instead of a few hundred. What entry points share stands in `dist/chunks`, once, so that all of them have the
// same classes and the same state.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'rolldown'

/** What a program imports; beside it the initializers, and what the package names by its URL, are entry points. */
const imported = ['lib/index.js', 'lib/extxyz/index.js', 'lib/mpi/index.js', 'lib/cli/main.js']

/**
 * What a worker starts with is one file, what it needs for a loop besides is another, as each file costs it half a
 * millisecond. A chunk has what these import and the ones before it have not.
 */
const chunks = {
  worker: 'lib/pool/worker/entry.js',
  loop: 'lib/iterable-loop/run-op.js',
  calculate: 'lib/operations/calculate.js',
}

/** Reads `build`, writes `dist`, both in the working folder. */
export async function bundle() {
  await build({
    input: Object.fromEntries(entryPoints().map((path) => [path.replace(/\.js$/, ''), `./build/${path}`])),
    platform: 'node',
    external: (id) => !/^[./]/.test(id),
    output: {
      dir: 'dist',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name].js',
      comments: false,
      codeSplitting: {
        groups: Object.entries(chunks).map(([name, path], index, { length }) => ({
          name: (id, modules) => (importsOf(resolve('build', path), modules).has(id) ? name : null),
          debugName: name,
          priority: length - index,
        })),
      },
    },
  })
}

function entryPoints() {
  const modules = readdirSync('build', { recursive: true }).filter((path) => path.endsWith('.js'))
  const named = modules.flatMap((path) =>
    [...readFileSync(`build/${path}`, 'utf8').matchAll(/packageUrl\('(lib\/.+\.js)'\)/g)].map((match) => match[1]),
  )
  return [...new Set([...imported, ...modules.filter((path) => path.startsWith('initializers')), ...named])]
}

/** The modules that `id` imports, directly or not. Itself it may be a program, which must not run in another. */
function importsOf(id, modules, found = new Set()) {
  for (const next of modules.getModuleInfo(id)?.importedIds ?? []) {
    if (found.has(next)) continue
    found.add(next)
    importsOf(next, modules, found)
  }
  return found
}
