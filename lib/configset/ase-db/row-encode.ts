/**
 * A configuration as a row: plain data, so that a worker can make it and the parent only binds it.
 *
 *     results, masses, tags …  → their columns          (what a column can't say exactly also goes to data)
 *     scalars of info          → key-value pairs         (what ASE takes as such)
 *     everything else          → data.info, data.arrays  (and data.autopara: how to put it together again)
 */
import type { Atoms } from '../../atoms/atoms.js'
import { determinant } from '../../atoms/cell.js'
import { type InfoValue, isNdArray, type NdArray } from '../../base/ndarray.js'
import { constrainedFmax, constraintsText, type Fixed, fixedBy, sameFixed } from './constraints.js'
import { type DataValue, encodeData, escapeMarks } from './data-codec.js'
import { isPair, type PairValue } from './key-value-pairs.js'
import { FORMAT } from './own-entries.js'
import { formatPythonJson, type PythonJson, WholeFloat } from './python-json.js'
import type { SqlValue } from './sqlite-connection.js'
import {
  ATOM_COLUMNS,
  isScalarColumn,
  RESULT_COLUMNS,
  SCALAR_COLUMNS,
  toColumn,
  toScalar,
  VECTOR_COLUMNS,
} from './value-columns.js'

/** A row that is not in a table yet: no id, times or user. */
export interface EncodedRow {
  /** The cells of `systems` by column; what is missing is null. */
  cells: Record<string, SqlValue>
  /** Atomic number and count of each species. */
  species: [number: number, count: number][]
  /** The key-value pairs as the side tables hold them. */
  pairs: [key: string, value: number | string][]
}

/** What goes into a row beside the configuration. */
export interface RowExtras {
  /** More key-value pairs; they take precedence over `info`. Checked by the caller. */
  keyValuePairs?: Readonly<Record<string, PairValue>>
  /** More entries of `data`. */
  data?: Readonly<Record<string, InfoValue>>
  /** The name of the calculator that the results are of, in lower case. Default 'unknown', as ASE's SinglePointCalculator. */
  calculator?: string
}

/** The row of a configuration. */
export function encodeRow(atoms: Atoms, extras: RowExtras = {}): EncodedRow {
  const cells: Record<string, SqlValue> = { ...structureCells(atoms) }
  const { info, pairs } = sortInfo(atoms, cells, extras.keyValuePairs ?? {})
  const arrays = sortArrays(atoms, cells)
  const fixed: Fixed = { mask: atoms.arrays['move_mask'], list: atoms.info['constraints'] }
  cells['constraints'] = constraintsText(fixed, atoms.length)
  const derived = fixedBy(cells['constraints'], atoms.length)
  if (sameFixed(derived, fixed)) {
    delete arrays['move_mask']
    delete info['constraints']
  }
  if (RESULT_COLUMNS.some((name) => cells[name] !== undefined)) {
    cells['calculator'] = extras.calculator ?? 'unknown'
    cells['calculator_parameters'] = '{}'
  }
  cells['key_value_pairs'] = formatPythonJson(pairs)
  cells['data'] = encodeData(dataOf(atoms, info, arrays, Object.keys(pairs), cells, extras.data ?? {}))
  derive(cells)
  return { cells, species: countSpecies(atoms.numbers), pairs: Object.entries(pairs).map(pairCell) }
}

function structureCells(atoms: Atoms): Record<string, SqlValue> {
  const { numbers, positions, cell, pbc } = atoms
  const volume = Math.abs(determinant(cell))
  return {
    numbers: blob(numbers),
    positions: blob(positions),
    cell: blob(cell),
    pbc: pbc.reduce((bits, periodic, d) => bits | (periodic ? 1 << d : 0), 0),
    natoms: numbers.length,
    volume: volume === 0 ? null : volume,
    mass: sum(atoms.masses),
    charge: 0,
  }
}

/** Puts results into their columns; the rest becomes pairs and `info` of data. */
function sortInfo(
  atoms: Atoms,
  cells: Record<string, SqlValue>,
  explicit: Readonly<Record<string, PairValue>>,
): { info: Record<string, DataValue>; pairs: Record<string, PythonJson> } {
  const info: Record<string, DataValue> = Object.create(null)
  const pairs: Record<string, PythonJson> = Object.create(null)
  for (const key of Object.keys(atoms.info)) {
    const value = atoms.info[key] as InfoValue
    const isFloat = Object.hasOwn(atoms.infoTypes ?? {}, key)
    if (Object.hasOwn(explicit, key)) pairs[key] = explicit[key] as PairValue
    else if (isPair(key, value)) pairs[key] = typed(value, isFloat)
    else if (!toCells(key, value, isFloat, atoms.length, cells)) info[key] = typed(value, isFloat)
  }
  for (const key of Object.keys(explicit)) pairs[key] = explicit[key] as PairValue
  return { info, pairs }
}

