/**
 * Atom lines into bytes: the kernel writes blocks of them, and a line that holds anything unusual is written cell by cell as text.
 */
import type { DType, NdArray } from '../base/ndarray.js'
import { fixed8Text, shortestText } from './format-number.js'
import { theKernel } from './kernel.js'
import { Patience, WORTH_ASKING } from './patience.js'
import { type Dialect, keyText, UnwritableError } from './quote.js'
import type { TextBuffer } from './text-buffer.js'
import { BlockWriter, type WrittenColumn } from './write-block.js'

const TYPES = { float64: 'R', int32: 'I', int64: 'I', bool: 'L', string: 'S' } as const

/** A Properties value, and the columns that it is of. */
type Plan = { readonly columns: readonly { name: string; dtype: DType; count: number }[]; readonly properties: string }

/** Text that a column of words can't hold: readers split there. Python's split() knows more blanks than the format. */
const SPLITS = { ase: /[\s\0\x1c-\x1f\x85]/, libatoms: /[ \t\r\n\0]/ } as const

/** One or two letters, digits or signs of ASCII: species. */
const USUAL_WORD = /^[!-~]{1,2}$/

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
    const columns = Object.keys(arrays).map((name): WrittenColumn => {
      const array = arrays[name]!
      return { name, array, count: array.shape[1] ?? 1 }
    })
    const kernel = theKernel()
    const block = kernel && new BlockWriter(kernel, columns, this.#padded, this.#wordText)
    const patience = new Patience(WORTH_ASKING)
    for (let row = 0; row < natoms; ) {
      if (block && patience.isDue) {
        block.write(this.#out, row, natoms)
        row += block.rows
        patience.asked(block.rows)
        if (block.rows > 0) continue
      }
      this.#row(columns, row++)
      patience.without()
    }
  }

  /** Writes one line, cell by cell. */
  #row(columns: readonly WrittenColumn[], row: number): void {
    const cells: string[] = []
    for (const { name, array, count } of columns)
      for (let i = row * count; i < (row + 1) * count; i++) cells.push(this.#cell(name, array, i))
    this.#out.text(`${cells.join(' ')}\n`)
  }

  #cell(name: string, { dtype, data }: NdArray, i: number): string {
    switch (dtype) {
      case 'float64':
        return this.#padded ? fixed8Text(data[i]!) : shortestText(data[i]!)
      case 'string':
        return this.#wordText(name, data[i]!)
      case 'bool':
        return `${this.#padded ? ' ' : ''}${data[i] ? 'T' : 'F'}`
      default:
        return String(data[i]).padStart(this.#padded ? 8 : 0)
    }
  }

  readonly #wordText = (name: string, word: string): string => {
    if (typeof word !== 'string' || !USUAL_WORD.test(word)) this.#checkWord(name, word)
    return this.#padded && word.length === 1 && name === 'species' ? `${word} ` : word
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
