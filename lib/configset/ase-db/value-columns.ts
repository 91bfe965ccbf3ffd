/**
 * The columns of `systems` that hold values of `info` and `arrays`: under the same names as in ASE, so that what a
 * calculator left as `energy` or `forces` is found by ASE's queries.
 */
import { type InfoValue, isNdArray, type NdArray } from '../../base/ndarray.js'
import type { SqlRow, SqlValue } from './sqlite-connection.js'

/** A column of an array. */
interface ArrayColumn {
  readonly dtype: 'float64' | 'int32'
  /** The shape for n atoms. */
  shape(n: number): number[]
}

const FLOATS: ArrayColumn = { dtype: 'float64', shape: (n) => [n] }
const VECTORS: ArrayColumn = { dtype: 'float64', shape: (n) => [n, 3] }

/** Numbers of the configuration (`info`). */
export const SCALAR_COLUMNS = ['energy', 'free_energy', 'magmom'] as const

/** Arrays of the configuration (`info`): the stress in Voigt order (xx yy zz yz xz xy, eV/Å³), the dipole. */
export const VECTOR_COLUMNS: Readonly<Record<string, ArrayColumn>> = {
  stress: { dtype: 'float64', shape: () => [6] },
  dipole: { dtype: 'float64', shape: () => [3] },
}

/** Arrays of the atoms (`arrays`). */
export const ATOM_COLUMNS: Readonly<Record<string, ArrayColumn>> = {
  initial_magmoms: FLOATS,
  initial_charges: FLOATS,
  masses: FLOATS,
  tags: { dtype: 'int32', shape: (n) => [n] },
  momenta: VECTORS,
  forces: VECTORS,
  magmoms: FLOATS,
  charges: FLOATS,
}

/** Columns that hold results of a calculator. */
export const RESULT_COLUMNS = [
  'energy',
  'free_energy',
  'forces',
  'stress',
  'dipole',
  'magmoms',
  'magmom',
  'charges',
] as const

/** Whether a key of `info` is a column of one number. */
export function isScalarColumn(key: string): boolean {
  return (SCALAR_COLUMNS as readonly string[]).includes(key)
}

/** The number that a column can hold of a value. */
export function toScalar(value: InfoValue): number | undefined {
  return typeof value === 'number' && !Number.isNaN(value) ? value : undefined
}

/** The number in a column of one number; numpy's are blobs. */
export function readScalar(stored: SqlValue | undefined): number | undefined {
  if (stored instanceof Uint8Array) return new Float64Array(stored.slice().buffer)[0] ?? Number.NaN
  return typeof stored === 'number' ? stored : undefined
}

/** Whether the column of a value's name, if it is one of `columns`, holds what {@link toColumn} makes of the value. */
export function columnAgrees(
  columns: Readonly<Record<string, ArrayColumn>>,
  row: SqlRow,
  name: string,
  value: InfoValue,
  n: number,
): boolean {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined
  if (!column) return true
  const made = toColumn(name, column, value, n)?.data
  const stored = row[name]
  if (!made || !(stored instanceof Uint8Array)) return !made && !(stored instanceof Uint8Array)
  return Buffer.from(made.buffer, made.byteOffset, made.byteLength).equals(stored)
}

/** The numbers of a value for a column, and whether they say all that the value says; undefined when they don't fit. */
export function toColumn(
  name: string,
  column: ArrayColumn,
  value: InfoValue,
  n: number,
): { data: Float64Array | Int32Array; exact: boolean } | undefined {
  if (!isNdArray(value) || value.dtype === 'string' || value.dtype === 'bool') return undefined
  const shape = column.shape(n)
  const floats = value.dtype === 'float64' ? value.data : Float64Array.from(value.data as ArrayLike<unknown>, Number)
  const same = shape.length === value.shape.length && shape.every((length, d) => length === value.shape[d])
  if (!same) {
    const voigt = name === 'stress' && floats.length === 9 ? voigtOf(floats) : undefined
    return voigt && { data: voigt, exact: false }
  }
  if (column.dtype === 'float64') return { data: floats, exact: value.dtype === 'float64' }
  const data = Int32Array.from(floats)
  return floats.every((x, i) => x === data[i]) ? { data, exact: value.dtype === 'int32' } : undefined
}

/** The six components of a 3 × 3 stress, as ASE takes them. */
function voigtOf(matrix: Float64Array): Float64Array {
  return Float64Array.from([0, 4, 8, 5, 2, 1], (place) => matrix[place]!)
}

/** The array of a stored column; k numbers for each atom where ASE stored so (magnetic moments that are vectors). @throws {RangeError} */
export function fromColumn(name: string, column: ArrayColumn, bytes: Uint8Array, n: number): NdArray {
  const { buffer, byteLength } = bytes.slice()
  const { dtype } = column
  const itemsize = dtype === 'int32' ? 4 : 8
  let shape = column.shape(n)
  const size = shape.reduce((product, length) => product * length, itemsize)
  if (byteLength !== size) {
    if (shape[0] !== n || byteLength === 0 || byteLength % (n * itemsize) !== 0)
      throw new RangeError(`${name} has ${byteLength} bytes where ${n} atoms need ${size}`)
    shape = [n, byteLength / (n * itemsize)]
  }
  return dtype === 'int32'
    ? { dtype, shape, data: new Int32Array(buffer) }
    : { dtype, shape, data: new Float64Array(buffer) }
}
