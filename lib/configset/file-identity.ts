/**
 * What tells a file from a changed one, so that a run whose input is written to meanwhile ends with an error instead of a
 * mixture.
 */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { InputFileError, STDIO } from './input-file-error.js'
import type { PlacedFile } from './placed-file.js'

/** A regular file as `stat` shows it. Without `dev` the device does not matter. */
export interface FileIdentity {
  dev?: number
  ino: number
  size: number
  mtimeMs: number
}

/** The identity of a regular file; undefined for standard input, pipes and what isn't there. */
export function identityOf(path: string): FileIdentity | undefined {
  if (path === STDIO) return undefined
  const found = statSync(resolve(path), { throwIfNoEntry: false })
  if (!found?.isFile()) return undefined
  const { dev, ino, size, mtimeMs } = found
  return { dev, ino, size, mtimeMs }
}

/** Throws {@link InputFileError} if the file at `path`, which is `seen` now, is not the one that is expected. */
export function checkIdentity(path: string, seen: FileIdentity | undefined, expected: FileIdentity): void {
  if (
    seen &&
    (expected.dev === undefined || seen.dev === expected.dev) &&
    seen.ino === expected.ino &&
    seen.size === expected.size &&
    seen.mtimeMs === expected.mtimeMs
  )
    return
  throw new InputFileError(path, `${path} changed while it was being read; run again when nothing writes to it`)
}

/** Notes the files of a run; the result throws {@link InputFileError} if one of them has changed since. */
export function watchInputs(files: readonly PlacedFile[]): () => void {
  const names = new Map(files.map(({ path, place }) => [place, path]))
  const noted = [...names].map(([place, path]) => ({ place, path, identity: identityOf(place) }))
  return () => {
    for (const { place, path, identity } of noted) if (identity) checkIdentity(path, identityOf(place), identity)
  }
}
