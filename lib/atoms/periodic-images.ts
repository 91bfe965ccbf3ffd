/**
 * The atoms of a configuration and those of their periodic copies that lie within a distance of them.
 *
 *     image 0 … natoms - 1      the atoms, moved into the cell along its periodic directions
 *     image natoms … count - 1  copies ("ghosts") near the cell
 *
 * Image k is atom `parents[k]` displaced by `shifts[3k…]` whole lattice vectors. With images a pair loop needs no periodic
 * arithmetic, and a cell smaller than the distance is no special case: an atom just has many images.
 *
 * Positions stand in records of eight numbers, a line of cache: x y z, and five that are free for what a pair loop sums for
 * each image; `build` and `place` leave zeros there.
 *
 * `half`: only ghosts n cells away from their atom with n > 0 in the order of (n0, n1, n2). Of the pairs (i, j + n) and
 * (j, i - n), which are one, exactly one is then an atom with a ghost: half of the ghosts, and half of the work.
 */
import { AutoparaError } from '../base/errors.js'
import { CellError, cellHeights, completeCell, inverseCell, latticeVectors } from './cell.js'

/** Points in a cell, periodic along some of its vectors: what neighbours are searched among. Atoms are such. */
export interface PeriodicPoints {
  /** 3N, Å. */
  readonly positions: Float64Array
  /** Nine numbers, a lattice vector a row, Å; a row of zeros is a missing vector. */
  readonly cell: ArrayLike<number>
  /** Three: which of the directions are periodic. */
  readonly pbc: readonly boolean[]
}

/** A configuration whose neighbours can't be found: a position that isn't finite, or more images than memory holds. */
export class NeighborError extends AutoparaError {
  override readonly name = 'NeighborError'

  constructor(message: string) {
    super('AUTOPARA_NEIGHBORS', message)
  }
}

const MAX_IMAGES = 2 ** 26
/** Lattice vectors that an atom may be away from the cell: shifts are 32-bit integers. */
const MAX_SHIFT = 2 ** 30
/** Numbers a record: image k's is at RECORD · k. */
export const RECORD = 8
const UNIT = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)

/** Images of one configuration after another; the arrays are kept and only grow. */
export class PeriodicImages {
  natoms = 0
  /** How many images there are, the atoms included. */
  count = 0
  /** The atom that an image belongs to. */
  parents: Int32Array = new Int32Array(0)
  /** Three integers an image: position = the atom's own + shift · cell. */
  shifts: Int32Array = new Int32Array(0)
  /** RECORD × count: x, y, z in Å, and five that belong to whoever uses the images. */
  records: Float64Array = new Float64Array(0)
  readonly half: boolean
  /** shift · cell of each image, Å, for the cell in `#cell`. */
  #displacements: Float64Array = new Float64Array(0)
  readonly #cell: Float64Array = new Float64Array(9).fill(Number.NaN)
  /** Coordinates in units of the lattice vectors, as long as images are being made. */
  #fractional: Float64Array = new Float64Array(0)

  constructor(half = false) {
    this.half = half
  }

  /** Finds the images that have an atom of the cell within `reach` (and some that do not). */
  build(points: PeriodicPoints, reach: number): void {
    this.natoms = this.count = points.positions.length / 3
    this.#reserve(this.count)
    // Without periodic directions the cell does not matter; it may then be of any kind, a flat one too.
    if (!points.pbc.includes(true)) {
      this.#wrapAtoms(points, UNIT)
    } else {
      checkPeriodicity(points)
      const full = completeCell(points.cell)
      const heights = cellHeights(full)
      this.#wrapAtoms(points, inverseCell(full))
      for (let d = 0; d < 3; d++) if (points.pbc[d]) this.#addGhosts(d, reach / heights[d]!)
    }
    this.#displace(points.cell)
    this.place(points)
  }

  /** Computes the images' positions anew after the atoms moved or the cell changed a little. */
  place(points: PeriodicPoints): void {
    for (let c = 0; c < 9; c++) {
      if (points.cell[c] === this.#cell[c]) continue
      this.#displace(points.cell)
      break
    }
    const { parents, records, count } = this
    const displacements = this.#displacements
    const source = points.positions
    for (let k = 0, d = 0, o = 0; k < count; k++, d += 3, o += RECORD) {
      const p = 3 * parents[k]!
      records[o] = source[p]! + displacements[d]!
      records[o + 1] = source[p + 1]! + displacements[d + 1]!
      records[o + 2] = source[p + 2]! + displacements[d + 2]!
      records[o + 3] = 0
      records[o + 4] = 0
      records[o + 5] = 0
      records[o + 6] = 0
      records[o + 7] = 0
    }
  }

  /** What the images' shifts are in Å. */
  #displace(cell: ArrayLike<number>): void {
    const { shifts, count } = this
    const displacements = this.#displacements
    for (let c = 0; c < 9; c++) this.#cell[c] = cell[c]!
    const a0 = cell[0]!
    const a1 = cell[1]!
    const a2 = cell[2]!
    const b0 = cell[3]!
    const b1 = cell[4]!
    const b2 = cell[5]!
    const c0 = cell[6]!
    const c1 = cell[7]!
    const c2 = cell[8]!
    for (let o = 0; o < 3 * count; o += 3) {
      const s = shifts[o]!
      const t = shifts[o + 1]!
      const u = shifts[o + 2]!
      displacements[o] = s * a0 + t * b0 + u * c0
      displacements[o + 1] = s * a1 + t * b1 + u * c1
      displacements[o + 2] = s * a2 + t * b2 + u * c2
    }
  }

