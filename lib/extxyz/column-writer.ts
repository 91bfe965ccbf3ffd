/**
 * Atom lines into bytes: the inner loop of writing.
 *
 * Room for a column's usual numbers is made once, and a value that needs more (or that the fast formatters decline) is written
 * as text.
 */
import type { DType, NdArray } from '../base/ndarray.js'
import { fixed8Text, NUMBER_ROOM, shortestText, writeFixed8, writeInteger, writeShortest } from './format-number.js'
import { type Dialect, keyText, UnwritableError } from './quote.js'
import type { TextBuffer } from './text-buffer.js'

const TYPES = { float64: 'R', int32: 'I', int64: 'I', bool: 'L', string: 'S' } as const

type Column = { name: string; array: NdArray; count: number }

/** A Properties value, and the columns that it is of. */
type Plan = { readonly columns: readonly { name: string; dtype: DType; count: number }[]; readonly properties: string }

/** Text that a column of words can't hold: readers split there. Python's split() knows more blanks than the format. */
const SPLITS = { ase: /[\s\0\x1c-\x1f\x85]/, libatoms: /[ \t\r\n\0]/ } as const

/** Writes the lines of atoms. */
export class ColumnWriter {
  readonly #out: TextBuffer
  readonly #padded: boolean
  readonly #splits: RegExp
  /** Of the last frame: the next one most often has the same columns. */
  #plan: Plan = { columns: [], properties: '' }

  /** @param padded columns as ASE writes them: `%16.8f`, `%8d`, `%-2s`, ` %.1s` */
  constructor(out: TextBuffer, padded: boolean, dialect: Dialect) {
    this.#out = out
    this.#padded = padded
    this.#splits = SPLITS[dialect]
  }

  /** The Properties value of the arrays. Throws {@link UnwritableError}. */
  properties(arrays: Record<string, NdArray>): string {
    const names = Object.keys(arrays)
    const { columns } = this.#plan
    const same = (name: string, i: number): boolean => {
      const { dtype, shape } = arrays[name]!
      const known = columns[i]!
      return name === known.name && dtype === known.dtype && (shape[1] ?? 1) === known.count
    }
    if (names.length === 0 || names.length !== columns.length || !names.every(same)) this.#plan = planOf(names, arrays)
    return this.#plan.properties
  }

  /** Writes `natoms` lines. Throws {@link UnwritableError}. */
  rows(arrays: Record<string, NdArray>, natoms: number): void {
    const columns = Object.keys(arrays).map((name): Column => {
      const array = arrays[name]!
      return { name, array, count: array.shape[1] ?? 1 }
    })
    const cells = columns.reduce((sum, { count }) => sum + count, 0)
    const out = this.#out
    // what most files take, so that a large frame is not copied while the buffer grows
    out.reserve(natoms * cells * 18)
    for (let row = 0; row < natoms; row++) {
      for (let c = 0; c < columns.length; c++) {
        const column = columns[c]!
        this.#cells(column, row * column.count, c > 0)
      }
      out.bytes[out.at++] = 10
    }
  }

  #cells(column: Column, at: number, blank: boolean): void {
    const out = this.#out
    const { array, count } = column
    // room for the usual numbers of this column, the blank before it and the line end behind it
    out.reserve((count + 1) * NUMBER_ROOM)
    if (blank) out.bytes[out.at++] = 32
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
    const out = this.#out
    let { at, view } = out
    for (let i = from; i < from + count; i++) {
      if (i > from) view.setUint8(at++, 32)
      const end = writeFixed8(view, at, data[i]!)
      if (end === -1) {
        at = this.#slow(at, fixed8Text(data[i]!), from + count - i)
        view = out.view
      } else at = end
    }
    out.at = at
  }

  #shortest(data: Float64Array, from: number, count: number): void {
    const out = this.#out
    let at = out.at
    for (let i = from; i < from + count; i++) {
      if (i > from) out.view.setUint8(at++, 32)
      const end = writeShortest(out.view, at, data[i]!)
      at = end === -1 ? this.#slow(at, shortestText(data[i]!), from + count - i) : end
    }
    out.at = at
  }

  /** Writes a text that may be long at `at`, with room for the `left` cells that follow; gives the place after it. */
  #slow(at: number, text: string, left: number): number {
    const out = this.#out
    out.at = at
    out.reserve(text.length + (left + 1) * NUMBER_ROOM)
    return at + out.bytes.write(text, at, 'latin1')
  }

  #integers(data: Int32Array | BigInt64Array, at: number, count: number): void {
    const out = this.#out
    for (let i = 0; i < count; i++) {
      if (i > 0) out.bytes[out.at++] = 32
      const value = data[at + i]!
      if (!this.#padded && typeof value === 'number' && value >= 0 && value < 1e9) {
        out.at = writeInteger(out.view, out.at, value)
      } else {
        const text = String(value)
        out.at = this.#slow(out.at, this.#padded ? text.padStart(8) : text, count - i)
      }
    }
  }

  #logicals(data: Uint8Array, at: number, count: number): void {
    const out = this.#out
    for (let i = 0; i < count; i++) {
      if (i > 0) out.bytes[out.at++] = 32
      if (this.#padded) out.bytes[out.at++] = 32
      out.bytes[out.at++] = data[at + i] ? 84 : 70
    }
  }

  #words(name: string, data: string[], at: number, count: number): void {
    const out = this.#out
    for (let i = 0; i < count; i++) {
      if (i > 0) out.bytes[out.at++] = 32
      const word = data[at + i]
      if (typeof word === 'string' && word.length > 0 && word.length <= 2 && this.#short(word)) {
        if (this.#padded && word.length === 1 && name === 'species') out.bytes[out.at++] = 32
        continue
      }
      this.#checkWord(name, word)
      out.reserve(3 * word.length + (count - i + 1) * NUMBER_ROOM)
      out.at += out.bytes.write(word, out.at)
    }
  }

  /** Writes one or two letters, digits or signs of ASCII; false for anything else. */
  #short(word: string): boolean {
    const out = this.#out
    const first = word.charCodeAt(0)
    const second = word.length === 2 ? word.charCodeAt(1) : 65
    if (first <= 32 || first >= 127 || second <= 32 || second >= 127) return false
    out.bytes[out.at++] = first
    if (word.length === 2) out.bytes[out.at++] = second
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
}

function planOf(names: readonly string[], arrays: Record<string, NdArray>): Plan {
  const columns = names.map((name) => {
    if (name === '' || name.includes(':'))
      throw new UnwritableError(`arrays[${JSON.stringify(name)}]: no name for a column`)
    const { dtype, shape } = arrays[name]!
    return { name, dtype, count: shape[1] ?? 1 }
  })
  if (columns.length === 0) throw new UnwritableError('a frame has at least one column')
  const parts = columns.map(({ name, dtype, count }) => `${name}:${TYPES[dtype]}:${count}`)
  return { columns, properties: keyText(parts.join(':')) }
}
