/**
 * The `data` of a row: JSON with arrays in it, in ASE's binary form (since version 9) or as text (before).
 *
 *     8 bytes: where the JSON begins | arrays, one behind the other | JSON with {"__ndarray__": [shape, dtype, offset]}
 *
 * An array deep inside other values becomes what ASE's text form has, {"__ndarray__": [shape, dtype, [numbers]]}, so that
 * the value is JSON; so does an array of a type that {@link NdArray} lacks. Both find their way back to bytes. A record that
 * only looks so is none: see {@link escapeMarks}.
 */
import { type InfoValue, isNdArray, type NdArray, sizeOf } from '../../base/ndarray.js'
import { type ArrayType, arrayOfBytes, arrayType } from './array-type.js'
import { formatPythonJson, type PythonJson, parsePythonJson, plainJson } from './python-json.js'

/** A value of `data` with its arrays. */
export type DataValue = PythonJson | NdArray | DataValue[] | { [key: string]: DataValue }

const MARK = '__ndarray__'
const HEADER = 8

/** What a record with the only key {@link MARK} says. */
interface Mark {
  shape: number[]
  dtype: string
  type: ArrayType
  /** How many elements. */
  count: number
  content: PythonJson
}

/** The entries of a stored `data`. @throws {SyntaxError | RangeError} for what is none. */
export function decodeData(stored: unknown): Record<string, DataValue> {
  const empty: Record<string, DataValue> = Object.create(null)
  if (stored === null || stored === undefined || stored === 'null' || stored === '') return empty
  const value = typeof stored === 'string' ? decodeText(stored) : decodeBytes(stored as Uint8Array)
  return isRecord(value) ? value : empty
}

function decodeText(text: string): DataValue {
  return withArrays(parsePythonJson(text), ({ content, type, count }) => {
    const plain = plainJson(content)
    const list = Array.isArray(plain) ? plain.map((item) => (typeof item === 'boolean' ? Number(item) : item)) : plain
    return type.write(list, count)
  })
}

function decodeBytes(bytes: Uint8Array): DataValue {
  const offset = Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(0, true))
  const text = new TextDecoder().decode(bytes.subarray(offset))
  return withArrays(parsePythonJson(text), ({ content: start, type, count }) => {
    if (typeof start !== 'number') return undefined
    const end = start + count * type.size
    if (start < HEADER || end > offset) throw new RangeError('an array outside of the data')
    return bytes.slice(start, end)
  })
}

/** The tree with its marked arrays made of the bytes that `read` finds; a mark without bytes is a record like any other. */
function withArrays(node: PythonJson, read: (mark: Mark) => Uint8Array<ArrayBuffer> | undefined): DataValue {
  if (Array.isArray(node)) return node.map((item) => withArrays(item, read))
  if (!isRecord(node)) return node
  const mark = markOf(node)
  const bytes = mark && read(mark)
  if (bytes) {
    const { shape, dtype, type } = mark
    return type.same ? arrayOfBytes(type.same, shape, bytes) : { [MARK]: [shape, dtype, type.read(bytes)] }
  }
  return mapRecord(node, (value) => withArrays(value as PythonJson, read))
}

/** What a record says that is marked as an array, whatever its third entry is. */
function markOf(record: { [key: string]: DataValue }): Mark | undefined {
  const mark = record[MARK]
  if (!Array.isArray(mark) || mark.length !== 3 || Object.keys(record).length !== 1) return undefined
  const [shape, dtype, content] = mark as [DataValue, DataValue, PythonJson]
  const type = typeof dtype === 'string' ? arrayType(dtype) : undefined
  if (!type || !Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && Number(length) >= 0))
    return undefined
  return { shape: shape as number[], dtype: dtype as string, type, count: sizeOf(shape as number[]), content }
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
    return { [MARK]: [value.shape, value.dtype, (arrayType(value.dtype) as ArrayType).read(bytesOf(value).slice())] }
  }
  if (Array.isArray(value)) return value.map(withoutArrays)
  if (!isRecord(value)) return value as PythonJson
  return mapRecord(value, withoutArrays)
}

