/**
 * Rows of atoms by the kernel, a block at a time: their text into its memory, the columns out of it.
 */
import type { NdArray } from '../base/ndarray.js'
import { DATA_SIZE, DONE, INTEGER, LOGICAL, MOST_COLUMNS, REAL, TEXT, TEXT_SIZE, WORD } from './kernel/layout.js'
import { type CellType, type Kernel, placeColumns, putText } from './kernel.js'
import type { ColumnPlan, Property } from './properties.js'
import type { WordCache } from './words.js'

const CELLS = {
  R: { kind: REAL, bytes: 8 },
  I: { kind: INTEGER, bytes: 4 },
  L: { kind: LOGICAL, bytes: 1 },
  S: { kind: WORD, bytes: 8 },
} as const
/** A row may be so much longer than the first one of its block on average. */
const SLACK = 8

/** A property and its array. */
export type Column = { array: NdArray; readonly type: Property['type']; readonly count: number; readonly name: string }

/** What a column is to the kernel. */
function cellOf({ type }: Column): CellType {
  return CELLS[type]
}

/** Reads rows of one frame. */
export class BlockReader {
  /** How many rows the last call has read. */
  rows = 0
  readonly #kernel: Kernel
  readonly #columns: readonly Column[]
  readonly #plain: boolean
  readonly #words: WordCache
  /** How many rows the kernel has room for. */
  readonly #room: number

  constructor(kernel: Kernel, columns: readonly Column[], plan: ColumnPlan, words: WordCache) {
    this.#kernel = kernel
    this.#columns = columns
    this.#plain = plan.plain
    this.#words = words
    const rowBytes = columns.reduce((sum, { type, count }) => sum + CELLS[type].bytes * count, 0)
    const room = Math.floor((DATA_SIZE - 8 * columns.length) / rowBytes)
    this.#room = columns.length > MOST_COLUMNS ? 0 : room
  }

  /** Reads rows from `start` into rows `first` … `natoms`; gives the index behind the last one. */
  read(bytes: Buffer, start: number, end: number, first: number, natoms: number): number {
    this.rows = 0
    const room = Math.min(natoms - first, this.#room)
    const newline = bytes.indexOf(10, start)
    if (room === 0 || newline === -1) return start
    const length = Math.min(end - start, TEXT_SIZE, room * (newline + 1 - start + SLACK))
    putText(this.#kernel, bytes, start, start + length)
    const addresses = placeColumns(this.#kernel, this.#columns, cellOf, room)
    const behind = this.#kernel.readRows(TEXT, room, this.#columns.length, this.#plain)
    this.rows = this.#kernel.integers[DONE / 4]!
    for (let c = 0; c < this.#columns.length; c++) this.#take(this.#columns[c]!, addresses[c]!, first, bytes, start)
    return start + behind - TEXT
  }

  /** Takes the cells of the rows that were read. */
  #take({ array, count }: Column, address: number, first: number, bytes: Buffer, start: number): void {
    const { integers, reals } = this.#kernel
    const cells = this.rows * count
    const at = first * count
    switch (array.dtype) {
      case 'float64':
        array.data.set(reals.subarray(address / 8, address / 8 + cells), at)
        break
      case 'int32':
        array.data.set(integers.subarray(address / 4, address / 4 + cells), at)
        break
      case 'int64':
        for (let i = 0; i < cells; i++) array.data[at + i] = BigInt(integers[address / 4 + i]!)
        break
      case 'bool':
        array.data.set(this.#kernel.bytes.subarray(address, address + cells), at)
        break
      default:
        this.#takeWords(array.data, address / 4, cells, at, bytes, start - TEXT)
    }
  }

  #takeWords(out: string[], from: number, cells: number, at: number, bytes: Buffer, offset: number): void {
    const { integers } = this.#kernel
    for (let i = 0; i < cells; i++) {
      const start = integers[from + 2 * i]! + offset
      out[at + i] = this.#words.get(bytes, start, start + integers[from + 2 * i + 1]!)
    }
  }
}
