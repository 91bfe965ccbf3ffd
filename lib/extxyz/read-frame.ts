/**
 * One frame from its bytes, and all frames of a piece of memory.
 *
 *     natoms line ─ comment line ─ natoms atom lines
 *
 * `scanFrame` finds the parts by newlines only; it is what frame index and reader share. Nothing is reserved by what the natoms
 * line promises before that many lines are there.
 */

import { numberOf } from '../atoms/elements.js'
import type { InfoValue, NdArray } from '../base/ndarray.js'
import { onlyBlanks, type RowFault, readRows, rowFault } from './columns.js'
import { type Comment, type LineIssue, parseComment } from './comment.js'
import { ExtxyzError, type ExtxyzRule, type ExtxyzWarning, type Place, placeText, shorten } from './errors.js'
import type { Frame } from './frame.js'
import { LineFault } from './line-cursor.js'
import { type NatomsProblem, readNatoms } from './natoms.js'
import type { ColumnPlan } from './properties.js'
import { decodeText } from './words.js'

/** How to read: `strict` makes an error of what is otherwise accepted with a warning. */
export interface ReadOptions {
  /** Default false. */
  readonly strict?: boolean
  /** Called for each accepted deviation. */
  readonly onWarning?: (warning: ExtxyzWarning) => void
}

/** Where bytes come from, for messages: the file, the frame's number (from 0) and its first line's number (from 1). */
export interface Origin {
  /** The file's name. */
  readonly file?: string | undefined
  /** The frame's number, from 0. */
  readonly frame?: number | undefined
  /** The number of the frame's first line, from 1. */
  readonly line?: number | undefined
}

/**
 * Parses the frame that begins at byte `start`; `next` is the index of the first byte after it.
 *
 * @throws {ExtxyzError} for a frame that is cut off or breaks a rule.
 */
export function readFrameAt(
  bytes: Buffer,
  start: number,
  where: Origin,
  options: ReadOptions = {},
): { frame: Frame; next: number; lines: number } {
  const reader = new FrameReader(bytes, where, options)
  return reader.read(start)
}

/**
 * Parses exactly one frame: the bytes from `start` to the end of `data` (only blank lines may follow it).
 *
 * @throws {ExtxyzError} for a frame that is cut off or breaks a rule, or for further data.
 */
export function readFrame(data: Uint8Array, start: number = 0, where: Origin = {}, options: ReadOptions = {}): Frame {
  const bytes = asBuffer(data)
  const { frame, next, lines } = readFrameAt(bytes, start, where, options)
  if (next < bytes.length && !onlyBlanks(bytes, next, bytes.length)) {
    const line = (where.line ?? 1) + lines
    throw new ExtxyzError(
      'natoms',
      'more data after the frame',
      placeOf(where, line, 1),
      decodeText(bytes, next, next + 40).text,
    )
  }
  return frame
}

/**
 * Parses all frames of a text in memory (UTF-8; a byte order mark is skipped).
 *
 * @throws {ExtxyzError} with the complete frames before the fault in `frames`.
 */
export function parseFrames(data: Uint8Array, options: ReadOptions & { file?: string } = {}): Frame[] {
  const bytes = asBuffer(data)
  const frames: Frame[] = []
  let p = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  let line = 1
  try {
    while (p < bytes.length && !onlyBlanksAhead(bytes, p)) {
      const { frame, next, lines } = readFrameAt(bytes, p, { file: options.file, frame: frames.length, line }, options)
      frames.push(frame)
      p = next
      line += lines
    }
  } catch (error) {
    if (error instanceof ExtxyzError) error.frames = frames
    throw error
  }
  return frames
}

/** The same bytes as a Buffer: one class for all loops, so that their code is compiled for one. */
function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** As {@link onlyBlanks} for the rest, cheap where a frame begins with a digit. */
function onlyBlanksAhead(bytes: Buffer, p: number): boolean {
  const c = bytes[p]!
  return c <= 32 && onlyBlanks(bytes, p, bytes.length)
}

function placeOf(where: Origin, line: number, column: number): Place {
  const place = { frame: where.frame ?? 0, line, column }
  return where.file === undefined ? place : { file: where.file, ...place }
}

/** The error of a natoms line. */
export function natomsError(problem: NatomsProblem, where: Origin): ExtxyzError {
  return new ExtxyzError(problem.rule, problem.message, placeOf(where, where.line ?? 1, problem.column), problem.token)
}

/** The error of a frame that ends before its atoms do. */
export function truncatedError(natoms: number, found: number, where: Origin): ExtxyzError {
  const problem =
    found < 0
      ? `the file ends before the comment line of a frame of ${natoms} atoms`
      : `the file ends after ${found} of ${natoms} atom lines`
  return new ExtxyzError('truncated', problem, placeOf(where, (where.line ?? 1) + 2 + Math.max(-1, found), 1))
}

class FrameReader {
  readonly #bytes: Buffer
  readonly #where: Origin
  readonly #options: ReadOptions
  readonly #line: number

