/**
 * A growing buffer that text is written into: frames as bytes without strings in between.
 *
 * `bytes` and `at` are open to those who copy a text that stands elsewhere; they ask for room with `reserve`, which may change `bytes`.
 */
import { pythonFloat } from './format-number.js'
import { DATA, PYTHON, TEXT } from './kernel/layout.js'
import { takeText, theKernel } from './kernel.js'

/** The room of a new buffer. */
const SMALL = 1 << 14
/** The largest room that a buffer begins with because the one before it took so much. */
const LARGE = 1 << 21
/** Texts up to here are written letter by letter: a call of `Buffer.write` costs as much as that. */
const SHORT = 48
/** So many floats are written at a time. */
const MANY = 1024

/** Bytes of text, written one piece behind the other. */
export class TextBuffer {
  /** What was written, and room behind it. */
  bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(SMALL)
  /** The number of bytes that were written. */
  at = 0

  /** The bytes, which now belong to the caller; the buffer is empty. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.at)
    // as much as was used this time, and a little more: what is taken at a mark reaches beyond it by a part of a frame
    this.bytes = Buffer.allocUnsafeSlow(Math.max(SMALL, Math.min(this.at + (this.at >> 3), LARGE)))
    this.at = 0
    return taken
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    if (this.at + size > this.bytes.length) this.#grow(size)
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.at + size))
    this.bytes.copy(larger, 0, 0, this.at)
    this.bytes = larger
  }

  /** Writes a text. */
  text(text: string): void {
    this.reserve(3 * text.length)
    if (text.length > SHORT || !this.#ascii(text)) this.at += this.bytes.write(text, this.at)
  }

  /** Writes a text of ASCII only; false, and nothing written, for another. */
  #ascii(text: string): boolean {
    const { bytes } = this
    let at = this.at
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i)
      if (c > 127) return false
      bytes[at++] = c
    }
    this.at = at
    return true
  }

  /** Writes a float as Python's `repr` does. */
  float(x: number): void {
    this.#floats([x])
  }

  /** Writes floats between quotes, with blanks between them; `order` says which, default all as they stand. */
  floats(data: Float64Array, order?: readonly number[]): void {
    const values = order ? Float64Array.from(order, (i) => data[i]!) : data
    this.text('"')
    for (let start = 0; start < values.length; start += MANY) {
      if (start > 0) this.text(' ')
      this.#floats(values.subarray(start, start + MANY))
    }
    this.text('"')
  }

  /** Writes up to {@link MANY} floats with blanks between them. */
  #floats(values: ArrayLike<number>): void {
    const kernel = theKernel()
    kernel?.reals.set(values, DATA / 8)
    const behind = kernel?.writeNumbers(values.length, PYTHON)
    if (!kernel || !behind) {
      this.text(Array.from(values, pythonFloat).join(' '))
      return
    }
    this.reserve(behind - TEXT)
    this.at = takeText(kernel, behind, this.bytes, this.at)
  }
}
