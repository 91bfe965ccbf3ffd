/**
 * Many items or results as one block: the compact form is chosen by what they are.
 *
 *     all int32 / all numbers   → one typed array                    (8,000,000 items a second and more)
 *     all primitives            → one plain array in the head
 *     anything else             → one parcel each: objects are encoded one by one, at the moment they are handed over, so
 *                                 that what happens to them afterwards, or to a neighbour, can't show on the other side
 */
import { align8, decodeValue, encodeValue } from './codec.js'

/** A value ready for the wire: a primitive stays itself, anything else is its encoded bytes. */
export type Packed = string | number | bigint | boolean | null | undefined | Uint8Array

/** The head's part of a block. `lengths` are the parcels' byte lengths. */
export type Column = Int32Array | Float64Array | Packed[] | { readonly lengths: Float64Array }

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

/** How many bytes a packed value takes, roughly. */
export function packedSize(packed: Packed): number {
  if (typeof packed === 'object' && packed !== null) return packed.byteLength
  return typeof packed === 'string' ? packed.length : 8
}

/** Lays packed values out as a block. */
export function toColumn(values: readonly Packed[]): { column: Column; parcels: Uint8Array[] } {
  const numbers = toNumbers(values)
  if (numbers) return { column: numbers, parcels: [] }
  if (!values.some((value) => typeof value === 'object' && value !== null)) {
    return { column: values as Packed[], parcels: [] }
  }
  const parcels = values.map((value) =>
    typeof value === 'object' && value !== null ? (value as Uint8Array) : encodeValue(value),
  )
  return { column: { lengths: Float64Array.from(parcels, (parcel) => parcel.byteLength) }, parcels }
}

/** The packed values of a block; `parcels` are its frame's. */
export function fromColumn(column: Column, parcels: Uint8Array): ArrayLike<Packed> {
  if (ArrayBuffer.isView(column) || Array.isArray(column)) return column
  let offset = 0
  return Array.from(column.lengths, (length) => {
    const parcel = parcels.subarray(offset, offset + length)
    offset += align8(length)
    return parcel
  })
}

/** True for what can be a {@link Column}. */
export function isColumn(value: unknown): value is Column {
  if (value instanceof Int32Array || value instanceof Float64Array || Array.isArray(value)) return true
  return typeof value === 'object' && value !== null && (value as { lengths?: unknown }).lengths instanceof Float64Array
}

/** How many values a block holds. */
export function columnLength(column: Column): number {
  return 'lengths' in column ? column.lengths.length : column.length
}

/** The values as one typed array, if all are numbers (32-bit integers, if that keeps them: -0 needs a double). */
function toNumbers(values: readonly Packed[]): Int32Array | Float64Array | undefined {
  const count = values.length
  if (count === 0 || typeof values[0] !== 'number') return undefined
  const integers = new Int32Array(count)
  let i = 0
  for (; i < count; i++) {
    const value = values[i] as number
    if ((value | 0) !== value || Object.is(value, -0)) break
    integers[i] = value
  }
  if (i === count) return integers
  const doubles = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    const value = values[k]
    if (typeof value !== 'number') return undefined
    doubles[k] = value
  }
  return doubles
}
