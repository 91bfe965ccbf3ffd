/**
 * A row as a configuration: the way back of row-encode, and ASE's own rows.
 *
 *     columns, key-value pairs, data → info     columns, constraints, data.arrays → arrays
 *
 * In rows that other programs wrote every entry of `data` becomes an entry of `info`, if nothing else has its name.
 */
import { Atoms } from '../../atoms/atoms.js'
import { type InfoValue, isNdArray, type JsonValue, type NdArray } from '../../base/ndarray.js'
import { dateOfYears } from './ase-time.js'
import { maskOf, parseConstraints } from './constraints.js'
import { type DataValue, decodeData, isRecord, toInfoValue } from './data-codec.js'
import { DatabaseError } from './database-error.js'
import type { PairValue } from './key-value-pairs.js'
import { parsePythonJson, plainJson } from './python-json.js'
import type { SqlRow } from './sqlite-connection.js'
import { ATOM_COLUMNS, fromColumn, SCALAR_COLUMNS, VECTOR_COLUMNS } from './value-columns.js'

/** A row of an ASE database. */
export interface AseRow {
  /** The row's number in its database, from 1. */
  id: number
  /** 32 hexadecimal digits that name the row anywhere. */
  uniqueId: string
  /** When the row was made. */
  ctime: Date
  /** When it was last changed. */
  mtime: Date
  /** The login name of who wrote it. */
  user: string | null
  /** The calculator's name in lower case; null for a row without one. */
  calculator: string | null
  /** The calculator's parameters; an empty record for none. */
  calculatorParameters: JsonValue
  /** Values that selections see. */
  keyValuePairs: Record<string, PairValue>
  /** What is not for queries; arrays deep inside are ASE's JSON, {"__ndarray__": [shape, dtype, numbers]}. */
  data: Record<string, InfoValue>
  /** The configuration: results under ASE's plain names (`energy`, `forces` …), pairs and data in `info` and `arrays`. */
  atoms: Atoms
}

/** The row of a table row. @throws {DatabaseError} which names the row. */
export function decodeRow(row: SqlRow, external: Readonly<Record<string, JsonValue>>, file: string): AseRow {
  try {
    return decode(row, external)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new DatabaseError(file, `${file}: row ${row['id']} can't be read: ${problem}`, { cause: error })
  }
}

function decode(row: SqlRow, external: Readonly<Record<string, JsonValue>>): AseRow {
  const data = decodeData(row['data'])
  const parameters = row['calculator_parameters']
  const plainData: Record<string, InfoValue> = Object.create(null)
  for (const key of Object.keys(data)) plainData[key] = toInfoValue(data[key] as DataValue).value
  const pairs = pairsOf(row)
  const keyValuePairs: Record<string, PairValue> = Object.create(null)
  for (const key of Object.keys(pairs)) keyValuePairs[key] = toInfoValue(pairs[key] as DataValue).value as PairValue
  return {
    id: Number(row['id']),
    uniqueId: String(row['unique_id']),
    ctime: dateOfYears(Number(row['ctime'])),
    mtime: dateOfYears(Number(row['mtime'])),
    user: row['username'] as string | null,
    calculator: row['calculator'] as string | null,
    calculatorParameters: typeof parameters === 'string' ? plainJson(parsePythonJson(parameters)) : {},
    keyValuePairs,
    data: plainData,
    atoms: atomsOf(row, pairs, data, external),
  }
}

function pairsOf(row: SqlRow): Record<string, DataValue> {
  const text = row['key_value_pairs']
  const pairs = typeof text === 'string' ? parsePythonJson(text) : {}
  return isRecord(pairs) ? pairs : {}
}

function atomsOf(
  row: SqlRow,
  pairs: Record<string, DataValue>,
  data: Record<string, DataValue>,
  external: Readonly<Record<string, JsonValue>>,
): Atoms {
  const numbers = new Int32Array(bytesOf(row, 'numbers', 4).buffer)
  const n = numbers.length
  const positions = new Float64Array(bytesOf(row, 'positions', 24 * n, n === 0).buffer)
  const cell = row['cell'] === null ? new Float64Array(9) : new Float64Array(bytesOf(row, 'cell', 72).buffer)
  const bits = Number(row['pbc'] ?? 0)
  const { autopara, info: ownInfo, arrays: ownArrays, ...others } = data
  const notes = isRecord(autopara) ? autopara : {}
  const arrays = arraysOf(row, n)
  const isOurs = isRecord(ownArrays) && Object.values(ownArrays).every((value) => perAtom(value, n))
  if (isOurs) for (const key of Object.keys(ownArrays)) arrays[key] = perAtom(ownArrays[key], n) as NdArray
  else if (ownArrays !== undefined) others['arrays'] = ownArrays
  if (!isRecord(ownInfo) && ownInfo !== undefined) others['info'] = ownInfo
  const { info, infoTypes } = infoOf(row, n, [external, pairs, others, isRecord(ownInfo) ? ownInfo : {}], notes)
  return Atoms.adopt({
    numbers,
    positions,
    cell,
    pbc: [(bits & 1) !== 0, (bits & 2) !== 0, (bits & 4) !== 0],
    info: ordered(info, notes['info']),
    arrays: ordered(arrays, notes['arrays']),
    infoTypes,
  })
}

