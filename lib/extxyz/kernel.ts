/**
 * The kernel, from JavaScript: WebAssembly that reads and writes the numbers and rows of extended XYZ (`kernel/`).
 *
 *     text ──copied──► memory ── readRows ──► memory ──copied──► arrays          and the other way round
 *
 * It does what is usual, and says where it stopped: what is left is done from the text of each cell, by `Number` and `String`, which
 * are its oracles.
 */
import { code } from './kernel/code.js'
import { COLUMN_SIZE, COLUMNS, DATA, TEXT } from './kernel/layout.js'

/** The kernel's memory and functions; see `kernel/layout.ts` and the functions of the same names. */
export interface Kernel {
  readonly bytes: Buffer
  readonly integers: Int32Array
  readonly longs: BigInt64Array
  readonly reals: Float64Array
  readRows(text: number, rows: number, columns: number, plain: boolean): number
  readNumbers(text: number, limit: number): number
  scanFrames(text: number, limit: number): number
  writeRows(rows: number, columns: number, style: number): number
  writeNumbers(count: number, style: number): number
}

/** What this needs of the standard's interface, which TypeScript knows only together with that of browsers. */
declare const WebAssembly:
  | { Module: new (code: Uint8Array) => object; Instance: new (module: object) => { readonly exports: object } }
  | undefined

let loaded: Kernel | undefined

/** The kernel, which is made at the first call; undefined where Node has no WebAssembly (`--jitless`). */
export function theKernel(): Kernel | undefined {
  loaded ??= load()
  return loaded
}

function load(): Kernel | undefined {
  if (typeof WebAssembly !== 'object') return undefined
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(code, 'base64')))
  const { memory, ...functions } = exports as Kernel & { memory: { buffer: ArrayBuffer } }
  const { buffer } = memory
  return {
    ...functions,
    bytes: Buffer.from(buffer),
    integers: new Int32Array(buffer),
    longs: new BigInt64Array(buffer),
    reals: new Float64Array(buffer),
  }
}

/** What the kernel has for a cell of a column: its kind, and its size in bytes. */
export interface CellType {
  readonly kind: number
  readonly bytes: number
}

/** Tells the kernel the columns of up to `rows` rows; gives the addresses of their data, and the one behind all of it. */
export function placeColumns<Column extends { readonly count: number }>(
  { integers }: Kernel,
  columns: readonly Column[],
  cellOf: (column: Column) => CellType,
  rows: number,
): number[] {
  const addresses = [DATA]
  let address = DATA
  for (let c = 0; c < columns.length; c++) {
    const column = columns[c]!
    const { kind, bytes } = cellOf(column)
    const at = (COLUMNS + c * COLUMN_SIZE) / 4
    integers[at] = kind
    integers[at + 1] = column.count
    integers[at + 2] = address
    address += Math.ceil((bytes * column.count * rows) / 8) * 8
    addresses.push(address)
  }
  return addresses
}

/** Texts up to here are copied byte by byte: a call that does it costs as much as that. */
const SHORT = 48

/** Puts text where the kernel reads it; gives the address behind it. */
export function putText({ bytes }: Kernel, from: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (length > SHORT) bytes.set(from.subarray(start, end), TEXT)
  else for (let i = 0; i < length; i++) bytes[TEXT + i] = from[start + i]!
  bytes[TEXT + length] = 0
  return TEXT + length
}

/** Copies text that the kernel wrote, up to the address `behind`, to `to` from `at`; there must be room. Gives the place after it. */
export function takeText({ bytes }: Kernel, behind: number, to: Uint8Array, at: number): number {
  const length = behind - TEXT
  if (length > SHORT) to.set(bytes.subarray(TEXT, behind), at)
  else for (let i = 0; i < length; i++) to[at + i] = bytes[TEXT + i]!
  return at + length
}
