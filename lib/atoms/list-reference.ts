/**
 * Where atoms and cell were when a neighbour list was built: says whether the list still holds every pair within the cutoff.
 *
 * Let F be the linear map from the old lattice to the new one. An atom's own move is w = r - r_old · F, the same for all
 * its images, so a pair that was at least cutoff + skin apart is now at least
 *
 *     (1 - |F - 1|) (cutoff + skin) - 2 max|w|
 *
 * apart (|·|: Frobenius norm), whatever its images. The list holds as long as that is no less than the cutoff.
 */
import { completeCell, inverseCell } from './cell.js'
import type { PeriodicPoints } from './periodic-images.js'

/** The reference of one list; remembers and compares without allocating, once it has seen the number of atoms. */
export class ListReference {
  #natoms = -1
  #positions: Float64Array = new Float64Array(0)
  readonly #cell: Float64Array = new Float64Array(9)
  #inverse: Float64Array = new Float64Array(9)
  readonly #map: Float64Array = new Float64Array(9)
  readonly #pbc: [boolean, boolean, boolean] = [false, false, false]

  /** After this nothing is covered until the next `remember`. */
  forget(): void {
    this.#natoms = -1
  }

  /** Takes the configuration that a list has just been built for. */
  remember({ positions, cell, pbc }: PeriodicPoints): void {
    if (this.#positions.length !== positions.length) this.#positions = new Float64Array(positions.length)
    this.#positions.set(positions)
    for (let c = 0; c < 9; c++) this.#cell[c] = cell[c]!
    for (let d = 0; d < 3; d++) this.#pbc[d] = pbc[d]!
    if (pbc.includes(true)) this.#inverse = inverseCell(completeCell(cell))
    this.#natoms = positions.length / 3
  }

  /** Whether a list of all pairs within cutoff + skin at the reference holds all pairs within the cutoff of `points`. */
  covers(points: PeriodicPoints, cutoff: number, skin: number): boolean {
    if (points.positions.length !== 3 * this.#natoms) return false
    for (let d = 0; d < 3; d++) if (points.pbc[d] !== this.#pbc[d]) return false
    const strain = this.#strain(points.cell)
    const room = ((1 - strain) * (cutoff + skin) - cutoff) / 2
    if (!(room > 0)) return false
    return this.#allWithin(points.positions, room * room * (1 - 1e-9), strain === 0)
  }

  /** |F - 1|, with F in `#map`; 0 for the very same cell and where nothing is periodic. */
  #strain(cell: ArrayLike<number>): number {
    let same = true
    for (let c = 0; c < 9 && same; c++) same = cell[c] === this.#cell[c]
    if (same || !(this.#pbc[0] || this.#pbc[1] || this.#pbc[2])) return 0
    for (let d = 0; d < 3; d++) {
      const missing = cell[3 * d] === 0 && cell[3 * d + 1] === 0 && cell[3 * d + 2] === 0
      if (missing) return Number.POSITIVE_INFINITY
    }
    let sum = 0
    for (let r = 0; r < 3; r++) {
      for (let c = 0; c < 3; c++) {
        let value = 0
        for (let e = 0; e < 3; e++) value += this.#inverse[3 * r + e]! * cell[3 * e + c]!
        this.#map[3 * r + c] = value
        sum += (value - (r === c ? 1 : 0)) ** 2
      }
    }
    return Math.sqrt(sum)
  }

  /** Whether no atom's own move is longer than the root of `limit2`. */
  #allWithin(positions: Float64Array, limit2: number, sameCell: boolean): boolean {
    const old = this.#positions
    const m = this.#map
    for (let o = 0; o < positions.length; o += 3) {
      let x = old[o]!
      let y = old[o + 1]!
      let z = old[o + 2]!
      if (!sameCell) {
        const u = x
        const v = y
        const w = z
        x = u * m[0]! + v * m[3]! + w * m[6]!
        y = u * m[1]! + v * m[4]! + w * m[7]!
        z = u * m[2]! + v * m[5]! + w * m[8]!
      }
      const dx = positions[o]! - x
      const dy = positions[o + 1]! - y
      const dz = positions[o + 2]! - z
      // Written so that a NaN is no success.
      if (!(dx * dx + dy * dy + dz * dz <= limit2)) return false
    }
    return true
  }
}
