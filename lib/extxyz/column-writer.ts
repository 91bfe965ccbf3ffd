/**
 * Atom lines into bytes: the inner loop of writing.
 *
 * One growing buffer; room for a column's usual numbers is made once, and a value that needs more (or that the fast formatters
 * decline) is written as text.
 */
import type { NdArray } from '../base/ndarray.js'
import { fixed8Text, NUMBER_ROOM, shortestText, writeFixed8, writeInteger, writeShortest } from './format-number.js'
import { type Dialect, keyText, UnwritableError } from './quote.js'

const TYPES = { float64: 'R', int32: 'I', int64: 'I', bool: 'L', string: 'S' } as const

type Column = { name: string; array: NdArray; count: number }

/** Text that a column of words can't hold: readers split there. Python's split() knows more blanks than the format. */
const SPLITS = { ase: /[\s\0\x1c-\x1f\x85]/, libatoms: /[ \t\r\n\0]/ } as const

/** A growing buffer with the lines of atoms. */
export class ColumnWriter {
  #buffer = Buffer.allocUnsafeSlow(1 << 14)
  #view = viewOf(this.#buffer)
  #at = 0
  readonly #padded: boolean
  readonly #splits: RegExp

  /** @param padded columns as ASE writes them: `%16.8f`, `%8d`, `%-2s`, ` %.1s` */
  constructor(padded: boolean, dialect: Dialect) {
    this.#padded = padded
    this.#splits = SPLITS[dialect]
  }

  /** Bytes written. */
  get length(): number {
    return this.#at
  }

  /** Forgets what was written after the first `length` bytes. */
  truncate(length: number): void {
    this.#at = length
  }

  /** The bytes, which now belong to the caller; the writer is empty. */
  take(): Uint8Array {
    const bytes = this.#buffer.subarray(0, this.#at)
    this.#setBuffer(Buffer.allocUnsafeSlow(Math.max(1 << 14, Math.min(this.#at, 1 << 20))))
    this.#at = 0
    return bytes
  }

  /** Writes a text. */
  text(text: string): void {
    this.#reserve(3 * text.length)
    this.#at += this.#buffer.write(text, this.#at)
  }

  /** The Properties value of the arrays. Throws {@link UnwritableError}. */
  properties(arrays: Record<string, NdArray>): string {
    const parts = Object.keys(arrays).map((name) => {
      const { dtype, shape } = arrays[name]!
      if (name === '' || name.includes(':'))
        throw new UnwritableError(`arrays[${JSON.stringify(name)}]: no name for a column`)
      return `${name}:${TYPES[dtype]}:${shape[1] ?? 1}`
    })
    if (parts.length === 0) throw new UnwritableError('a frame has at least one column')
    return keyText(parts.join(':'))
  }

  /** Writes `natoms` lines. Throws {@link UnwritableError}. */
  rows(arrays: Record<string, NdArray>, natoms: number): void {
    const columns = Object.keys(arrays).map((name): Column => {
      const array = arrays[name]!
      return { name, array, count: array.shape[1] ?? 1 }
    })
    const cells = columns.reduce((sum, { count }) => sum + count, 0)
    // what most files take, so that a large frame is not copied while the buffer grows
    this.#reserve(natoms * cells * 18)
    for (let row = 0; row < natoms; row++) {
      for (let c = 0; c < columns.length; c++) {
        const column = columns[c]!
        this.#cells(column, row * column.count, c > 0)
      }
      this.#buffer[this.#at++] = 10
    }
  }

  #cells(column: Column, at: number, blank: boolean): void {
    const { array, count } = column
    // room for the usual numbers of this column, the blank before it and the line end behind it
    this.#reserve((count + 1) * NUMBER_ROOM)
    if (blank) this.#buffer[this.#at++] = 32
    switch (array.dtype) {
      case 'float64':
        if (this.#padded) this.#fixed(array.data, at, count)
        else this.#shortest(array.data, at, count)
        return
      case 'string':
        this.#words(column.name, array.data, at, count)
        return
      case 'bool':
        this.#logicals(array.data, at, count)
        return
      default:
        this.#integers(array.data, at, count)
    }
  }

