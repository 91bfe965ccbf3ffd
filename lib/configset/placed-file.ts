/**
 * A file under the name that its user gave it, and where it is: a relative name means what it meant when the set was made,
 * also when the program has another current folder by the time that the file is opened, as an initializer of a serial run
 * may give it. Messages keep the name.
 */
import { readlinkSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { STDIO } from './input-file-error.js'

/** A file, named and found. */
export interface PlacedFile {
  /** As the user would write it: the file root joined, not made absolute. `-` is standard input or output. */
  readonly path: string
  /** Absolute; `-` as it is. */
  readonly place: string
}

/** The file that `path` names now. */
export function placed(path: string): PlacedFile {
  return { path, place: path === STDIO ? path : resolve(path) }
}

/** `path` in the folder `root`, unless it is absolute, or standard input or output. */
export function joinRoot(root: string, path: string): string {
  return root === '' || path === STDIO || isAbsolute(path) ? path : join(root, path)
}

/** More links in a row than this lead in a circle. */
const MOST_LINKS = 40

/**
 * The file that is written for an output: that to which a symbolic link leads, also one that isn't there yet. A link that
 * leads in a circle stays what it is.
 */
export function behindLinks(file: PlacedFile): PlacedFile {
  let { place } = file
  for (let links = 0; links < MOST_LINKS; links++) {
    const next = place === STDIO ? undefined : linkedPlace(place)
    if (next === undefined) return links === 0 ? file : { path: place, place }
    place = next
  }
  return file
}

/** Where the symbolic link at `place` leads; undefined where there is none. */
function linkedPlace(place: string): string | undefined {
  try {
    const target = readlinkSync(place)
    return resolve(realpathSync(dirname(place)), target)
  } catch {
    return undefined
  }
}

/** An error that came of opening the file at its place, told with the file's name. */
export function underItsName(error: unknown, { path, place }: PlacedFile): unknown {
  if (path === place || !(error instanceof Error)) return error
  error.message = error.message.replaceAll(place, path)
  const { file } = error as { file?: unknown }
  if (typeof file === 'string' && file.startsWith(place))
    Object.assign(error, { file: path + file.slice(place.length) })
  return error
}