/** Puts a value of `info` into its column; true if nothing of it is lost there. */
function toCells(key: string, value: InfoValue, isFloat: boolean, n: number, cells: Record<string, SqlValue>): boolean {
  if (isScalarColumn(key)) {
    const number = toScalar(value)
    if (number === undefined) return false
    cells[key] = number
    return !Object.is(number, -0) && (isFloat || !Number.isInteger(number))
  }
  const column = Object.hasOwn(VECTOR_COLUMNS, key) ? VECTOR_COLUMNS[key] : undefined
  const stored = column && toColumn(key, column, value, n)
  if (stored) cells[key] = blob(stored.data)
  return stored?.exact ?? false
}

/** Puts per-atom values into their columns; the rest becomes `arrays` of data. */
function sortArrays(atoms: Atoms, cells: Record<string, SqlValue>): Record<string, NdArray> {
  const arrays: Record<string, NdArray> = Object.create(null)
  for (const key of Object.keys(atoms.arrays)) {
    const array = atoms.arrays[key] as NdArray
    const column = Object.hasOwn(ATOM_COLUMNS, key) ? ATOM_COLUMNS[key] : undefined
    const stored = column && toColumn(key, column, array, atoms.length)
    if (stored) cells[key] = blob(stored.data)
    if (key === 'initial_charges' && stored) cells['charge'] = sum(stored.data)
    if (!stored?.exact) arrays[key] = array
  }
  return arrays
}

/** The `data` of a row: the caller's, what found no other place, and what reading needs to give the same back. */
function dataOf(
  atoms: Atoms,
  info: Record<string, DataValue>,
  arrays: Record<string, NdArray>,
  pairKeys: readonly string[],
  cells: Record<string, SqlValue>,
  more: Readonly<Record<string, InfoValue>>,
): Record<string, DataValue> {
  const notes: Record<string, DataValue> = {}
  const stored = (names: readonly string[]): string[] => names.filter((name) => (cells[name] ?? null) !== null)
  const infoKeys = Object.keys(atoms.info)
  const readInfo = [
    ...stored(SCALAR_COLUMNS),
    ...stored(Object.keys(VECTOR_COLUMNS)),
    ...('constraints' in atoms.info && !('constraints' in info) ? ['constraints'] : []),
    ...pairKeys,
    ...Object.keys(more),
    ...Object.keys(info),
  ]
  if (!startsWith(readInfo, infoKeys)) notes['info'] = infoKeys
  const arrayKeys = Object.keys(atoms.arrays)
  const masked = 'move_mask' in atoms.arrays && !('move_mask' in arrays)
  const readArrays = [...stored(Object.keys(ATOM_COLUMNS)), ...(masked ? ['move_mask'] : []), ...Object.keys(arrays)]
  if (!startsWith(readArrays, arrayKeys)) notes['arrays'] = arrayKeys

  const unmistakable = (entries: Record<string, DataValue>): Record<string, DataValue> => {
    const escaped = escapeMarks(entries)
    if (escaped !== entries) notes['escaped'] = true
    return escaped
  }
  const data: Record<string, DataValue> = { ...unmistakable(more as Record<string, DataValue>) }
  const putInto = (target: typeof data, name: string, entries: typeof data): void => {
    if (Object.keys(entries).length > 0) target[name] = unmistakable(entries)
  }
  putInto(data, 'info', info)
  putInto(data, 'arrays', arrays as typeof data)
  putInto(notes, 'strings', shapesOfStrings(info))
  putInto(notes, 'arrayStrings', shapesOfStrings(arrays as typeof data))
  if (Object.keys(notes).length > 0 || 'info' in data || 'arrays' in data)
    data['autopara'] = { format: FORMAT, ...notes }
  return data
}

/** The shapes of the arrays of strings among some values, which are nested lists in `data`. */
function shapesOfStrings(values: Readonly<Record<string, DataValue>>): Record<string, number[]> {
  const shapes: Record<string, number[]> = Object.create(null)
  for (const key of Object.keys(values)) {
    const value = values[key]
    if (isNdArray(value) && value.dtype === 'string') shapes[key] = value.shape
  }
  return shapes
}

/** Whether the names in `read`, each once, begin with those of `keys` in order. */
function startsWith(read: readonly string[], keys: readonly string[]): boolean {
  const once = [...new Set(read)]
  return keys.every((key, k) => once[k] === key)
}

/** The columns that queries use: largest force and stress component. */
function derive(cells: Record<string, SqlValue>): void {
  if (cells['forces']) cells['fmax'] = constrainedFmax(floats(cells['forces']), cells['constraints'])
  if (cells['stress']) cells['smax'] = Math.max(...floats(cells['stress']).map(Math.abs))
}

function floats(bytes: SqlValue): Float64Array {
  return new Float64Array((bytes as Uint8Array).slice().buffer)
}

function countSpecies(numbers: Int32Array): [number, number][] {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  return [...counts]
}

/** A pair as its table holds it: booleans are numbers there. */
function pairCell([key, value]: [string, PythonJson]): [string, number | string] {
  return [key, typeof value === 'string' ? value : value instanceof WholeFloat ? value.value : Number(value)]
}

function typed(value: InfoValue, isFloat: boolean): PythonJson {
  return isFloat && typeof value === 'number' && Number.isInteger(value) ? new WholeFloat(value) : (value as PythonJson)
}

function blob(array: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice()
}

function sum(values: Float64Array | Int32Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
