/**
 * What this package puts into `data`: `info` and `arrays`, which found no other place, and `autopara`, the notes on them.
 *
 * Other programs may have these names too: a row is ours if `data.autopara.format` says so.
 *
 * Columns and pairs are what ASE sees and changes, so they go first: an entry with their name counts only where the column
 * is what the entry would be written as. Then it says more exactly what the column says (an integer energy, a 3 × 3 stress).
 */
import { isNdArray, type NdArray, sizeOf } from '../../base/ndarray.js'
import { constraintsText, type Fixed, fixedBy, sameConstraints } from './constraints.js'
import { type DataValue, isRecord, toInfoValue, unescapeMarks } from './data-codec.js'
import type { SqlRow } from './sqlite-connection.js'
import { ATOM_COLUMNS, columnAgrees, isScalarColumn, readScalar, toScalar, VECTOR_COLUMNS } from './value-columns.js'

/** Keys of `data` that say where values of `info` and `arrays` are. */
export const OWN_KEYS = ['info', 'arrays', 'autopara'] as const

/** The number of this form of `data`, in `data.autopara.format`. */
export const FORMAT = 1

/** The `data` of a row, sorted. */
export interface SortedData {
  /** All of it, as it was before it was written. */
  data: Record<string, DataValue>
  /** The entries that belong in `info` under their names. */
  info: Record<string, DataValue>
  /** The entries that belong in `arrays` under their names. */
  arrays: Record<string, NdArray>
  /** How to put them together; empty for a row of another program. */
  notes: Record<string, DataValue>
  /** What is no entry of ours. */
  others: Record<string, DataValue>
  /** Constraints that only the column has. */
  fixed: Fixed
}

/** Sorts the `data` of a row of n atoms. */
export function sortData(row: SqlRow, pairs: object, stored: Record<string, DataValue>, n: number): SortedData {
  if (entriesOf(stored['autopara'])['format'] !== FORMAT) {
    const none = { info: {}, arrays: {}, notes: {} }
    return { data: stored, ...none, others: stored, fixed: fixedBy(row['constraints'], n) }
  }
  const data = entriesOf(stored['autopara'])['escaped'] === true ? unescapeMarks(stored) : stored
  const { info: storedInfo, arrays: storedArrays, autopara, ...others } = data
  const notes = entriesOf(autopara)
  const info: Record<string, DataValue> = Object.create(null)
  for (const [key, value] of Object.entries(entriesOf(storedInfo)))
    if (!Object.hasOwn(pairs, key) && agrees(row, key, value, n))
      info[key] = stringsOf(value, shapeIn(notes['strings'], key)) ?? value
  const arrays: Record<string, NdArray> = Object.create(null)
  for (const [key, value] of Object.entries(entriesOf(storedArrays))) {
    const array = perAtom(value, n, shapeIn(notes['arrayStrings'], key))
    if (array && columnAgrees(ATOM_COLUMNS, row, key, array, n)) arrays[key] = array
  }
  return { data, info, arrays, notes, others, fixed: settleConstraints(row['constraints'], info, arrays, n) }
}

/** Removes a mask and constraints that the column contradicts, and tells what the column has instead. */
function settleConstraints(
  stored: unknown,
  info: Record<string, DataValue>,
  arrays: Record<string, NdArray>,
  n: number,
): Fixed {
  const mask = arrays['move_mask']
  const list = info['constraints'] === undefined ? undefined : toInfoValue(info['constraints']).value
  if (sameConstraints(constraintsText({ mask, list }, n), stored)) return {}
  const fixed = fixedBy(stored, n)
  if (fixed.mask || constraintsText({ mask }, n) !== null) delete arrays['move_mask']
  if (fixed.list || constraintsText({ list }, n) !== null) delete info['constraints']
  return fixed
}

/** As {@link columnAgrees}, for an entry of `info`. */
function agrees(row: SqlRow, key: string, stored: DataValue, n: number): boolean {
  const { value } = toInfoValue(stored)
  if (!isScalarColumn(key)) return columnAgrees(VECTOR_COLUMNS, row, key, value, n)
  // -0 and 0 are one number in SQLite
  return readScalar(row[key]) === toScalar(value)
}

/** The entries of a record; none for anything else. */
function entriesOf(value: DataValue | undefined): Record<string, DataValue> {
  return isRecord(value) && !isNdArray(value) ? value : Object.create(null)
}

/** An array with a row for each of n atoms; undefined for anything else. */
function perAtom(value: DataValue, n: number, shape: number[] | undefined): NdArray | undefined {
  const array = isNdArray(value) ? value : stringsOf(value, shape)
  return array?.shape[0] === n ? array : undefined
}

/** Nested lists of strings as an array of a shape; undefined for anything else. */
function stringsOf(value: DataValue, shape: number[] | undefined): NdArray | undefined {
  if (isNdArray(value) || shape === undefined) return undefined
  const data = [value].flat(Number.POSITIVE_INFINITY as 1) as string[]
  const whole = data.length === sizeOf(shape) && data.every((item) => typeof item === 'string')
  return whole ? { dtype: 'string', shape, data } : undefined
}

/** The shape that the notes have for an array of strings. */
function shapeIn(notes: DataValue | undefined, key: string): number[] | undefined {
  return entriesOf(notes)[key] as number[] | undefined
}
