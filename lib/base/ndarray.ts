/**
 * Typed n-dimensional arrays as plain data: what extxyz columns and array values are made of.
 *
 * Row-major; `shape` [n] or [n, m] (n rows); `bool` is a Uint8Array of 0 and 1. Plain data, so that an array crosses any
 * wire by structured clone without a codec.
 */
export type DType = 'int32' | 'int64' | 'float64' | 'bool' | 'string'

interface Typed<D extends DType, T> {
  dtype: D
  /** Lengths of the dimensions, outermost first. */
  shape: number[]
  /** The elements in row-major order. */
  data: T
}

/** A dense array of one of five element types, row-major. */
export type NdArray =
  | Typed<'int32', Int32Array>
  | Typed<'int64', BigInt64Array>
  | Typed<'float64', Float64Array>
  | Typed<'bool', Uint8Array>
  | Typed<'string', string[]>

/** Any value that JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }

/** What a configuration's `info` may hold under a key. */
export type InfoValue = number | bigint | boolean | string | NdArray | JsonValue

/** A float64 array; `shape` defaults to one dimension. */
export function float64Array(data: Float64Array | readonly number[], shape: number[] = [data.length]): NdArray {
  return { dtype: 'float64', shape, data: data instanceof Float64Array ? data : Float64Array.from(data) }
}

/** True for a value of the shape of {@link NdArray} (checked structurally: it may come from another realm or a wire). */
export function isNdArray(value: unknown): value is NdArray {
  if (typeof value !== 'object' || value === null) return false
  const { dtype, shape, data } = value as { dtype?: unknown; shape?: unknown; data?: unknown }
  if (!Array.isArray(shape)) return false
  switch (dtype) {
    case 'int32':
      return data instanceof Int32Array
    case 'int64':
      return data instanceof BigInt64Array
    case 'float64':
      return data instanceof Float64Array
    case 'bool':
      return data instanceof Uint8Array
    case 'string':
      return Array.isArray(data)
    default:
      return false
  }
}

/** The number of elements of an array of this shape (1 for the empty shape). */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1)
}

/** A deep copy. */
export function copyNdArray(array: NdArray): NdArray {
  return { ...array, shape: [...array.shape], data: array.data.slice() } as NdArray
}

/** Equal dtype, shape and elements; floats compare bit for bit, except that every NaN equals every NaN. */
export function equalNdArrays(a: NdArray, b: NdArray): boolean {
  if (a.dtype !== b.dtype || a.shape.length !== b.shape.length || a.data.length !== b.data.length) return false
  for (let d = 0; d < a.shape.length; d++) if (a.shape[d] !== b.shape[d]) return false
  for (let i = 0; i < a.data.length; i++) if (!Object.is(a.data[i], b.data[i])) return false
  return true
}
