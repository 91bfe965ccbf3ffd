/**
 * What can be wrong with a file: one error class, one shape of warning, and the names of the rules.
 *
 * A rule is a stable word that a program can match on; the text is for people: what, where, and what to do, in one line.
 */
import { AutoparaError } from '../base/errors.js'
import type { Frame } from './frame.js'

/** The rule that a file breaks. Those of the second group are only warnings unless `strict` is set. */
export type ExtxyzRule =
  | 'natoms' // the first line of a frame is one whole number, at least 0
  | 'truncated' // a frame has a comment line and natoms atom lines
  | 'blank-line' // blank lines stand only after the last frame
  | 'line-end' // lines end in LF or CR LF
  | 'dialect' // VECn lines (ADF) are not extended XYZ
  | 'nul' // no NUL bytes
  | 'size' // a line or a file beyond what memory can hold
  | 'gzip' // a .gz file holds one or more whole gzip members
  | 'quote' // quotes and brackets are closed, and nothing stands against them
  | 'value' // a key that is followed by = has a value
  | 'key' // a value has a key
  | 'array' // arrays are rectangular, with commas, at most two-dimensional
  | 'lattice' // Lattice: 9 numbers, 3 numbers or 3×3, all finite
  | 'pbc' // pbc: 3 booleans, or one
  | 'properties' // Properties: name:type:count triplets, names unique
  | 'columns' // an atom line has exactly the columns of Properties
  | 'real'
  | 'integer'
  | 'logical'
  | 'species' // species and Z name the same element
  | 'index' // an index or a saved index is usable
  | 'bare-key' // (from here on: warnings) a key without a value counts as true
  | 'bare-value' // an unquoted value holds , = ] or a backslash
  | 'single-quote' // text in single quotes
  | 'no-commas' // [1 2 3]
  | 'duplicate-key' // the last one counts
  | 'number-range' // a number too large for its type
  | 'json' // text after _JSON that is no JSON
  | 'stress-shape' // stress or virial with other than 9, 6 or 3×3 numbers
  | 'encoding' // bytes that are not UTF-8

/** Where in a file: all counted as an editor does, except frames, which count from 0 as in an index string. */
export interface Place {
  /** The file's name, if there is one. */
  readonly file?: string
  /** The frame's number from 0. */
  readonly frame: number
  /** The line's number from 1. */
  readonly line: number
  /** The character's number from 1. */
  readonly column: number
}

/** Something that the reader accepted although the format doesn't allow it. Under `strict` it is an error. */
export interface ExtxyzWarning extends Place {
  /** Which rule it breaks. */
  readonly rule: ExtxyzRule
  /** What stands there. */
  readonly token: string
  /** The problem and its place in one line. */
  readonly message: string
}

/** A file that can't be read (or a value that can't be written). `frames`: the complete frames before the fault. */
export class ExtxyzError extends AutoparaError {
  override readonly name = 'ExtxyzError'
  /** Which rule is broken; 'write' for a value that the format can't hold. */
  readonly rule: ExtxyzRule | 'write'
  /** The file, where it is known. */
  readonly file?: string
  /** The frame's number, from 0. */
  readonly frame: number
  /** The line's number, from 1. */
  readonly line: number
  /** The character's number in the line, from 1. */
  readonly column: number
  /** The text that breaks the rule, shortened to 40 characters. */
  readonly token: string
  /** The complete frames before the fault; filled by `parseFrames`, empty where frames were already handed out. */
  frames: Frame[] = []

  constructor(rule: ExtxyzRule | 'write', problem: string, place: Place, token = '') {
    super('AUTOPARA_EXTXYZ', `${problem} (${placeText(place)})`)
    this.rule = rule
    if (place.file !== undefined) this.file = place.file
    this.frame = place.frame
    this.line = place.line
    this.column = place.column
    this.token = shorten(token)
  }
}

/** `FILE:LINE:COLUMN, frame N`, or what of it is known. */
export function placeText(place: Place): string {
  const file = place.file ?? 'line'
  return `${file}:${place.line}:${place.column}, frame ${place.frame}`
}

/** At most 40 characters of a text, in one line. */
export function shorten(text: string): string {
  const line = text.length > 40 ? `${text.slice(0, 37)}...` : text
  return line.replace(/[\u0000-\u001f\u007f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
