/**
 * The `data` of a row: JSON with arrays in it, in ASE's binary form (since version 9) or as text (before).
 *
 *     8 bytes: where the JSON begins | arrays, one behind the other | JSON with {"__ndarray__": [shape, dtype, offset]}
 *
 * An array deep inside other values becomes what ASE's text form has, {"__ndarray__": [shape, dtype, [numbers]]}, so that
 * the value is JSON; so does an array of a type that {@link NdArray} lacks. Both find their way back to bytes.
 */
import { type InfoValue, isNdArray, type NdArray } from '../../base/ndarray.js'
import { formatPythonJson, type PythonJson, parsePythonJson, plainJson } from './python-json.js'

/** A value of `data` with its arrays. */
export type DataValue = PythonJson | NdArray | DataValue[] | { [key: string]: DataValue }

type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
type Numeric = Numbers | BigInt64Array | BigUint64Array

interface NumericType {
  readonly array: {
    new (buffer: ArrayBuffer): Numeric
    new (length: number): Numeric
    readonly BYTES_PER_ELEMENT: number
  }
  /** Numbers in each element: 2 for complex ones. */
  readonly parts: 1 | 2
  /** The type among ours that is the same. */
  readonly same?: Exclude<NdArray['dtype'], 'string'>
}

const NUMERIC_TYPES: Readonly<Record<string, NumericType>> = {
  float64: { array: Float64Array, parts: 1, same: 'float64' },
  int32: { array: Int32Array, parts: 1, same: 'int32' },
  int64: { array: BigInt64Array, parts: 1, same: 'int64' },
  bool: { array: Uint8Array, parts: 1, same: 'bool' },
  float32: { array: Float32Array, parts: 1 },
  int8: { array: Int8Array, parts: 1 },
  int16: { array: Int16Array, parts: 1 },
  uint8: { array: Uint8Array, parts: 1 },
  uint16: { array: Uint16Array, parts: 1 },
  uint32: { array: Uint32Array, parts: 1 },
  uint64: { array: BigUint64Array, parts: 1 },
  complex64: { array: Float32Array, parts: 2 },
  complex128: { array: Float64Array, parts: 2 },
}

const MARK = '__ndarray__'
const HEADER = 8

/** The entries of a stored `data`. @throws {SyntaxError | RangeError} for what is none. */
export function decodeData(stored: unknown): Record<string, DataValue> {
  const empty: Record<string, DataValue> = Object.create(null)
  if (stored === null || stored === undefined || stored === 'null' || stored === '') return empty
  const value = typeof stored === 'string' ? decodeText(stored) : decodeBytes(stored as Uint8Array)
  return isRecord(value) ? value : empty
}

function decodeText(text: string): DataValue {
  return withArrays(parsePythonJson(text), (list, type) => {
    if (!Array.isArray(list)) throw new RangeError('an array without its numbers')
    return arrayOfList(list, type)
  })
}

function decodeBytes(bytes: Uint8Array): DataValue {
  const offset = Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(0, true))
  const text = new TextDecoder().decode(bytes.subarray(offset))
  return withArrays(parsePythonJson(text), (start, type, length) => {
    const end = Number(start) + length * type.parts * type.array.BYTES_PER_ELEMENT
    if (typeof start !== 'number' || end > offset) throw new RangeError('an array outside of the data')
    return new type.array(bytes.slice(start, end).buffer)
  })
}

/** The tree with its marked arrays made by `read` from the third entry of the mark. */
function withArrays(
  node: PythonJson,
  read: (content: PythonJson | undefined, type: NumericType, length: number) => Numeric,
): DataValue {
  if (Array.isArray(node)) return node.map((item) => withArrays(item, read))
  if (!isRecord(node)) return node
  const mark = node[MARK]
  if (Array.isArray(mark)) {
    const [lengths, dtype, content] = mark
    const shape = (lengths as PythonJson[]).map(Number)
    const type = NUMERIC_TYPES[String(dtype)]
    if (!type)
      throw new RangeError(`an array of type ${dtype}, which is none of ${Object.keys(NUMERIC_TYPES).join(', ')}`)
    const data = read(
      content,
      type,
      shape.reduce((product, length) => product * length, 1),
    )
    if (type.same) return { dtype: type.same, shape, data } as NdArray
    return { [MARK]: [shape, dtype as string, numbersOf(data)] }
  }
  const record: { [key: string]: DataValue } = Object.create(null)
  for (const key of Object.keys(node)) record[key] = withArrays(node[key] as PythonJson, read)
  return record
}