  #fixed(data: Float64Array, from: number, count: number): void {
    let at = this.#at
    for (let i = from; i < from + count; i++) {
      if (i > from) this.#view.setUint8(at++, 32)
      const end = writeFixed8(this.#view, at, data[i]!)
      at = end === -1 ? this.#slow(at, fixed8Text(data[i]!), from + count - i) : end
    }
    this.#at = at
  }

  #shortest(data: Float64Array, from: number, count: number): void {
    let at = this.#at
    for (let i = from; i < from + count; i++) {
      if (i > from) this.#view.setUint8(at++, 32)
      const end = writeShortest(this.#view, at, data[i]!)
      at = end === -1 ? this.#slow(at, shortestText(data[i]!), from + count - i) : end
    }
    this.#at = at
  }

  /** Writes a text that may be long at `at`, with room for the `left` cells that follow; gives the place after it. */
  #slow(at: number, text: string, left: number): number {
    this.#at = at
    this.#reserve(text.length + (left + 1) * NUMBER_ROOM)
    return at + this.#buffer.write(text, at, 'latin1')
  }

  #integers(data: Int32Array | BigInt64Array, at: number, count: number): void {
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#buffer[this.#at++] = 32
      const value = data[at + i]!
      if (!this.#padded && typeof value === 'number' && value >= 0 && value < 1e9) {
        this.#at = writeInteger(this.#view, this.#at, value)
      } else {
        const text = String(value)
        this.#at = this.#slow(this.#at, this.#padded ? text.padStart(8) : text, count - i)
      }
    }
  }

  #logicals(data: Uint8Array, at: number, count: number): void {
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#buffer[this.#at++] = 32
      if (this.#padded) this.#buffer[this.#at++] = 32
      this.#buffer[this.#at++] = data[at + i] ? 84 : 70
    }
  }

  #words(name: string, data: string[], at: number, count: number): void {
    for (let i = 0; i < count; i++) {
      if (i > 0) this.#buffer[this.#at++] = 32
      const word = data[at + i]
      if (typeof word === 'string' && word.length > 0 && word.length <= 2 && this.#short(word)) {
        if (this.#padded && word.length === 1 && name === 'species') this.#buffer[this.#at++] = 32
        continue
      }
      this.#checkWord(name, word)
      this.#reserve(3 * word.length + (count - i + 1) * NUMBER_ROOM)
      this.#at += this.#buffer.write(word, this.#at)
    }
  }

  /** Writes one or two letters, digits or signs of ASCII; false for anything else. */
  #short(word: string): boolean {
    const first = word.charCodeAt(0)
    const second = word.length === 2 ? word.charCodeAt(1) : 65
    if (first <= 32 || first >= 127 || second <= 32 || second >= 127) return false
    this.#buffer[this.#at++] = first
    if (word.length === 2) this.#buffer[this.#at++] = second
    return true
  }

  #checkWord(name: string, word: unknown): asserts word is string {
    if (typeof word === 'string' && word !== '' && !this.#splits.test(word)) {
      if (!/[\ud800-\udfff]/.test(word) || Buffer.from(word).toString() === word) return
    }
    const shown = JSON.stringify(word) ?? 'undefined'
    throw new UnwritableError(
      `arrays[${JSON.stringify(name)}]: ${shown} is no word; blanks and empty texts don't fit in a column`,
    )
  }

  /** Makes room for `size` more bytes. */
  #reserve(size: number): void {
    if (this.#at + size <= this.#buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#buffer.length, this.#at + size))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#setBuffer(larger)
  }

  #setBuffer(buffer: Buffer<ArrayBuffer>): void {
    this.#buffer = buffer
    this.#view = viewOf(buffer)
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
}
