/**
 * Many items or results as one block: the compact form is chosen by what they are.
 *
 *     all int32 / all numbers   → one typed array, in the head if it is short, else raw as the only parcel
 *     all primitives            → one plain array in the head
 *     anything else             → the primitives in the head, and a parcel each for the rest: objects are encoded one by one, at the moment they are handed over, so
 *                                 that what happens to them afterwards, or to a neighbour, can't show on the other side
 */
import { giveBack, lend } from '../base/large-memory.js'
import { decodeValue, encodeValue } from './codec.js'
import { align8 } from './encode-memory.js'

/** A value ready for the wire: a primitive stays itself, anything else is its encoded bytes. */
export type Packed = string | number | bigint | boolean | null | undefined | Uint8Array

/** Packed values in a row: a typed array where all are numbers. */
export type Block = Packed[] | Int32Array | Float64Array

/**
 * The head's part of a block. `lengths` are the parcels' byte lengths, {@link PLAIN} for a value of `plain`; `numbers` says
 * that they are one parcel.
 */
export type Column =
  | Block
  | { readonly lengths: Float64Array; readonly plain?: readonly Packed[] }
  | { readonly numbers: 'int32' | 'float64'; readonly count: number }

/** The length of a value that has no parcel. */
const PLAIN = -1

/** Fewer numbers than this go in the head, and are not looked at as numbers before. */
export const FEW = 32

/** Packs one value, as it is now. Throws V8's DataCloneError for what has no encoding. */
export function pack(value: unknown): Packed {
  switch (typeof value) {
    case 'object':
      return value === null ? null : encodeValue(value)
    case 'function':
    case 'symbol':
      return encodeValue(value)
    default:
      return value as Packed
  }
}

/** The value again. Throws when the bytes are damaged. */
export function unpack(packed: Packed): unknown {
  return typeof packed === 'object' && packed !== null ? decodeValue(packed) : packed
}

/** The values from `from` to before `to` are needed no more: their memory may be used for others. Their places are emptied. */
export function discard(block: Block, from: number, to: number): void {
  if (!Array.isArray(block)) return
  for (let i = from; i < to; i++) {
    const packed = block[i]
    if (typeof packed !== 'object' || packed === null) continue
    giveBack(packed)
    block[i] = undefined
  }
}

/** How many bytes a packed value takes, roughly. */
export function packedSize(packed: Packed): number {
  if (typeof packed === 'object' && packed !== null) return packed.byteLength
  return typeof packed === 'string' ? packed.length : 8
}

/** How many bytes the values from `from` to before `to` take, roughly. */
export function blockSize(block: Block, from: number, to: number): number {
  if (!Array.isArray(block)) return (to - from) * 8
  let bytes = 0
  for (let i = from; i < to; i++) bytes += packedSize(block[i])
  return bytes
}

/** Lays packed values out as a block. Typed arrays among `values` and the parcels must not change afterwards. */
export function toColumn(values: Block): { column: Column; parcels: Uint8Array[] } {
  const numbers = Array.isArray(values) ? toNumbers(values, 0, values.length) : values
  if (numbers && numbers.length < FEW) return { column: numbers, parcels: [] }
  if (numbers) {
    const column = { numbers: numbers instanceof Int32Array ? 'int32' : 'float64', count: numbers.length } as const
    return { column, parcels: [new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)] }
  }
  return toParcels(values as Packed[])
}

function toParcels(values: Packed[]): { column: Column; parcels: Uint8Array[] } {
  if (!values.some((value) => typeof value === 'object' && value !== null)) {
    return { column: values, parcels: [] }
  }
  const lengths = new Float64Array(values.length)
  const plain: Packed[] = []
  const parcels: Uint8Array[] = []
  for (const [i, value] of values.entries()) {
    const isParcel = typeof value === 'object' && value !== null
    lengths[i] = isParcel ? value.byteLength : PLAIN
    if (isParcel) parcels.push(value)
    else plain.push(value)
  }
  return { column: plain.length === 0 ? { lengths } : { lengths, plain }, parcels }
}

/**
 * The packed values of a block; `parcels` are its frame's. `alone`: nothing else of the frame is in use, so that the value of an only
 * parcel may give the memory back.
 */
export function fromColumn(column: Column, parcels: Uint8Array, alone = false): Block {
  if (ArrayBuffer.isView(column) || Array.isArray(column)) return column
  if ('numbers' in column) return numbersOf(column.numbers, column.count, parcels)
  const { lengths, plain = [] } = column
  let offset = 0
  let next = 0
  let last: Uint8Array | undefined
  const block = Array.from(lengths, (length) => {
    if (length === PLAIN) return plain[next++]
    last = parcels.subarray(offset, offset + length)
    offset += align8(length)
    return last
  })
  if (alone && last && lengths.length - plain.length === 1) lend(last)
  return block
}

/** True for what can be a {@link Column}. */
export function isColumn(value: unknown): value is Column {
  if (value instanceof Int32Array || value instanceof Float64Array || Array.isArray(value)) return true
  const { lengths, plain, numbers, count } = Object(value) as Record<'lengths' | 'plain' | 'numbers' | 'count', unknown>
  if (numbers !== undefined) return (numbers === 'int32' || numbers === 'float64') && Number.isInteger(count)
  return lengths instanceof Float64Array && (plain === undefined || Array.isArray(plain))
}

/** How many values a block holds. */
export function columnLength(column: Column): number {
  if ('lengths' in column) return column.lengths.length
  return 'numbers' in column ? column.count : column.length
}

/** A stretch of a caller's list as a block, if it is a long one of numbers alone. */
export function drawNumbers(list: ArrayLike<unknown>, from: number, to: number): Int32Array | Float64Array | undefined {
  return to - from < FEW ? undefined : toNumbers(list, from, to)
}

/** The values as one typed array, if all are numbers (32-bit integers, if that keeps them: -0 needs a double). */
function toNumbers(values: ArrayLike<unknown>, from: number, to: number): Int32Array | Float64Array | undefined {
  const count = to - from
  if (count <= 0 || typeof values[from] !== 'number') return undefined
  const integers = new Int32Array(count)
  let i = 0
  for (; i < count; i++) {
    const value = values[from + i]
    if (typeof value !== 'number') return undefined
    if ((value | 0) !== value || (value === 0 && 1 / value < 0)) break
    integers[i] = value
  }
  if (i === count) return integers
  const doubles = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    const value = values[from + k]
    if (typeof value !== 'number') return undefined
    doubles[k] = value
  }
  return doubles
}

/** A view on the only parcel; a copy where its bytes do not lie at a multiple of 8. */
function numbersOf(kind: 'int32' | 'float64', count: number, parcels: Uint8Array): Int32Array | Float64Array {
  const Numbers = kind === 'int32' ? Int32Array : Float64Array
  const bytes = parcels.subarray(0, count * Numbers.BYTES_PER_ELEMENT)
  if (bytes.byteLength < count * Numbers.BYTES_PER_ELEMENT) throw new RangeError('a block on the wire is cut off')
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes)
  return new Numbers(aligned.buffer as ArrayBuffer, aligned.byteOffset, count)
}