/** The value as `info` can hold it, and whether it is a whole number written as a float. */
export function toInfoValue(value: DataValue): { value: InfoValue; isFloat: boolean } {
  if (isNdArray(value)) return { value, isFloat: false }
  const plain = plainJson(withoutArrays(value))
  return { value: plain, isFloat: typeof plain === 'number' && typeof value === 'object' }
}

/** The tree with arrays in ASE's text form. */
function withoutArrays(value: DataValue): PythonJson {
  if (isNdArray(value)) {
    if (value.dtype === 'string') return nested(value.data, value.shape)
    return { [MARK]: [value.shape, value.dtype, numbersOf(value.data)] }
  }
  if (Array.isArray(value)) return value.map(withoutArrays)
  if (!isRecord(value)) return value as PythonJson
  return Object.fromEntries(Object.keys(value).map((key) => [key, withoutArrays(value[key] as DataValue)]))
}

/** The binary form of `data`. An array of strings becomes nested lists. */
export function encodeData(data: Readonly<Record<string, DataValue | InfoValue>>): Uint8Array {
  const parts: Uint8Array[] = [new Uint8Array(HEADER)]
  let offset = HEADER
  const place = (array: Numeric): number => {
    parts.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    const start = offset
    offset += array.byteLength
    return start
  }
  const walk = (value: DataValue | InfoValue): PythonJson => {
    if (isNdArray(value)) {
      if (value.dtype === 'string') return nested(value.data, value.shape)
      return { [MARK]: [value.shape, value.dtype, place(value.data)] }
    }
    if (Array.isArray(value)) return value.map(walk)
    if (!isRecord(value)) return value as PythonJson
    const [shape, dtype, list] = Array.isArray(value[MARK]) ? value[MARK] : []
    const type = NUMERIC_TYPES[String(dtype)]
    if (type && Array.isArray(list))
      return { [MARK]: [shape as PythonJson, dtype as string, place(arrayOfList(list as PythonJson[], type))] }
    return Object.fromEntries(Object.keys(value).map((key) => [key, walk(value[key] as DataValue)]))
  }
  const text = new TextEncoder().encode(formatPythonJson(walk(data as { [key: string]: DataValue })))
  new DataView((parts[0] as Uint8Array).buffer).setBigInt64(0, BigInt(offset), true)
  return new Uint8Array(Buffer.concat([...parts, text]))
}

/** The numbers of an array; bigint only where a number can't hold one. */
function numbersOf(data: Numeric): PythonJson[] {
  return Array.from<number | bigint, number | bigint>(data, (item) => {
    const number = Number(item)
    return typeof item === 'number' || Number.isSafeInteger(number) ? number : item
  })
}

function arrayOfList(list: readonly PythonJson[], type: NumericType): Numeric {
  const data = new type.array(list.length)
  const big = data instanceof BigInt64Array || data instanceof BigUint64Array
  for (const [i, item] of list.entries()) {
    const number = plainJson(item)
    data[i] = big ? BigInt(number as number) : Number(number)
  }
  return data
}

/** Row-major strings as nested lists. */
function nested(data: readonly string[], shape: readonly number[]): PythonJson {
  const [length = 0, ...inner] = shape
  if (inner.length === 0) return shape.length === 0 ? (data[0] as string) : [...data]
  const step = data.length / length
  return Array.from({ length }, (_, i) => nested(data.slice(i * step, (i + 1) * step), inner))
}

/** True for an object that is neither a list, an array nor a wrapped number. */
export function isRecord(value: unknown): value is { [key: string]: DataValue } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
