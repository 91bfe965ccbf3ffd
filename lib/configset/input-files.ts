/**
 * From what a user names (paths, globs, pairs of glob and index) to the files that are read, in order.
 *
 * Globs are kept in the order given, the matches of each sorted; a glob without a match is an error. A name that exists as
 * it stands is no glob, whatever characters it holds.
 */
import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'
import { typeError } from '../base/options.js'
import { InputFileError, STDIO } from './input-file-error.js'
import { joinRoot, type PlacedFile, placed } from './placed-file.js'

/** What names input files: one path or glob, or a list of them, each alone or with an index. */
export type InputFilesOption = string | readonly (string | readonly [glob: string, index: string])[]

/** A file and which of its frames are read. */
export interface IndexedFile extends PlacedFile {
  /** An ASE index: ':', '-1', '::10', '2:8'. */
  readonly index: string
}

/** Resolves the option `inputFiles`. Throws {@link InputFileError} where nothing matches. */
export function resolveInputFiles(option: InputFilesOption, fileRoot: string, defaultIndex: string): IndexedFile[] {
  const entries = typeof option === 'string' ? [option] : option
  if (!Array.isArray(entries))
    throw typeError('inputFiles', 'a path, or a list of paths and [glob, index] pairs', option)
  return (entries as readonly unknown[]).flatMap((entry) => {
    if (typeof entry === 'string') return expand(entry, defaultIndex, fileRoot)
    if (Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string')) {
      return expand(entry[0] as string, entry[1] as string, fileRoot)
    }
    throw typeError('inputFiles', 'a path, or a list of paths and [glob, index] pairs', entry)
  })
}

function expand(glob: string, index: string, fileRoot: string): IndexedFile[] {
  const path = joinRoot(fileRoot, glob)
  if (path === STDIO) return [{ ...placed(path), index }]
  if (existsSync(path)) {
    const stat = statSync(path)
    if (stat.isDirectory())
      throw new InputFileError(path, `${path} is a folder; name the files in it, such as ${join(path, '*.xyz')}`)
    if (stat.isFIFO())
      throw new InputFileError(
        path,
        `${path} is a pipe, which has no place to go back to; read it as -, standard input`,
      )
    return [{ ...placed(path), index }]
  }
  const matches = /[*?[\]{}!()]/.test(glob) ? matchesOf(glob, fileRoot) : []
  if (matches.length === 0) throw noSuchFile(path, glob)
  return matches.map((match) => ({ ...placed(match), index }))
}

/** All frames of files that are named as they are. Throws {@link InputFileError} for one that isn't there. */
export function wholeFiles(files: readonly PlacedFile[]): IndexedFile[] {
  for (const { path, place } of files) if (!existsSync(place)) throw noSuchFile(path, path)
  return files.map((file) => ({ ...file, index: ':' }))
}

function noSuchFile(path: string, glob: string): InputFileError {
  const what = /[*?[{]/.test(glob) ? 'no file matches' : 'there is no file'
  const advice = `give an existing file or a glob that matches one (seen from ${process.cwd()})`
  return new InputFileError(path, `${what} ${path}; ${advice}`)
}

/**
 * The files in the folder `fileRoot` that match, sorted. The folder's own name is no part of the glob.
 *
 * Loads the package only where there is a glob, as it takes as long as half of this one.
 */
function matchesOf(glob: string, fileRoot: string): string[] {
  const { globSync } = createRequire(import.meta.url)('tinyglobby') as typeof import('tinyglobby')
  const matches = globSync(glob, { cwd: resolve(fileRoot), expandDirectories: false, absolute: isAbsolute(glob) })
  return matches.map((match) => joinRoot(fileRoot, match)).sort()
}
