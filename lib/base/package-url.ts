/**
 * Where the files of this package are that are named rather than imported: what a worker starts with, operations that are
 * sent to workers, the pages of a report. A module can't tell by its own place, as modules are bundled:
 *
 *     lib/…, initializers/…    entry points (a module each where nothing was bundled)
 *     chunks/…                 what the entry points share
 */
import { readFileSync } from 'node:fs'

/** The folder that has `lib`: the last one of that name, as the package may lie in another. */
const built = /^.*\/(?=(?:lib|chunks)\/)/s.exec(import.meta.url)?.[0] ?? import.meta.url

/** The URL of a file, by its path in the built package, such as `lib/pool/worker/entry.js`. */
export function packageUrl(path: string): URL {
  return new URL(path, built)
}

/** Whether a line of a stack is of this package. */
export function isPackageFrame(line: string): boolean {
  return line.includes(`${built}lib/`) || line.includes(`${built}chunks/`)
}

/** The version of this package, from its `package.json`. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageUrl('../package.json'), 'utf8'))
  return String((manifest as { version: unknown }).version)
}
