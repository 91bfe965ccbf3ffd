/**
 * Finds where frames end, by the natoms lines and by counting newlines: nothing else of the bytes is looked at.
 *
 *     window      ["2\n…\n…\n…\n1\n…\n…\n3\n…"]         scan() says where each frame ended: whole ones in a row by the kernel,
 *                                                       else by hopping from newline to newline
 *     windows may begin and end anywhere but inside a natoms line: `scan` returns where the bytes begin that must come again
 *
 * The scanner knows the file only by absolute offsets; its memory does not depend on the file or on natoms.
 */
import { onlyBlanks } from './columns.js'
import type { ExtxyzError } from './errors.js'
import { DATA, TEXT, TEXT_SIZE } from './kernel/layout.js'
import { putText, theKernel } from './kernel.js'
import { readNatoms } from './natoms.js'
import { Patience } from './patience.js'
import { natomsError, type Origin, truncatedError } from './read-frame.js'
import { decodeText } from './words.js'

/** A frame's bytes in its file, `end` exclusive. */
export interface FrameRange {
  /** The offset of the first byte. */
  readonly start: number
  /** The offset behind the last byte. */
  readonly end: number
  /** The number of atoms. */
  readonly natoms: number
}

/** A natoms line may be indented, but not for ever. */
const MAX_NATOMS_LINE = 4096

/** The scanner of one stream of bytes from its beginning. */
export class FrameScanner {
  /** Complete frames so far. */
  frames = 0
  /** The line number (from 1) of the frame in hand. */
  line = 1
  /** The absolute offset of the frame in hand. */
  frameStart = 0
  readonly #file: string | undefined
  /** Of the frame in hand; -1: its natoms line is still to come. */
  #natoms = -1
  /** Newlines still to come in the frame in hand. */
  #left = 0
  /** The line number of the blank line after which nothing but blanks may follow; 0: none. */
  #blankLine = 0
  /** The last byte seen was no newline. */
  #midLine = false
  /** With the kernel, which finds no frame that is cut, too long or unusual. */
  readonly #patience = new Patience(1)

  constructor(file?: string) {
    this.#file = file
  }

  /** The frame in hand, as errors name it. */
  get origin(): Origin {
    return { file: this.#file, frame: this.frames, line: this.line }
  }

  /** All lines of the frame in hand per line that was seen; 1 between frames. */
  get linesPerLineSeen(): number {
    const lines = this.#natoms + 1
    return this.#left === lines ? 1 : lines / (lines - this.#left)
  }

  /** Goes on from a known frame boundary (of a saved or growing index). */
  resume(frames: number, line: number, offset: number): void {
    this.frames = frames
    this.line = line
    this.frameStart = offset
  }

  /**
   * Scans `window[from … to)`, whose first byte has the absolute offset `base`; calls `onFrame` for each frame that ends in it.
   * Returns the index from which bytes must be given again (`to`, unless a natoms line is cut).
   *
   * @throws {ExtxyzError}
   */
  scan(window: Buffer, from: number, to: number, base: number, onFrame: (range: FrameRange) => void): number {
    let p = from
    // A byte order mark is one at the start of the file only; elsewhere it is a character.
    if (base + p === 0 && to - p >= 3 && window[p] === 0xef && window[p + 1] === 0xbb && window[p + 2] === 0xbf) {
      p += 3
      this.frameStart = base + p
    }
    while (p < to) {
      if (this.#natoms === -1 && this.#blankLine === 0) {
        p = this.#wholeFrames(window, p, to, base, onFrame)
        if (p === to) return to
      }
      if (this.#blankLine !== 0) {
        if (!onlyBlanks(window, p, to)) throw this.#afterBlank(window, p, to)
        return to
      }
      if (this.#natoms === -1) {
        const newline = window.indexOf(10, p)
        if (newline === -1 || newline >= to) {
          if (to - p > MAX_NATOMS_LINE) throw this.#natomsFault(window, p, p + MAX_NATOMS_LINE)
          return p
        }
        this.#readNatoms(window, p, newline)
        if (this.#blankLine !== 0) continue
        p = newline + 1
      }
      p = this.#hop(window, p, to)
      if (this.#left > 0) return to
      this.#complete(base + p, onFrame)
    }
    return p
  }

  /** Passes on the frames that begin at `from` and that the kernel finds; gives the index behind them. */
  #wholeFrames(window: Buffer, from: number, to: number, base: number, onFrame: (range: FrameRange) => void): number {
    const kernel = theKernel()
    let p = from
    while (kernel && p < to && this.#patience.isDue) {
      const count = kernel.scanFrames(TEXT, putText(kernel, window, p, Math.min(to, p + TEXT_SIZE)))
      for (let i = 0; i < count; i++) {
        this.#natoms = kernel.integers[DATA / 4 + 2 * i + 1]!
        this.#complete(base + p + kernel.integers[DATA / 4 + 2 * i]!, onFrame)
      }
      if (count > 0) p += kernel.integers[DATA / 4 + 2 * count - 2]!
      this.#patience.asked(count)
    }
    this.#patience.without()
    return p
  }

  /** Hops over the newlines of the frame in hand; gives the index after the last one that is there. */
  #hop(window: Buffer, from: number, to: number): number {
    let p = from
    let left = this.#left
    while (left > 0) {
      const newline = window.indexOf(10, p)
      if (newline === -1 || newline >= to) {
        this.#midLine = p < to
        p = to
        break
      }
      p = newline + 1
      left--
    }
    this.#left = left
    return p
  }

  #complete(end: number, onFrame: (range: FrameRange) => void): void {
    const range = { start: this.frameStart, end, natoms: this.#natoms }
    this.frames++
    this.line += 2 + this.#natoms
    this.frameStart = end
    this.#natoms = -1
    onFrame(range)
  }

  /**
   * The end of the bytes, at the absolute offset `size`, `tail` being those that {@link scan} did not take: a last line may lack its
   * newline.
   *
   * @throws {ExtxyzError} when the frame in hand is not complete.
   */
  end(tail: Buffer, size: number, onFrame: (range: FrameRange) => void): void {
    if (this.#natoms === -1) {
      if (onlyBlanks(tail, 0, tail.length)) return
      this.#readNatoms(tail, 0, tail.length)
    } else if (this.#left === 1 && this.#midLine) {
      this.#left = 0
      this.#complete(size, onFrame)
      return
    }
    throw truncatedError(this.#natoms, this.#natoms - this.#left + (this.#midLine ? 1 : 0), this.origin)
  }

  #readNatoms(window: Buffer, start: number, end: number): void {
    const natoms = readNatoms(window, start, end)
    if (typeof natoms === 'number') {
      this.#natoms = natoms
      this.#left = natoms + 1
      this.#midLine = false
    } else if (onlyBlanks(window, start, end)) this.#blankLine = this.line
    else throw this.#natomsFault(window, start, end)
  }

  #natomsFault(window: Buffer, start: number, end: number): ExtxyzError {
    const problem = readNatoms(window, start, end)
    if (typeof problem !== 'number') return natomsError(problem, this.origin)
    const message = 'the line of the number of atoms never ends'
    return natomsError({ rule: 'natoms', message, column: 1, token: '' }, this.origin)
  }

  #afterBlank(window: Buffer, start: number, to: number): ExtxyzError {
    const token = decodeText(window, start, Math.min(to, start + 40)).text.trim()
    const problem = { rule: 'blank-line', message: 'a blank line, and more data after it', column: 1, token } as const
    return natomsError(problem, { ...this.origin, line: this.#blankLine })
  }
}
