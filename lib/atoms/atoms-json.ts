/**
 * A configuration as JSON that loses nothing.
 *
 * JSON has no bigint, NaN, infinity or -0: such elements are the strings 'NaN', 'Infinity', '-Infinity', '-0' in lists of
 * numbers, and in `info` one-key objects: { "$bigint": "9007199254740993" }, { "$float": "NaN" }, { "$array": { … } }.
 * A JSON value of the user's that has a `$` key itself is wrapped in { "$json": … }.
 */
import { type DType, type InfoValue, isNdArray, type JsonValue, type NdArray, sizeOf } from '../base/ndarray.js'
import { rangeError, typeError } from '../base/options.js'
import type { AtomsParts, Pbc } from './parts.js'
import { bareRecord } from './record.js'

/** A number, or the name of one that JSON has not: 'NaN', 'Infinity', '-Infinity', '-0', or the digits of a bigint. */
export type JsonNumber = number | string

/** An {@link NdArray} in JSON. */
export interface JsonArray {
  /** The kind of element. */
  dtype: DType
  /** The lengths, outermost first. */
  shape: number[]
  /** The elements in one list, the last index fastest. */
  data: (JsonNumber | boolean)[]
}

/** A configuration in JSON. */
export interface AtomsJson {
  /** N atomic numbers. */
  numbers: number[]
  /** 3N numbers, Å. */
  positions: JsonNumber[]
  /** 9 numbers, Å. */
  cell: JsonNumber[]
  /** Which lattice directions are periodic. */
  pbc: Pbc
  /** Values of the configuration. */
  info: Record<string, JsonValue>
  /** Values of each atom. */
  arrays: Record<string, JsonArray>
  /** As in {@link AtomsParts}. */
  infoTypes?: Record<string, string>
}

/** The JSON form of a configuration. */
export function partsToJson(parts: AtomsParts): AtomsJson {
  const json: AtomsJson = {
    numbers: Array.from(parts.numbers),
    positions: Array.from(parts.positions, numberToJson),
    cell: Array.from(parts.cell, numberToJson),
    pbc: [...parts.pbc],
    info: mapRecord(parts.info, infoToJson),
    arrays: mapRecord(parts.arrays, arrayToJson),
  }
  if (parts.infoTypes) json.infoTypes = bareRecord(parts.infoTypes)
  return json
}

/** A configuration from its JSON form. @throws {OptionTypeError | OptionRangeError} naming the field that is wrong. */
export function partsFromJson(json: unknown): AtomsParts {
  const { numbers, positions, cell, pbc, info, arrays, infoTypes } = recordOf('json', json)
  const n = listOf('numbers', numbers).length
  const parts: AtomsParts = {
    numbers: Int32Array.from(listOf('numbers', numbers), numberFromJson),
    positions: floatsFromJson('positions', positions, 3 * n),
    cell: floatsFromJson('cell', cell, 9),
    pbc: listOf('pbc', pbc).map(Boolean) as Pbc,
    info: mapRecord(recordOf('info', info), infoFromJson),
    arrays: mapRecord(recordOf('arrays', arrays), (value) => arrayFromJson(value)),
  }
  if (infoTypes !== undefined) parts.infoTypes = mapRecord(recordOf('infoTypes', infoTypes), String)
  return parts
}

function infoToJson(value: InfoValue): JsonValue {
  if (typeof value === 'bigint') return { $bigint: String(value) }
  if (typeof value === 'number') {
    const number = numberToJson(value)
    return typeof number === 'string' ? { $float: number } : number
  }
  if (isNdArray(value)) return { $array: arrayToJson(value) as unknown as JsonValue }
  if (typeof value !== 'object' || value === null) return value
  return Object.keys(value).some((key) => key.startsWith('$')) || holdsOddNumber(value)
    ? { $json: oddJson(value) }
    : value
}

