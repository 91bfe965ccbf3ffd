/**
 * A growing buffer that text is written into: frames as bytes without strings in between.
 *
 * `bytes`, `view` and `at` are open to the inner loops of writing (`column-writer.ts`), which ask for room with `reserve` and then
 * write by themselves. Growing changes `bytes` and `view`.
 */
import { NUMBER_ROOM, pythonFloat, writePythonFloat } from './format-number.js'

/** The room of a new buffer. */
const SMALL = 1 << 14
/** The largest room that a buffer begins with because the one before it took so much. */
const LARGE = 1 << 21
/** Texts up to here are written letter by letter: a call of `Buffer.write` costs as much as that. */
const SHORT = 48

/** Bytes of text, written one piece behind the other. */
export class TextBuffer {
  /** What was written, and room behind it. */
  bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(SMALL)
  /** The same bytes. */
  view: DataView = viewOf(this.bytes)
  /** The number of bytes that were written. */
  at = 0

  /** The bytes, which now belong to the caller; the buffer is empty. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.at)
    // as much as was used this time, and a little more: what is taken at a mark reaches beyond it by a part of a frame
    this.#setBytes(Buffer.allocUnsafeSlow(Math.max(SMALL, Math.min(this.at + (this.at >> 3), LARGE))))
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
    this.#setBytes(larger)
  }

  #setBytes(bytes: Buffer<ArrayBuffer>): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
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
    this.reserve(NUMBER_ROOM)
    const end = writePythonFloat(this.view, this.at, x)
    if (end === -1) this.text(pythonFloat(x))
    else this.at = end
  }

  /** Writes floats between quotes, with blanks between them; `order` says which, default all as they stand. */
  floats(data: Float64Array, order?: readonly number[]): void {
    const count = order ? order.length : data.length
    this.reserve(NUMBER_ROOM)
    this.bytes[this.at++] = 34
    for (let i = 0; i < count; i++) {
      this.float(data[order ? order[i]! : i]!)
      this.reserve(1)
      this.bytes[this.at++] = i === count - 1 ? 34 : 32
    }
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
}
