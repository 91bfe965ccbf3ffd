/**
 * One configuration on its way to a worker, in the cheapest form that the worker can take.
 *
 *     range   a plain regular file: the worker reads and parses its bytes itself
 *     bytes   gzip or stdin: the parent inflates and cuts frames, the worker parses
 *     atoms   memory and database rows: structured-clonable data
 *     value   an iterable that holds no configurations
 */
import type { WireAtoms } from '../atoms/wire.js'
import type { FileIdentity } from './file-identity.js'
import type { Location } from './location.js'

interface Placed {
  /** The item's number in the whole input: names its random stream. */
  index: number
  /** Where it stands in its set. */
  loc: Location
  /** Which of {@link InputFile}s it comes from; -1: none. */
  file: number
}

/** Frame `frame` of a file, at bytes [start, end), beginning at line `line`. */
interface FramePlace {
  frame: number
  line: number
}

export type RangeItem = Placed & FramePlace & { kind: 'range'; start: number; end: number }
export type BytesItem = Placed & FramePlace & { kind: 'bytes'; bytes: Uint8Array }
export type AtomsItem = Placed & { kind: 'atoms'; atoms: WireAtoms }
export type ValueItem = Placed & { kind: 'value'; value: unknown }
export type Item = RangeItem | BytesItem | AtomsItem | ValueItem

/** An item as a worker is sent it: a byte range as a short text, which costs less to encode than an object. */
export type PackedItem = string | Item

/** Packs an item; the location of a byte range stays behind unless `located`. */
export function packItem(item: Item, located: boolean): PackedItem {
  if (item.kind !== 'range') return item
  const packed = `${item.index} ${item.file} ${item.start} ${item.end} ${item.frame} ${item.line}`
  return located ? `${packed} ${item.loc.join(' ')}` : packed
}

/** What {@link packItem} packed. */
export function unpackItem(packed: PackedItem): Item {
  if (typeof packed !== 'string') return packed
  const [index, file, start, end, frame, line, ...loc] = packed.split(' ').map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    ...number[],
  ]
  return { kind: 'range', index, file, start, end, frame, line, loc }
}

/** An input file as it was when the run began; a change during the run is an error. */
export interface InputFile {
  path: string
  /** Absent for what is read by the parent alone (stdin, gzip). */
  stat?: FileIdentity
}
