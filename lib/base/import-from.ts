/**
 * Code that stands, for Node's resolver, beside the program's main module: names of packages are those that *its* folder sees.
 *
 * Node 20 has no public resolver that takes a place; a script compiled under a file name there has one inside. Its quirk:
 * the first `import()` of such a script prints an ExperimentalWarning, which we keep from the program's stderr.
 */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { currentProgram } from './main-module.js'

let warned = false

/** The value of a script that stands in the main module's folder (without one: in the current folder) under the name `label`. */
export function compileAtMain(source: string, label: string): unknown {
  if (!warned) takeWarning()
  return compile(source, label)
}

/** Loads a module by URL, by path from the main module's folder, or by package name as seen from there. */
export async function importFromMain(specifier: string): Promise<Record<string, unknown>> {
  const load = compileAtMain('(specifier) => import(specifier)', '[import]') as typeof importFromMain
  return await load(specifier)
}

function compile(source: string, label: string): unknown {
  const { mainUrl } = currentProgram()
  const folder = mainUrl?.startsWith('file:') ? dirname(fileURLToPath(mainUrl)) : process.cwd()
  return vm.runInThisContext(source, {
    filename: join(folder, label),
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
}

/** Node warns once, synchronously, at the first import. */
function takeWarning(): void {
  warned = true
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    void (compile('() => import("node:vm")', '[import]') as () => Promise<unknown>)()
  } finally {
    process.emitWarning = emitWarning
  }
}
