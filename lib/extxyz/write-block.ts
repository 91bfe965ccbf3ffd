/**
 * Rows of atoms by the kernel, a block at a time: the columns into its memory, their text out of it.
 */
import type { NdArray } from '../base/ndarray.js'
import {
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
import { type CellType, type Kernel, placeColumns, takeText } from './kernel.js'
import type { TextBuffer } from './text-buffer.js'

/** A column to be written. */
export interface WrittenColumn {
  readonly name: string
  readonly array: NdArray
  /** How many cells a row has. */
  readonly count: number
}

/** What cells are to the kernel, and about how many bytes their text takes. */
const CELLS = {
  float64: { kind: REAL, bytes: 8, text: 19 },
  int32: { kind: INTEGER, bytes: 4, text: 9 },
  int64: { kind: LONG, bytes: 8, text: 9 },
  bool: { kind: LOGICAL, bytes: 1, text: 3 },
  string: { kind: WORD, bytes: 8, text: 4 },
} as const

/** The kernel copies words eight bytes at a time. */
const OVER = 8

/** What a column is to the kernel. */
function cellOf({ array }: WrittenColumn): CellType {
  return CELLS[array.dtype]
}

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
    const rowText = columns.reduce((sum, { array, count }) => sum + CELLS[array.dtype].text * count, 0)
    this.#room = columns.length > MOST_COLUMNS ? 0 : Math.floor(TEXT_SIZE / rowText)
  }

  /** Writes rows `first` … `natoms`, or as many of them as there is room for and as hold nothing unusual. */
  write(out: TextBuffer, first: number, natoms: number): void {
    this.rows = 0
    if (this.#room === 0) return
    let rows = Math.min(natoms - first, this.#room)
    const addresses = placeColumns(this.#kernel, this.#columns, cellOf, rows)
    let free = addresses.at(-1)!
    for (let c = 0; c < this.#columns.length; c++) {
      const { name, array, count } = this.#columns[c]!
      if (array.dtype === 'string') {
        const words = array.data.slice(first * count, (first + rows) * count)
        const put = this.#putWords(name, words, addresses[c]!, free)
        free = put.free
        rows = Math.floor(put.cells / count)
      } else this.#put(array, addresses[c]!, first * count, (first + rows) * count)
    }
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

  /**
   * Puts words from `free` on, one that follows itself only once, and where they stand to `address`: as many as there is room for. Gives
   * how many, and the address behind them.
   */
  #putWords(name: string, words: readonly string[], address: number, free: number): { cells: number; free: number } {
    const { bytes, integers } = this.#kernel
    const end = DATA + DATA_SIZE - OVER
    let length = 0
    let at = free
    for (let i = 0; i < words.length; i++) {
      if (i === 0 || words[i] !== words[i - 1]) {
        at += length
        const text = this.#wordText(name, words[i]!)
        if (at + 3 * text.length > end) return { cells: i, free: at }
        length = shortAscii(bytes, at, text) ? text.length : bytes.write(text, at)
      }
      integers[address / 4 + 2 * i] = at
      integers[address / 4 + 2 * i + 1] = length
    }
    return { cells: words.length, free: at + length }
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
