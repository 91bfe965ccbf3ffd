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

/**
 * An item as a worker is sent it. A byte range is a text, the cheapest thing to encode: a character for each byte of its
 * numbers, and behind them its location, if that is wanted.
 */
export type PackedItem = string | Item

/** A byte range as six numbers in a row: index, file, start, end, frame, line. */
export const RANGE_NUMBERS = 6

const scratchNumbers = new Float64Array(RANGE_NUMBERS)
const scratch = Buffer.from(scratchNumbers.buffer)

/** Puts the numbers of a byte range at place `at` of `numbers`. */
export function putRange(numbers: Float64Array, at: number, item: Omit<RangeItem, 'kind' | 'loc'>): void {
  numbers[at] = item.index
  numbers[at + 1] = item.file
  numbers[at + 2] = item.start
  numbers[at + 3] = item.end
  numbers[at + 4] = item.frame
  numbers[at + 5] = item.line
}

/** The byte range whose numbers {@link putRange} put at place `at`. */
export function rangeAt(numbers: Float64Array, at: number, loc: Location): RangeItem {
  return {
    kind: 'range',
    index: numbers[at] as number,
    file: numbers[at + 1] as number,
    start: numbers[at + 2] as number,
    end: numbers[at + 3] as number,
    frame: numbers[at + 4] as number,
    line: numbers[at + 5] as number,
    loc,
  }
}

/** The texts of byte ranges whose numbers stand in a row. */
export function packRanges(numbers: Float64Array): string[] {
  const bytes = numbers.length * Float64Array.BYTES_PER_ELEMENT
  const text = Buffer.from(numbers.buffer, numbers.byteOffset, bytes).toString('latin1')
  const packed: string[] = []
  for (let at = 0; at < bytes; at += scratch.length) packed.push(text.slice(at, at + scratch.length))
  return packed
}

/** Packs an item; the location of a byte range stays behind unless `located`. */
export function packItem(item: Item, located: boolean): PackedItem {
  if (item.kind !== 'range') return item
  putRange(scratchNumbers, 0, item)
  const packed = scratch.toString('latin1')
  return located ? `${packed}${item.loc.join(' ')}` : packed
}

/** What {@link packItem} or {@link packRanges} packed. */
export function unpackItem(packed: PackedItem): Item {
  if (typeof packed !== 'string') return packed
  scratch.write(packed, 0, scratch.length, 'latin1')
  const loc = packed.length > scratch.length ? packed.slice(scratch.length).split(' ').map(Number) : []
  return rangeAt(scratchNumbers, 0, loc)
}

/** An input file as it was when the run began; a change during the run is an error. */
export interface InputFile {
  path: string
  /** Absent for what is read by the parent alone (stdin, gzip). */
  stat?: FileIdentity
}