  constructor(bytes: Buffer, where: Origin, options: ReadOptions) {
    this.#bytes = bytes
    this.#where = where
    this.#options = options
    this.#line = where.line ?? 1
  }

  read(start: number): { frame: Frame; next: number; lines: number } {
    const bytes = this.#bytes
    const firstEnd = this.#lineEnd(start)
    const natoms = readNatoms(bytes, start, firstEnd)
    if (typeof natoms !== 'number') throw natomsError(natoms, this.#where)
    const commentStart = firstEnd + 1
    if (commentStart >= bytes.length) throw truncatedError(natoms, -1, this.#where)
    const commentEnd = this.#lineEnd(commentStart)
    const comment = this.#comment(commentStart, commentEnd)
    const rowsStart = Math.min(commentEnd + 1, bytes.length)
    const shortest = natoms * 2 * comment.plan.columns - 1
    if (shortest > bytes.length - rowsStart) this.#throwShort(rowsStart, natoms, comment.plan)
    const rows = readRows(bytes, rowsStart, bytes.length, natoms, comment.plan)
    if (!rows.ok) throw this.#rowError(rows.fault, natoms)
    if (rows.invalidUtf8) this.#report('encoding', 'text that is not UTF-8', this.#line + 2, 1, '')
    this.#checkSpecies(rows.arrays)
    return { frame: frameOf(natoms, comment, rows.arrays), next: rows.end, lines: 2 + natoms }
  }

  /** The index of the line's LF, or of the end. */
  #lineEnd(start: number): number {
    const end = this.#bytes.indexOf(10, start)
    return end === -1 ? this.#bytes.length : end
  }

  #comment(start: number, lineEnd: number): Comment {
    const end = lineEnd > start && this.#bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd
    const line = this.#line + 1
    if (end - start > 2 ** 28) throw this.#error('size', 'a comment line of more than 256 MiB', line, 1, '')
    const { text, ascii, valid } = decodeText(this.#bytes, start, end)
    if (!valid) this.#report('encoding', 'the comment line is not UTF-8', line, 1, '')
    const issues: LineIssue[] = []
    try {
      const comment = parseComment(text, issues, ascii ? { bytes: this.#bytes, start } : undefined)
      for (const { rule, message, at, token } of issues) this.#report(rule, message, line, at + 1, token)
      return comment
    } catch (error) {
      if (error instanceof LineFault) throw this.#error(error.rule, error.message, line, error.at + 1, error.token)
      throw error
    }
  }

  /** There are fewer bytes than natoms lines take: a line is too short or wrong in another way, or lines are missing. */
  #throwShort(rowsStart: number, natoms: number, plan: ColumnPlan): never {
    let p = rowsStart
    let row = 0
    for (; row < natoms && p < this.#bytes.length; row++) {
      const fault = rowFault(this.#bytes, p, this.#bytes.length, row, plan)
      if (fault) throw this.#rowError(fault, natoms)
      p = this.#lineEnd(p) + 1
    }
    throw truncatedError(natoms, row, this.#where)
  }

  #rowError(fault: RowFault, natoms: number): ExtxyzError {
    if (fault.at >= this.#bytes.length && fault.lineStart >= this.#bytes.length)
      return truncatedError(natoms, fault.row, this.#where)
    const column = decodeText(this.#bytes, fault.lineStart, fault.at).text.length + 1
    return this.#error(fault.rule, fault.problem, this.#line + 2 + fault.row, column, fault.token)
  }

  /** Species and Z must name the same elements, where both are given and species are symbols. */
  #checkSpecies(arrays: Record<string, NdArray>): void {
    const { species, Z } = arrays
    if (species?.dtype !== 'string' || Z?.dtype !== 'int32' || species.shape.length !== 1 || Z.shape.length !== 1)
      return
    for (let i = 0; i < Z.data.length; i++) {
      const symbol = species.data[i]!
      const number = numberOf(symbol.charAt(0).toUpperCase() + symbol.slice(1).toLowerCase())
      if (number === undefined || number === Z.data[i]) continue
      throw this.#error(
        'species',
        `atom ${i} is ${symbol} by species and ${Z.data[i]} by Z`,
        this.#line + 2 + i,
        1,
        symbol,
      )
    }
  }

  #error(rule: ExtxyzRule, problem: string, line: number, column: number, token: string): ExtxyzError {
    return new ExtxyzError(rule, problem, placeOf(this.#where, line, column), token)
  }

  #report(rule: ExtxyzRule, message: string, line: number, column: number, token: string): void {
    if (this.#options.strict) throw this.#error(rule, message, line, column, token)
    const place = placeOf(this.#where, line, column)
    this.#options.onWarning?.({ ...place, rule, token: shorten(token), message: `${message} (${placeText(place)})` })
  }
}

function frameOf(natoms: number, { cell, pbc, info, infoTypes }: Comment, arrays: Record<string, NdArray>): Frame {
  const frame: Frame = { natoms, cell, pbc, info: info as Record<string, InfoValue>, arrays }
  if (infoTypes) frame.infoTypes = infoTypes
  return frame
}