/** The binary form of `data`. An array of strings becomes nested lists. */
export function encodeData(data: Readonly<Record<string, DataValue | InfoValue>>): Uint8Array {
  const parts: Uint8Array[] = [new Uint8Array(HEADER)]
  let offset = HEADER
  const place = (bytes: Uint8Array): number => {
    parts.push(bytes)
    const start = offset
    offset += bytes.length
    return start
  }
  const walk = (value: DataValue | InfoValue): PythonJson => {
    if (isNdArray(value)) {
      if (value.dtype === 'string') return nested(value.data, value.shape)
      return { [MARK]: [value.shape, value.dtype, place(bytesOf(value))] }
    }
    if (Array.isArray(value)) return value.map(walk)
    if (!isRecord(value)) return value as PythonJson
    const mark = markOf(value)
    const bytes = mark?.type.write(mark.content, mark.count)
    if (bytes) return { [MARK]: [mark?.shape as number[], mark?.dtype as string, place(bytes)] }
    return mapRecord(value, walk)
  }
  const text = new TextEncoder().encode(formatPythonJson(walk(data as { [key: string]: DataValue })))
  new DataView((parts[0] as Uint8Array).buffer).setBigInt64(0, BigInt(offset), true)
  return new Uint8Array(Buffer.concat([...parts, text]))
}

function bytesOf({ data }: Exclude<NdArray, { dtype: 'string' }>): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** What ASE takes for a mark, and what {@link escapeMarks} makes of it. */
const ESCAPABLE = /^\\*__ndarray__$/

/**
 * Entries of `data`, or of a record of ours in it, with a backslash before every key `__ndarray__` that is not a mark which
 * comes back as it is: ASE takes any such record for an array. (A key that has backslashes gets one more.) The same record
 * where there is none.
 */
export function escapeMarks<T extends DataValue | InfoValue>(entries: Record<string, T>): Record<string, T> {
  return escapeRecord(entries as Record<string, DataValue>, true) as Record<string, T>
}

function escapeRecord(record: Record<string, DataValue>, isData: boolean): Record<string, DataValue> {
  const keys = Object.keys(record)
  const escaped = mapRecord(
    record,
    (value) => escapeValue(value, isData),
    (key) => (ESCAPABLE.test(key) ? `\\${key}` : key),
  )
  return keys.every((key) => Object.is(escaped[key], record[key])) ? record : escaped
}

/** `isEntry`: a mark of a type among ours would come back as an {@link NdArray}. */
function escapeValue(value: DataValue, isEntry: boolean): DataValue {
  if (isNdArray(value)) return value
  if (Array.isArray(value)) {
    const list = value.map((item) => escapeValue(item, false))
    return list.every((item, i) => Object.is(item, value[i])) ? value : list
  }
  if (!isRecord(value)) return value
  const mark = markOf(value)
  const isArray = mark && !(isEntry && mark.type.same) && mark.type.write(mark.content, mark.count)
  return isArray ? value : escapeRecord(value, false)
}

/** The tree without the backslashes of {@link escapeMarks}. */
export function unescapeMarks<T extends DataValue>(value: T): T {
  if (isNdArray(value)) return value
  if (Array.isArray(value)) return value.map(unescapeMarks) as T
  if (!isRecord(value)) return value
  return mapRecord(value, unescapeMarks, (key) =>
    key.startsWith('\\') && ESCAPABLE.test(key) ? key.slice(1) : key,
  ) as unknown as T
}

function mapRecord<T, U>(
  record: { [key: string]: T },
  map: (value: T) => U,
  rename: (key: string) => string = (key) => key,
): { [key: string]: U } {
  const mapped: { [key: string]: U } = Object.create(null)
  for (const key of Object.keys(record)) mapped[rename(key)] = map(record[key] as T)
  return mapped
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