  /** Images 0 … natoms - 1: each atom with the shift that brings it into the cell. */
  #wrapAtoms({ positions, pbc }: PeriodicPoints, inverse: Float64Array): void {
    for (let i = 0, o = 0; i < this.natoms; i++, o += 3) {
      const x = positions[o]!
      const y = positions[o + 1]!
      const z = positions[o + 2]!
      if (!Number.isFinite(x + y + z)) {
        throw new NeighborError(`Atom ${i} is at (${x}, ${y}, ${z}): a position must be finite`)
      }
      this.parents[i] = i
      for (let d = 0; d < 3; d++) {
        const f = x * inverse[d]! + y * inverse[3 + d]! + z * inverse[6 + d]!
        const shift = pbc[d] ? -Math.floor(f) : 0
        if (Math.abs(shift) > MAX_SHIFT) {
          throw new NeighborError(
            `Atom ${i} lies ${Math.abs(shift)} cells away (direction ${d}): wrap() the atoms first`,
          )
        }
        this.shifts[o + d] = shift
        this.#fractional[o + d] = f + shift
      }
    }
  }

  /**
   * Copies every image so far along direction `d`, as far as `margin` (in cells) beyond the outermost atoms; with `half` the
   * atoms themselves forwards only.
   */
  #addGhosts(d: number, margin: number): void {
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    if (this.natoms === 0) return
    for (let i = 0; i < this.natoms; i++) {
      const f = this.#fractional[3 * i + d]!
      if (f < low) low = f
      if (f > high) high = f
    }
    low -= margin + 1e-9
    high += margin + 1e-9
    const before = this.count
    this.#reserve(before * Math.ceil(high - low + 1))
    for (let k = 0; k < before; k++) {
      const f = this.#fractional[3 * k + d]!
      for (let n = 1; f + n <= high; n++) this.#addImage(k, d, n)
      if (this.half && k < this.natoms) continue
      for (let n = -1; f + n >= low; n--) this.#addImage(k, d, n)
    }
  }

  #addImage(of: number, d: number, cells: number): void {
    const k = this.count++
    this.parents[k] = this.parents[of]!
    for (let e = 0; e < 3; e++) {
      this.shifts[3 * k + e] = this.shifts[3 * of + e]!
      this.#fractional[3 * k + e] = this.#fractional[3 * of + e]!
    }
    this.shifts[3 * k + d]! += cells
    this.#fractional[3 * k + d]! += cells
  }

  /** Makes room for `count` images, keeping those that there are. */
  #reserve(count: number): void {
    if (count <= this.parents.length) return
    if (!(count <= MAX_IMAGES)) {
      throw new NeighborError(
        `The cutoff reaches over ${count} periodic images (at most ${MAX_IMAGES}): is the cell, in Å, too small?`,
      )
    }
    const size = Math.max(count, Math.min(MAX_IMAGES, 2 * this.parents.length))
    this.parents = grown(this.parents, new Int32Array(size))
    this.shifts = grown(this.shifts, new Int32Array(3 * size))
    this.#fractional = grown(this.#fractional, new Float64Array(3 * size))
    this.#displacements = new Float64Array(3 * size)
    this.records = new Float64Array(RECORD * size)
  }
}

/** Copies `old` into the longer `next`. */
function grown<T extends Int32Array | Float64Array>(old: T, next: T): T {
  next.set(old)
  return next
}

function checkPeriodicity({ cell, pbc }: PeriodicPoints): void {
  if (latticeVectors(cell) === 3) return
  for (let d = 0; d < 3; d++) {
    if (pbc[d] && cell[3 * d] === 0 && cell[3 * d + 1] === 0 && cell[3 * d + 2] === 0) {
      throw new CellError(
        cell,
        `Direction ${d} is periodic, but its lattice vector is zero: set pbc false or give a cell`,
      )
    }
  }
}