/** True when a JSON value holds, at any depth, a number that JSON text would lose: bigints too, which Python's JSON has. */
function holdsOddNumber(value: InfoValue): boolean {
  if (typeof value === 'bigint') return true
  if (typeof value === 'number') return typeof numberToJson(value) === 'string'
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsOddNumber)
}

/** Inside { "$json": … }: odd numbers as { "$float": … } or { "$bigint": … }, and objects as lists of [key, value]. */
function oddJson(value: InfoValue): JsonValue {
  if (typeof value === 'number' || typeof value === 'bigint') return infoToJson(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(oddJson)
  return { $entries: Object.entries(value).map(([key, entry]) => [key, oddJson(entry)]) }
}

function fromOddJson(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(fromOddJson)
  if ('$float' in value || '$bigint' in value) return infoFromJson(value) as JsonValue
  return Object.fromEntries(
    (value['$entries'] as [string, JsonValue][]).map(([key, entry]) => [key, fromOddJson(entry)]),
  )
}

function infoFromJson(value: unknown): InfoValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value as JsonValue
  const record = value as Record<string, unknown>
  if ('$bigint' in record) return BigInt(String(record['$bigint']))
  if ('$float' in record) return numberFromJson(record['$float'])
  if ('$array' in record) return arrayFromJson(record['$array'])
  if ('$json' in record) return fromOddJson(record['$json'] as JsonValue)
  return value as JsonValue
}

function arrayToJson(array: NdArray): JsonArray {
  const { dtype, shape } = array
  const data =
    array.dtype === 'float64'
      ? Array.from(array.data, numberToJson)
      : array.dtype === 'bool'
        ? Array.from(array.data, (bit) => bit !== 0)
        : array.dtype === 'int64'
          ? Array.from(array.data, String)
          : Array.from<JsonNumber>(array.data)
  return { dtype, shape: [...shape], data }
}

function arrayFromJson(json: unknown): NdArray {
  const { dtype, shape, data } = recordOf('array', json)
  const list = listOf('data', data)
  const lengths = listOf('shape', shape).map(Number)
  if (list.length !== sizeOf(lengths)) throw rangeError('data', `${sizeOf(lengths)} elements`, list.length)
  switch (dtype) {
    case 'int32':
      return { dtype, shape: lengths, data: Int32Array.from(list, Number) }
    case 'int64':
      return { dtype, shape: lengths, data: BigInt64Array.from(list.map((x) => BigInt(String(x)))) }
    case 'float64':
      return { dtype, shape: lengths, data: Float64Array.from(list, numberFromJson) }
    case 'bool':
      return { dtype, shape: lengths, data: Uint8Array.from(list, Number) }
    case 'string':
      return { dtype, shape: lengths, data: list.map(String) }
    default:
      throw typeError('dtype', "one of 'int32', 'int64', 'float64', 'bool', 'string'", dtype)
  }
}

function numberToJson(x: number): JsonNumber {
  return Object.is(x, -0) ? '-0' : Number.isFinite(x) ? x : String(x)
}

function numberFromJson(x: unknown): number {
  if (typeof x === 'number') return x
  if (x === 'NaN' || x === 'Infinity' || x === '-Infinity' || x === '-0') return Number(x)
  throw typeError('number', "a number, 'NaN', 'Infinity', '-Infinity' or '-0'", x)
}

function floatsFromJson(name: string, value: unknown, length: number): Float64Array {
  const list = listOf(name, value)
  if (list.length !== length) throw rangeError(name, `${length} numbers`, list.length)
  return Float64Array.from(list, numberFromJson)
}

function mapRecord<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  const mapped: Record<string, U> = Object.create(null)
  for (const key of Object.keys(record)) mapped[key] = map(record[key] as T)
  return mapped
}

function recordOf(name: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw typeError(name, 'an object', value)
  return value as Record<string, unknown>
}

function listOf(name: string, value: unknown): unknown[] {
  if (!Array.isArray(value)) throw typeError(name, 'a list', value)
  return value
}
