/**
 * Initializer `preload`: loads modules before the first task, so that the first task doesn't pay for it.
 *
 *     new Pool({ initializer: 'preload', initargs: ['some-package', './tables.mjs'] })
 *
 * Names and paths are taken from the main module's place. In a serial run it does the same, in the program's own process.
 */
import { importFromMain } from '../lib/base/import-from.js'
import { typeError } from '../lib/base/options.js'

/** @param specifiers packages, paths or URLs, loaded one after the other */
export default async function preload(...specifiers: string[]): Promise<void> {
  for (const specifier of specifiers) {
    if (typeof specifier !== 'string') throw typeError('specifier', 'a package, path or URL', specifier)
    await importFromMain(specifier)
  }
}
