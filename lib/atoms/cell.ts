/**
 * The geometry of a cell: nine numbers in Å, row-major, one lattice vector a row; a row of zeros is a missing vector.
 *
 * All functions are pure over flat arrays. A fractional coordinate f and a position r (both rows) are related by
 * r = f · cell and f = r · inverse(cell).
 */
import { AutoparaError } from '../base/errors.js'

/** A cell that does not span space where three lattice vectors are needed. */
export class CellError extends AutoparaError {
  override readonly name = 'CellError'
  /** The cell as it was, nine numbers in Å. */
  readonly cell: readonly number[]

  constructor(cell: ArrayLike<number>, message: string) {
    super('AUTOPARA_CELL', message)
    this.cell = Array.from(cell)
  }
}

/** a · (b × c) of the three rows: the volume with its sign (negative for a left-handed cell), Å³. */
export function determinant(cell: ArrayLike<number>): number {
  // Element by element: this stands in every step of a trajectory, where destructuring would leave garbage.
  const bc0 = cell[4]! * cell[8]! - cell[5]! * cell[7]!
  const bc1 = cell[5]! * cell[6]! - cell[3]! * cell[8]!
  const bc2 = cell[3]! * cell[7]! - cell[4]! * cell[6]!
  return cell[0]! * bc0 + cell[1]! * bc1 + cell[2]! * bc2
}

/** The volume, Å³. @throws {CellError} for fewer than three independent lattice vectors. */
export function cellVolume(cell: ArrayLike<number>): number {
  const volume = Math.abs(determinant(cell))
  if (!(volume > 0)) {
    throw new CellError(cell, 'The cell has no volume: give three independent lattice vectors, in Å')
  }
  return volume
}

/** How many of the three vectors are not zero. */
export function latticeVectors(cell: ArrayLike<number>): number {
  let count = 0
  for (let i = 0; i < 3; i++) if (!isMissing(cell, i)) count++
  return count
}

/**
 * The inverse of the cell, row-major: f = r · inverse. Its columns are the reciprocal vectors (without 2π).
 *
 * @throws {CellError} for a singular cell.
 */
export function inverseCell(cell: ArrayLike<number>): Float64Array {
  const det = determinant(cell)
  if (!(Math.abs(det) > 0)) {
    throw new CellError(cell, 'The cell can not be inverted: give three independent lattice vectors, in Å')
  }
  const [a0, a1, a2, b0, b1, b2, c0, c1, c2] = nine(cell)
  return Float64Array.of(
    (b1 * c2 - b2 * c1) / det,
    (a2 * c1 - a1 * c2) / det,
    (a1 * b2 - a2 * b1) / det,
    (b2 * c0 - b0 * c2) / det,
    (a0 * c2 - a2 * c0) / det,
    (a2 * b0 - a0 * b2) / det,
    (b0 * c1 - b1 * c0) / det,
    (a1 * c0 - a0 * c1) / det,
    (a0 * b1 - a1 * b0) / det,
  )
}

/** The reciprocal vectors as rows, without 2π (as ASE's `cell.reciprocal()`): a_i · b_j = δ_ij. 1/Å. */
export function reciprocalCell(cell: ArrayLike<number>): Float64Array {
  const [a0, a1, a2, b0, b1, b2, c0, c1, c2] = nine(inverseCell(cell))
  return Float64Array.of(a0, b0, c0, a1, b1, c1, a2, b2, c2)
}

/** The distances between opposite faces of the cell, Å: V / |b × c| and so on. @throws {CellError} for a singular cell. */
export function cellHeights(cell: ArrayLike<number>): [number, number, number] {
  const b = reciprocalCell(cell)
  const height = (i: number): number => 1 / Math.hypot(b[3 * i]!, b[3 * i + 1]!, b[3 * i + 2]!)
  return [height(0), height(1), height(2)]
}

/** The cell with each missing vector replaced by a unit vector normal to the others, so that it spans space. */
export function completeCell(cell: ArrayLike<number>): Float64Array {
  if (latticeVectors(cell) === 0) return Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)
  const full = Float64Array.from(cell)
  for (let i = 0; i < 3; i++) {
    if (!isMissing(full, i)) continue
    const j = (i + 1) % 3
    const k = (i + 2) % 3
    full.set(isMissing(full, j) || isMissing(full, k) ? normalToTheOther(full) : unitCross(full, j, k), 3 * i)
  }
  return full
}

/** Positions (3N, Å) to fractional coordinates (3N) of the completed cell. */
export function toFractional(positions: Float64Array, cell: ArrayLike<number>): Float64Array {
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = nine(inverseCell(completeCell(cell)))
  const out = new Float64Array(positions.length)
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i]!
    const y = positions[i + 1]!
    const z = positions[i + 2]!
    out[i] = x * m0 + y * m3 + z * m6
    out[i + 1] = x * m1 + y * m4 + z * m7
    out[i + 2] = x * m2 + y * m5 + z * m8
  }
  return out
}

/**
 * Moves positions (3N, Å, in place) into the cell along its periodic directions, by whole lattice vectors: an atom that is
 * inside keeps its coordinates bit for bit. As in ASE, an atom up to 1e-7 below a face counts as inside.
 *
 * @throws {CellError} when a periodic direction has no lattice vector.
 */
export function wrapPositions(positions: Float64Array, cell: ArrayLike<number>, pbc: readonly boolean[]): void {
  for (let d = 0; d < 3; d++) {
    if (pbc[d] && isMissing(cell, d)) {
      throw new CellError(cell, `Can not wrap: direction ${d} is periodic, but its lattice vector is zero`)
    }
  }
  if (!pbc.includes(true)) return
  const fractional = toFractional(positions, cell)
  for (let i = 0; i < positions.length; i += 3) {
    for (let d = 0; d < 3; d++) {
      const shift = pbc[d] ? Math.floor(fractional[i + d]! + 1e-7) : 0
      if (shift === 0) continue
      for (let k = 0; k < 3; k++) positions[i + k]! -= shift * cell[3 * d + k]!
    }
  }
}

function isMissing(cell: ArrayLike<number>, row: number): boolean {
  return cell[3 * row] === 0 && cell[3 * row + 1] === 0 && cell[3 * row + 2] === 0
}

/** The unit vector along row j × row k. */
function unitCross(cell: Float64Array, j: number, k: number): [number, number, number] {
  const [bx, by, bz] = [cell[3 * j]!, cell[3 * j + 1]!, cell[3 * j + 2]!]
  const [cx, cy, cz] = [cell[3 * k]!, cell[3 * k + 1]!, cell[3 * k + 2]!]
  const [x, y, z] = [by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx]
  const length = Math.hypot(x, y, z)
  return [x / length, y / length, z / length]
}

/** A unit vector normal to the only row that is not missing. */
function normalToTheOther(cell: Float64Array): [number, number, number] {
  const row = [0, 1, 2].find((i) => !isMissing(cell, i)) ?? 0
  const v = cell.subarray(3 * row, 3 * row + 3)
  const smallest = v.reduce((best, value, d) => (Math.abs(value) < Math.abs(v[best]!) ? d : best), 0)
  const probe = Float64Array.of(0, 0, 0, ...v)
  probe[smallest] = 1
  return unitCross(probe, 1, 0)
}

type Nine = [number, number, number, number, number, number, number, number, number]

/** The nine numbers, for destructuring into locals. */
function nine(cell: ArrayLike<number>): Nine {
  return [cell[0]!, cell[1]!, cell[2]!, cell[3]!, cell[4]!, cell[5]!, cell[6]!, cell[7]!, cell[8]!]
}
