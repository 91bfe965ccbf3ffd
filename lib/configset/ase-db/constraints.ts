/**
 * ASE's constraints and what stands for them in a configuration.
 *
 * Fixed atoms (FixAtoms), or fixed coordinates of atoms (FixCartesian), are the array `move_mask`, as in ASE's extended XYZ:
 * true is free to move. What a mask can't say is kept in `info.constraints`, as ASE's list of {name, kwargs}. A mask and a list
 * that would not be read back so (a list that says what a mask can say, say) are written a second time, in `data`.
 */
import { equalNdArrays, type InfoValue, isNdArray, type JsonValue, type NdArray } from '../../base/ndarray.js'
import { isRecord } from './data-codec.js'
import { formatPythonJson, type PythonJson, parsePythonJson, plainJson } from './python-json.js'

/** A constraint as ASE's todict() gives it. */
export interface Constraint {
  name: string
  kwargs: { [key: string]: JsonValue }
}

/** `arrays.move_mask` and `info.constraints`, as far as they are there. */
export interface Fixed {
  mask?: NdArray | undefined
  list?: InfoValue | undefined
}

/** The text of the column for n atoms; null for no constraints. */
export function constraintsText({ mask, list }: Fixed, n: number): string | null {
  const constraints = [...(mask ? constraintsOfMask(mask, n) : []), ...(isConstraintList(list) ? list : [])]
  return constraints.length > 0 ? formatPythonJson(constraints as unknown as PythonJson) : null
}

/** Whether two texts of the column say the same. */
export function sameConstraints(a: unknown, b: unknown): boolean {
  return jsonOf(parseConstraints(a)) === jsonOf(parseConstraints(b))
}

/** What stands for the column in a configuration of n atoms. */
export function fixedBy(text: unknown, n: number): Fixed {
  const { mask, others } = maskOf(parseConstraints(text), n)
  return { mask: mask ?? undefined, list: others.length > 0 ? (others as unknown as JsonValue) : undefined }
}

/** Whether both are the same, bit for bit. */
export function sameFixed(a: Fixed, b: Fixed): boolean {
  const sameMasks = a.mask && b.mask ? equalNdArrays(a.mask, b.mask) : a.mask === b.mask
  const known = isConstraintList(a.list) && isConstraintList(b.list)
  return sameMasks && (known ? jsonOf(a.list) === jsonOf(b.list) : a.list === b.list)
}

function jsonOf(list: unknown): string {
  return formatPythonJson(list as PythonJson)
}

/** The constraints of a stored list, in the current form; none for a column without text. */
export function parseConstraints(text: unknown): Constraint[] {
  const list = typeof text === 'string' ? plainJson(parsePythonJson(text)) : []
  return Array.isArray(list) ? list.flatMap((entry) => (isRecord(entry) ? [currentForm(entry)] : [])) : []
}

/** Early versions wrote {__name__, …kwargs}, and names with their module. */
function currentForm(entry: { [key: string]: unknown }): Constraint {
  const { __name__: oldName, ...rest } = entry as { [key: string]: JsonValue }
  const name = String(oldName ?? entry['name'])
  const kwargs = oldName === undefined ? ((entry['kwargs'] ?? {}) as Constraint['kwargs']) : rest
  return { name: name.startsWith('ase') ? name.slice(name.lastIndexOf('.') + 1) : name, kwargs }
}

/** Splits constraints of n atoms in a mask and what no mask can say. */
function maskOf(constraints: readonly Constraint[], n: number): { mask: NdArray | null; others: Constraint[] } {
  for (const [name, width] of [
    ['FixAtoms', 1],
    ['FixCartesian', 3],
  ] as const) {
    const fixed = constraints.map((constraint) => (constraint.name === name ? fixedOf(constraint, n) : undefined))
    if (!fixed.some(Boolean)) continue
    const data = new Uint8Array(n * width).fill(1)
    for (const place of fixed.flatMap((places) => places ?? [])) data[place] = 0
    return {
      mask: { dtype: 'bool', shape: width === 1 ? [n] : [n, width], data },
      others: constraints.filter((_, k) => !fixed[k]),
    }
  }
  return { mask: null, others: [...constraints] }
}

/** The places in the mask that a constraint fixes; undefined if it doesn't fit n atoms. */
function fixedOf({ name, kwargs }: Constraint, n: number): number[] | undefined {
  const atoms = integers(kwargs[name === 'FixAtoms' ? 'indices' : 'a'])
  if (!atoms || atoms.length === 0 || !atoms.every((atom) => atom >= 0 && atom < n)) return undefined
  if (name === 'FixAtoms') return atoms
  const mask = kwargs['mask'] ?? [true, true, true]
  if (!Array.isArray(mask) || mask.length !== 3) return undefined
  return atoms.flatMap((atom) => mask.flatMap((fixed, direction) => (fixed ? [3 * atom + direction] : [])))
}

function integers(value: JsonValue | undefined): number[] | undefined {
  const list = Array.isArray(value) ? value : [value]
  return list.every((item) => Number.isInteger(item)) ? (list as number[]) : undefined
}

/** The constraints that a `move_mask` stands for; none for an array that is no such mask or fixes nothing. */
function constraintsOfMask(mask: NdArray, n: number): Constraint[] {
  if (mask.dtype !== 'bool' || mask.shape[0] !== n) return []
  const { data, shape } = mask
  if (shape.length === 1) {
    const indices = [...data.keys()].filter((atom) => data[atom] === 0)
    return indices.length > 0 ? [{ name: 'FixAtoms', kwargs: { indices } }] : []
  }
  if (shape.length !== 2 || shape[1] !== 3) return []
  return Array.from({ length: n }, (_, a) => ({
    a,
    mask: Array.from(data.subarray(3 * a, 3 * a + 3), (free) => free === 0),
  }))
    .filter((kwargs) => kwargs.mask.includes(true))
    .map((kwargs) => ({ name: 'FixCartesian', kwargs }))
}

/** Whether a value is a list of constraints, as `info.constraints` is after reading. */
function isConstraintList(value: unknown): value is Constraint[] {
  return (
    Array.isArray(value) &&
    !isNdArray(value) &&
    value.length > 0 &&
    value.every((entry) => isRecord(entry) && typeof entry['name'] === 'string' && isRecord(entry['kwargs']))
  )
}

/** The largest force norm after the constraints of the column; null where they are not of the kind that a mask says. */
export function constrainedFmax(forces: Float64Array, text: unknown): number | null {
  const n = forces.length / 3
  if (n === 0) return null
  const atoms = maskOf(parseConstraints(text), n)
  const cartesian = maskOf(atoms.others, n)
  if (cartesian.others.length > 0) return null
  let most = 0
  for (let i = 0; i < n; i++) {
    let square = 0
    for (let d = 3 * i; d < 3 * i + 3; d++)
      if (isFree(atoms.mask, d) && isFree(cartesian.mask, d)) square += forces[d]! ** 2
    if (!(square <= most)) most = square
  }
  return Math.sqrt(most)
}

/** Whether a mask leaves coordinate `d` (3 for each atom) free. */
function isFree(mask: NdArray | null, d: number): boolean {
  return mask === null || mask.data[mask.shape.length === 1 ? Math.floor(d / 3) : d] !== 0
}
