/**
 * One frame of an extended-XYZ file, as plain data: it knows columns and keys, and no Atoms.
 *
 * `info` and `arrays` are records without a prototype, so that keys such as `__proto__` are data.
 */
import type { InfoValue, NdArray } from '../base/ndarray.js'

/** For keys whose JavaScript value doesn't tell the type in the file: whole numbers that were written as floats (`2.0`) have the entry 'float'. */
export type InfoTypes = Record<string, string>

/** One configuration of an extended-XYZ file. */
export interface Frame {
  /** The number of atoms. */
  natoms: number
  /** The three cell vectors as rows, Å; null when the file gives no Lattice. */
  cell: Float64Array | null
  /** Which directions are periodic; without `pbc` in the file, all where there is a Lattice, none otherwise. */
  pbc: [boolean, boolean, boolean]
  /** The keys of the comment line, in the order of the file (keys that look like integers come first, as in any object). */
  info: Record<string, InfoValue>
  /** See {@link InfoTypes}; absent when there is nothing to remember. */
  infoTypes?: InfoTypes | undefined
  /** The columns of the atom lines in order, under their names in the file: shape [natoms] or [natoms, count]. */
  arrays: Record<string, NdArray>
}