/** The bytes of a column, which must be there: `size` of them, or a multiple for the atomic numbers. */
function bytesOf(row: SqlRow, column: string, size: number, mayLack = column === 'numbers'): Uint8Array<ArrayBuffer> {
  const stored = row[column]
  if ((stored === null || stored === undefined) && mayLack) return new Uint8Array(0)
  if (!(stored instanceof Uint8Array)) throw new RangeError(`${column} has no blob`)
  const bytes = stored.slice()
  const fits = column === 'numbers' ? bytes.length % size === 0 : bytes.length === size
  if (!fits) throw new RangeError(`${column} has ${bytes.length} bytes where ${size} belong`)
  return bytes
}

function arraysOf(row: SqlRow, n: number): Record<string, NdArray> {
  const arrays: Record<string, NdArray> = Object.create(null)
  for (const [name, column] of Object.entries(ATOM_COLUMNS)) {
    const stored = row[name]
    if (stored instanceof Uint8Array) arrays[name] = fromColumn(name, column, stored, n)
  }
  const constraints = row['constraints']
  const { mask } = maskOf(typeof constraints === 'string' ? parseConstraints(constraints) : [], n)
  if (mask) arrays['move_mask'] = mask
  return arrays
}

/** The info of a row: columns first, then each of `sources`; the last one, which is exact, may replace what is there. */
function infoOf(
  row: SqlRow,
  n: number,
  sources: readonly Readonly<Record<string, DataValue>>[],
  notes: Record<string, DataValue>,
): { info: Record<string, InfoValue>; infoTypes: Record<string, string> | undefined } {
  const info: Record<string, InfoValue> = Object.create(null)
  const types: Record<string, string> = Object.create(null)
  const put = (key: string, value: InfoValue, isFloat: boolean): void => {
    info[key] = value
    delete types[key]
    if (isFloat && Number.isInteger(value)) types[key] = 'float'
  }
  for (const name of SCALAR_COLUMNS) {
    const stored = row[name]
    if (typeof stored === 'number') put(name, stored, true)
    else if (stored instanceof Uint8Array) put(name, new Float64Array(stored.slice().buffer)[0] ?? Number.NaN, true)
  }
  for (const [name, column] of Object.entries(VECTOR_COLUMNS)) {
    const stored = row[name]
    if (stored instanceof Uint8Array) put(name, fromColumn(name, column, stored, n), false)
  }
  const constraints = row['constraints']
  const { others } = maskOf(typeof constraints === 'string' ? parseConstraints(constraints) : [], n)
  if (others.length > 0) put('constraints', others as unknown as JsonValue, false)
  const strings = Array.isArray(notes['strings']) ? notes['strings'] : []
  for (const source of sources) {
    for (const key of Object.keys(source)) {
      if (key in info && source !== sources.at(-1)) continue
      const { value, isFloat } = toInfoValue(source[key] as DataValue)
      put(key, strings.includes(key) ? (stringArray(value) ?? value) : value, isFloat)
    }
  }
  return { info, infoTypes: Object.keys(types).length > 0 ? types : undefined }
}

/** An array with a row for each of n atoms; undefined for anything else. */
function perAtom(value: DataValue | undefined, n: number): NdArray | undefined {
  const array = isNdArray(value) ? value : Array.isArray(value) ? stringArray(toInfoValue(value).value) : undefined
  return array?.shape[0] === n ? array : undefined
}

/** Nested lists of strings as an array. */
function stringArray(value: InfoValue): NdArray | undefined {
  const shape: number[] = []
  for (let level: unknown = value; Array.isArray(level); level = level[0]) shape.push(level.length)
  const data = (Array.isArray(value) ? (value as unknown[]).flat(Number.POSITIVE_INFINITY as 1) : []) as string[]
  const whole = shape.length > 0 && data.length === shape.reduce((product, length) => product * length, 1)
  return whole && data.every((item) => typeof item === 'string') ? { dtype: 'string', shape, data } : undefined
}

/** The record with the keys of `order` first. */
function ordered<T>(record: Record<string, T>, order: DataValue | undefined): Record<string, T> {
  if (!Array.isArray(order)) return record
  const sorted: Record<string, T> = Object.create(null)
  for (const key of [...order.map(String), ...Object.keys(record)]) if (key in record) sorted[key] = record[key] as T
  return sorted
}
