/** Potentials that are a sum over pairs of a function of their distance, the same for all species. */
import { RECORD } from '../atoms/periodic-images.js'
import { ShortRangePotential, type Wanted } from './short-range-potential.js'

/** A pair potential: a subclass gives u(r) and its slope. Each atom has half of the energy and of the virial of its pairs. */
export abstract class PairPotential extends ShortRangePotential {
  readonly implementedProperties: readonly string[] = [
    'energy',
    'free_energy',
    'energies',
    'forces',
    'stress',
    'stresses',
  ]
  readonly #term: Float64Array = new Float64Array(2)

  /** Sets term[0] = u, eV, and term[1] = (du/dr)/r, eV/Å², of a pair at distance² `r2`; both 0 beyond the cutoff. */
  protected abstract pair(r2: number, term: Float64Array): void

  protected override evaluate(_atoms: unknown, wanted: Wanted): void {
    const energies = wanted === 'energies'
    const { images, offsets, neighbors } = this.list
    const { natoms, records: x } = images
    const term = this.#term
    let total = 0
    for (let i = 0, m = 0; i < natoms; i++) {
      const a = RECORD * i
      for (const end = offsets[i + 1]!; m < end; m++) {
        const o = neighbors[m]!
        const dx = x[o]! - x[a]!
        const dy = x[o + 1]! - x[a + 1]!
        const dz = x[o + 2]! - x[a + 2]!
        this.pair(dx * dx + dy * dy + dz * dz, term)
        const u = term[0]!
        const slope = term[1]!
        total += u
        if (energies) {
          x[a + 3]! += 0.5 * u
          x[o + 3]! += 0.5 * u
        }
        x[a + 4]! += slope * dx
        x[a + 5]! += slope * dy
        x[a + 6]! += slope * dz
        x[o + 4]! -= slope * dx
        x[o + 5]! -= slope * dy
        x[o + 6]! -= slope * dz
      }
    }
    this.total[0] = total
  }

  protected override stresses(volume: number): Float64Array {
    const { images, offsets, neighbors } = this.list
    const { natoms, parents, records: x } = images
    const stresses = new Float64Array(6 * natoms)
    const d = new Float64Array(3)
    for (let i = 0, m = 0; i < natoms; i++) {
      for (const end = offsets[i + 1]!; m < end; m++) {
        const o = neighbors[m]!
        for (let c = 0; c < 3; c++) d[c] = x[o + c]! - x[RECORD * i + c]!
        this.pair(d[0]! * d[0]! + d[1]! * d[1]! + d[2]! * d[2]!, this.#term)
        const share = (0.5 * this.#term[1]!) / volume
        for (let v = 0; v < 6; v++) {
          const virial = share * d[ROW[v]!]! * d[COLUMN[v]!]!
          stresses[6 * i + v]! += virial
          stresses[6 * parents[o / RECORD]! + v]! += virial
        }
      }
    }
    return stresses
  }
}

/** Voigt order xx yy zz yz xz xy. */
const ROW: readonly number[] = [0, 1, 2, 1, 0, 0]
const COLUMN: readonly number[] = [0, 1, 2, 2, 2, 1]
