/**
 * Files as Atoms: `iread` streams, `read` collects.
 *
 *     names ──► selected frames as bytes ──► Frame ──► Atoms
 */
import type { Atoms } from '../atoms/atoms.js'
import { checkKeys, typeError } from '../base/options.js'
import { frameToAtoms } from './convert.js'
import type { Frame } from './frame.js'
import { type Origin, parseFrames, type ReadOptions, readFrame } from './read-frame.js'
import { selectBatches, selectItems } from './select-frames.js'

/** What {@link iread} and {@link read} take. */
export interface IreadOptions extends ReadOptions {
  /** Ends the reading with its reason. */
  readonly signal?: AbortSignal
  /** The largest frame, bytes (default 1 GiB); a larger one is an error. */
  readonly maxFrameBytes?: number
}

/** What can be read: a file's name (`-` is stdin, `.gz` is inflated), several, or the bytes themselves. */
export type Readable = string | readonly string[] | Uint8Array

const KEYS = ['strict', 'onWarning', 'signal', 'maxFrameBytes'] as const

/**
 * The configurations of a file, one by one; memory doesn't grow with the file.
 *
 * @param index which frames of each file, as in ASE: `':'` (default), `-1`, `'::10'`, `'2:8'`
 * @throws {ExtxyzError} after the configurations before the fault.
 * @example for await (const atoms of iread('md.xyz', '::10')) console.log(atoms.info.energy)
 */
export async function* iread(
  from: Readable,
  index: string | number = ':',
  options: IreadOptions = {},
): AsyncGenerator<Atoms> {
  for await (const { frame, where } of frames(from, index, options)) yield frameToAtoms(frame, where)
}

/** All configurations of {@link iread} in a list. @throws {ExtxyzError} */
export async function read(from: Readable, index: string | number = ':', options: IreadOptions = {}): Promise<Atoms[]> {
  const list: Atoms[] = []
  for await (const atoms of iread(from, index, options)) list.push(atoms)
  return list
}

/** As {@link iread}, without the step to Atoms. @throws {ExtxyzError} */
export async function* ireadFrames(
  from: Readable,
  index: string | number = ':',
  options: IreadOptions = {},
): AsyncGenerator<Frame> {
  for await (const { frame } of frames(from, index, options)) yield frame
}

async function* frames(
  from: Readable,
  index: string | number,
  options: IreadOptions,
): AsyncGenerator<{ frame: Frame; where: Origin }> {
  checkKeys(options, KEYS, 'iread')
  if (from instanceof Uint8Array) {
    yield* framesOfMemory(from, index, options)
    return
  }
  for (const path of pathsOf(from)) {
    for await (const batch of selectBatches(path, index, options)) {
      for (const { bytes, frame: number, line } of batch) {
        const where = { file: path, frame: number, line }
        yield { frame: readFrame(bytes, 0, where, options), where }
      }
    }
  }
}

function pathsOf(from: unknown): readonly string[] {
  const paths: unknown[] = Array.isArray(from) ? from : [from]
  for (const path of paths) {
    if (typeof path !== 'string') throw typeError('from', 'a file name, a list of names, or bytes (Uint8Array)', path)
  }
  return paths as string[]
}

function* framesOfMemory(
  bytes: Uint8Array,
  index: string | number,
  options: IreadOptions,
): Generator<{ frame: Frame; where: Origin }> {
  const all = parseFrames(bytes, options)
  for (const { item, at } of selectItems(all, index)) yield { frame: item, where: { frame: at } }
}
