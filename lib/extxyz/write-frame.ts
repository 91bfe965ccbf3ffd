/**
 * Frames into bytes, many into one buffer.
 *
 *     FrameWriter: append(frame) … append(frame) ─► take(): Uint8Array
 *
 * A frame that can't be written leaves nothing of itself in the buffer.
 */
import { sizeOf } from '../base/ndarray.js'
import { checkChoice, checkKeys } from '../base/options.js'
import { ColumnWriter } from './column-writer.js'
import { ExtxyzError } from './errors.js'
import type { Frame } from './frame.js'
import { type Dialect, keyText, UnwritableError, writeValue } from './quote.js'
import { TextBuffer } from './text-buffer.js'

/** How to write. */
export interface FormatOptions {
  /**
   * `'shortest'` (default): the shortest text of each number that reads back bit for bit. `'%16.8f'`: the lines of ASE 3.22 to
   * the byte, with 8 digits after the point (1e-9 is lost).
   */
  readonly realFormat?: 'shortest' | '%16.8f'
  /** `'ase'` (default): values of the comment line in the forms that ASE reads; `'libatoms'`: [ … ] and [[ … ]] of the grammar. */
  readonly dialect?: Dialect
}

const KEYS: readonly string[] = ['realFormat', 'dialect'] satisfies (keyof FormatOptions)[]

/**
 * The text of one frame.
 *
 * @throws {ExtxyzError} with rule `write`, naming the key or column that the format can't hold.
 */
export function formatFrame(frame: Frame, options: FormatOptions = {}): Uint8Array {
  checkKeys(options, KEYS, 'formatFrame')
  const writer = new FrameWriter(options)
  writer.append(frame)
  return writer.take()
}

/** Writes frames one after the other into a buffer that grows. */
export class FrameWriter {
  readonly #out = new TextBuffer()
  readonly #columns: ColumnWriter
  readonly #dialect: Dialect
  readonly #padded: boolean
  #frames = 0

  constructor(options: FormatOptions = {}) {
    this.#dialect = checkChoice('dialect', options.dialect, ['ase', 'libatoms'], 'ase')
    const format = checkChoice('realFormat', options.realFormat, ['shortest', '%16.8f'], 'shortest')
    this.#padded = format === '%16.8f'
    this.#columns = new ColumnWriter(this.#out, this.#padded, this.#dialect)
  }

  /** Bytes waiting to be taken. */
  get length(): number {
    return this.#out.at
  }

  /** Appends a frame. @throws {ExtxyzError} with rule `write`; then nothing of the frame is appended. */
  append(frame: Frame): void {
    const mark = this.#out.at
    try {
      checkArrays(frame)
      this.#out.text(`${frame.natoms}\n`)
      this.#comment(frame)
      this.#columns.rows(frame.arrays, frame.natoms)
      this.#frames++
    } catch (error) {
      this.#out.at = mark
      if (!(error instanceof UnwritableError)) throw error
      throw writeError(error.message, this.#frames)
    }
  }

  /** Forgets what was appended after the first `length` bytes. */
  truncate(length: number): void {
    this.#out.at = length
  }

  /** What was appended, and an empty writer again. */
  take(): Uint8Array {
    return this.#out.take()
  }

  #comment({ cell, pbc, info, infoTypes, arrays }: Frame): void {
    const out = this.#out
    if (cell && !(this.#padded && cell.every((x) => x === 0))) {
      if (cell.length !== 9 || !cell.every(Number.isFinite)) throw new UnwritableError('cell must be 9 finite numbers')
      out.text('Lattice=')
      out.floats(cell)
      out.text(' ')
    }
    out.text('Properties=')
    out.text(this.#columns.properties(arrays))
    for (const key of Object.keys(info)) {
      const value = info[key]
      if (value === undefined) continue
      if (RESERVED.has(key)) throw new UnwritableError(`info.${key}: this key belongs to the format`)
      try {
        out.text(' ')
        out.text(keyText(key))
        out.text('=')
        writeValue(out, key, value, infoTypes?.[key], this.#dialect)
      } catch (error) {
        if (error instanceof UnwritableError)
          throw new UnwritableError(`info[${JSON.stringify(key)}]: ${error.message}`)
        throw error
      }
    }
    out.text(` pbc="${pbc.map((periodic) => (periodic ? 'T' : 'F')).join(' ')}"\n`)
  }
}

const RESERVED: ReadonlySet<string> = new Set(['Lattice', 'Properties', 'pbc'])

function checkArrays({ natoms, arrays }: Frame): void {
  if (!Number.isSafeInteger(natoms) || natoms < 0) throw new UnwritableError(`natoms is ${natoms}`)
  for (const name of Object.keys(arrays)) {
    const { shape, data } = arrays[name]!
    const fits = shape.length >= 1 && shape.length <= 2 && shape[0] === natoms && shape[1] !== 0
    if (fits && sizeOf(shape) === data.length) continue
    throw new UnwritableError(
      `arrays[${JSON.stringify(name)}]: the shape [${shape.join(', ')}] with ${data.length} items is not [${natoms}] or [${natoms}, m]`,
    )
  }
}

/** The error of a value that can't be written; `frame`: how many were written before it. */
export function writeError(problem: string, frame: number): ExtxyzError {
  return new ExtxyzError('write', `can't be written as extended XYZ: ${problem}`, { frame, line: 1, column: 1 })
}
