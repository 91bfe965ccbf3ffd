/**
 * Rows of atoms by the kernel, a block at a time: the columns into its memory, their text out of it.
 */
import type { NdArray } from '../base/ndarray.js'
import {
  COLUMN_SIZE,
  COLUMNS,
  DATA,
  DATA_SIZE,
  DONE,
  FIXED,
  INTEGER,
  LOGICAL,
  LONG,
  MOST_COLUMNS,
  REAL,
  SHORTEST,
  TEXT,
  TEXT_SIZE,
  WORD,
} from './kernel/layout.js'
import { type Kernel, takeText } from './kernel.js'
import type { TextBuffer } from './text-buffer.js'

/** A column to be written. */
export interface WrittenColumn {
  readonly name: string
  readonly array: NdArray
  /** How many cells a row has. */
  readonly count: number
}

/** Kinds of columns in the kernel, bytes of a cell there, and about what its text takes. */
const KINDS = {
  float64: { kind: REAL, bytes: 8, text: 19 },
  int32: { kind: INTEGER, bytes: 4, text: 9 },
  int64: { kind: LONG, bytes: 8, text: 9 },
  bool: { kind: LOGICAL, bytes: 1, text: 3 },
  string: { kind: WORD, bytes: 8, text: 4 },
} as const

/** The kernel copies words eight bytes at a time. */
const OVER = 8

/** Writes rows of one frame. */
export class BlockWriter {
  /** How many rows the last call has written. */
  rows = 0
  readonly #kernel: Kernel
  readonly #columns: readonly WrittenColumn[]
  readonly #style: number
  /** The text of a word as the column has it; throws for one that it can't hold. */
  readonly #wordText: (name: string, word: string) => string
  readonly #room: number

  constructor(
    kernel: Kernel,
    columns: readonly WrittenColumn[],
    padded: boolean,
    wordText: (name: string, word: string) => string,
  ) {
    this.#kernel = kernel
    this.#columns = columns
    this.#style = padded ? FIXED : SHORTEST
    this.#wordText = wordText
    const rowText = columns.reduce((sum, { array, count }) => sum + KINDS[array.dtype].text * count, 0)
    this.#room = columns.length > MOST_COLUMNS ? 0 : Math.floor(TEXT_SIZE / rowText)
  }

  /** Writes rows `first` … `natoms`, or as many of them as there is room for and as hold nothing unusual. */
  write(out: TextBuffer, first: number, natoms: number): void {
    let rows = Math.min(natoms - first, this.#room)
    let address = DATA
    for (let c = 0; c < this.#columns.length && rows > 0; c++) {
      const { array, count } = this.#columns[c]!
      const { kind, bytes } = KINDS[array.dtype]
      this.#kernel.integers.set([kind, count, address], (COLUMNS + c * COLUMN_SIZE) / 4)
      address += Math.ceil((bytes * count * rows) / 8) * 8
    }
    for (let c = 0; c < this.#columns.length && rows > 0; c++) {
      const column = this.#columns[c]!
      const from = this.#kernel.integers[(COLUMNS + c * COLUMN_SIZE) / 4 + 2]!
      if (column.array.dtype !== 'string')
        this.#put(column.array, from, first * column.count, (first + rows) * column.count)
      else {
        const put = this.#putWords(
          column.name,
          column.array.data,
          from,
          address,
          first * column.count,
          rows * column.count,
        )
        address = put.address
        rows = Math.floor(put.cells / column.count)
      }
    }
    this.rows = 0
    if (rows === 0) return
    const behind = this.#kernel.writeRows(rows, this.#columns.length, this.#style)
    this.rows = this.#kernel.integers[DONE / 4]!
    out.reserve(behind - TEXT)
    out.at = takeText(this.#kernel, behind, out.bytes, out.at)
  }

  /** Copies cells into the kernel's memory. */
  #put({ dtype, data }: NdArray, address: number, start: number, end: number): void {
    const { bytes, integers, longs, reals } = this.#kernel
    if (dtype === 'float64') reals.set(data.subarray(start, end), address / 8)
    else if (dtype === 'int32') integers.set(data.subarray(start, end), address / 4)
    else if (dtype === 'int64') longs.set(data.subarray(start, end), address / 8)
    else if (dtype === 'bool') bytes.set(data.subarray(start, end), address)
  }

  /** Puts the places of words at `from` and words from `address` on, one that follows itself only once; as many as there is room for. */
  #putWords(
    name: string,
    words: readonly string[],
    from: number,
    address: number,
    start: number,
    count: number,
  ): { address: number; cells: number } {
    const { bytes, integers } = this.#kernel
    const end = DATA + DATA_SIZE - OVER
    let last: string | undefined
    let length = 0
    let at = address
    for (let i = 0; i < count; i++) {
      const word = words[start + i] as string
      if (i === 0 || word !== last) {
        at += length
        const text = this.#wordText(name, word)
        if (at + 3 * text.length > end) return { address: at, cells: i }
        length = shortAscii(bytes, at, text) ? text.length : bytes.write(text, at)
        last = word
      }
      integers[from / 4 + 2 * i] = at
      integers[from / 4 + 2 * i + 1] = length
    }
    return { address: at + length, cells: count }
  }
}

/** Writes one or two characters of ASCII; false, and nothing of use written, for another text. */
function shortAscii(bytes: Uint8Array, at: number, text: string): boolean {
  if (text.length > 2) return false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c > 126) return false
    bytes[at + i] = c
  }
  return true
}
