/** `MODULE#EXPORT` on the command line: a file's or a package's export. */
import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { initializerNames, nearest, type TaskReference, task } from '../index.js'
import { UsageError } from './exit-code.js'

/** The reference that `text` names. A module is a file seen from the current folder, or a package that resolves from there. */
export function parseModuleExport(text: string, option: string): TaskReference<unknown[], unknown> {
  const hash = text.lastIndexOf('#')
  const [module, name] = hash < 0 ? [text, 'default'] : [text.slice(0, hash), text.slice(hash + 1)]
  if (module === '' || name === '')
    throw new UsageError(`${option} must be MODULE#EXPORT, such as ./ops.js#shift, got ${JSON.stringify(text)}`)
  return task(moduleUrl(module, option), name)
}

/** An initializer: a shipped name, MODULE#EXPORT, or a plug-in module seen from the current folder. */
export function parseInitializer(text: string): string | TaskReference<unknown[], unknown> {
  if (text.includes('#')) return parseModuleExport(text, '--initializer')
  return initializerNames.includes(text) ? text : moduleUrl(text, '--initializer', initializerNames).href
}

/** `shipped`: names that could have been meant. */
function moduleUrl(module: string, option: string, shipped: readonly string[] = []): URL {
  const path = resolve(module)
  // A folder is no module, and may have the name of a package.
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return pathToFileURL(path)
  try {
    return pathToFileURL(createRequire(join(process.cwd(), 'x.js')).resolve(module))
  } catch {
    const near = nearest(module, shipped)
    throw new UsageError(
      `${option}: there is no file ${module} in ${process.cwd()} and no package of that name` +
        (near === undefined ? '' : `; did you mean ${near}?`),
    )
  }
}
