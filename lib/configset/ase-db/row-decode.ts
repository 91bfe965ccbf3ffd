/**
 * A row as a configuration: the way back of row-encode, and ASE's own rows.
 *
 *     columns, constraints, key-value pairs, data → info     columns, constraints, data.arrays → arrays
 *
 * In rows that other programs wrote every entry of `data` becomes an entry of `info`, if nothing else has its name.
 */
import { Atoms } from '../../atoms/atoms.js'
import type { InfoValue, JsonValue, NdArray } from '../../base/ndarray.js'
import { dateOfYears } from './ase-time.js'
import { type DataValue, decodeData, isRecord, toInfoValue } from './data-codec.js'
import { DatabaseError } from './database-error.js'
import type { PairValue } from './key-value-pairs.js'
import { type SortedData, sortData } from './own-entries.js'
import { parsePythonJson, plainJson } from './python-json.js'
import type { SqlRow } from './sqlite-connection.js'
import { ATOM_COLUMNS, fromColumn, readScalar, SCALAR_COLUMNS, VECTOR_COLUMNS } from './value-columns.js'

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
  const numbers = new Int32Array(bytesOf(row, 'numbers', 4).buffer)
  const pairs = pairsOf(row)
  const data = sortData(row, pairs, decodeData(row['data']), numbers.length)
  const parameters = row['calculator_parameters']
  return {
    id: Number(row['id']),
    uniqueId: String(row['unique_id']),
    ctime: dateOfYears(Number(row['ctime'])),
    mtime: dateOfYears(Number(row['mtime'])),
    user: row['username'] as string | null,
    calculator: row['calculator'] as string | null,
    calculatorParameters: typeof parameters === 'string' ? plainJson(parsePythonJson(parameters)) : {},
    keyValuePairs: plain(pairs) as Record<string, PairValue>,
    data: plain(data.data),
    atoms: atomsOf(row, numbers, [external, pairs, data.others], data),
  }
}

function plain(values: Record<string, DataValue>): Record<string, InfoValue> {
  const record: Record<string, InfoValue> = Object.create(null)
  for (const key of Object.keys(values)) record[key] = toInfoValue(values[key] as DataValue).value
  return record
}

function pairsOf(row: SqlRow): Record<string, DataValue> {
  const text = row['key_value_pairs']
  const pairs = typeof text === 'string' ? parsePythonJson(text) : {}
  return isRecord(pairs) ? pairs : {}
}

/** The configuration; of `sources` the first that has a key gives its value. */
function atomsOf(
  row: SqlRow,
  numbers: Int32Array,
  sources: readonly Readonly<Record<string, DataValue>>[],
  data: SortedData,
): Atoms {
  const n = numbers.length
  const positions = new Float64Array(bytesOf(row, 'positions', 24 * n, n === 0).buffer)
  const cell = row['cell'] === null ? new Float64Array(9) : new Float64Array(bytesOf(row, 'cell', 72).buffer)
  const bits = Number(row['pbc'] ?? 0)
  const { info, infoTypes } = infoOf(row, n, sources, data)
  return Atoms.adopt({
    numbers,
    positions,
    cell,
    pbc: [(bits & 1) !== 0, (bits & 2) !== 0, (bits & 4) !== 0],
    info: ordered(info, data.notes['info']),
    arrays: ordered(arraysOf(row, n, data), data.notes['arrays']),
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

function arraysOf(row: SqlRow, n: number, data: SortedData): Record<string, NdArray> {
  const arrays: Record<string, NdArray> = Object.create(null)
  for (const [name, column] of Object.entries(ATOM_COLUMNS)) {
    const stored = row[name]
    if (stored instanceof Uint8Array) arrays[name] = fromColumn(name, column, stored, n)
  }
  if (data.fixed.mask) arrays['move_mask'] = data.fixed.mask
  return Object.assign(arrays, data.arrays)
}

/** The info of a row: columns first, then each of `sources`, then our own entries, which say more exactly what is there. */
function infoOf(
  row: SqlRow,
  n: number,
  sources: readonly Readonly<Record<string, DataValue>>[],
  data: SortedData,
): { info: Record<string, InfoValue>; infoTypes: Record<string, string> | undefined } {
  const info: Record<string, InfoValue> = Object.create(null)
  const types: Record<string, string> = Object.create(null)
  const put = (key: string, value: InfoValue, isFloat: boolean): void => {
    info[key] = value
    delete types[key]
    if (isFloat && Number.isInteger(value)) types[key] = 'float'
  }
  for (const name of SCALAR_COLUMNS) {
    const stored = readScalar(row[name])
    if (stored !== undefined) put(name, stored, true)
  }
  for (const [name, column] of Object.entries(VECTOR_COLUMNS)) {
    const stored = row[name]
    if (stored instanceof Uint8Array) put(name, fromColumn(name, column, stored, n), false)
  }
  if (data.fixed.list !== undefined) put('constraints', data.fixed.list, false)
  for (const source of [...sources, data.info]) {
    for (const key of Object.keys(source)) {
      if (key in info && source !== data.info) continue
      const { value, isFloat } = toInfoValue(source[key] as DataValue)
      put(key, value, isFloat)
    }
  }
  return { info, infoTypes: Object.keys(types).length > 0 ? types : undefined }
}

/** The record with the keys of `order` first. */
function ordered<T>(record: Record<string, T>, order: DataValue | undefined): Record<string, T> {
  if (!Array.isArray(order)) return record
  const sorted: Record<string, T> = Object.create(null)
  for (const key of [...order.map(String), ...Object.keys(record)]) if (key in record) sorted[key] = record[key] as T
  return sorted
}
