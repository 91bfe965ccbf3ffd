/**
 * The Lennard-Jones potential with ASE's parameters and conventions (one epsilon and sigma for all species):
 *
 *     u(r) = 4 ε ((σ/r)¹² - (σ/r)⁶) - u(rc)          r ≤ rc
 *
 * or, with `smooth`, u(r) times a function of r² that goes from 1 at ro to 0 at rc with continuous slope instead of the
 * shift (from JAX-MD, after HOOMD-blue). Each atom has half of the energy of its pairs.
 */
import { RECORD } from '../atoms/periodic-images.js'
import { checkBoolean, checkKeys } from '../base/options.js'
import { PairPotential } from './pair-potential.js'
import { checkNonNegative, checkPositive } from './parameters.js'
import type { Wanted } from './short-range-potential.js'

/** Options of {@link LennardJones}. */
export interface LennardJonesOptions {
  /** The depth of the minimum, eV. Default 1. */
  epsilon?: number
  /** Where u = 0, Å; the minimum is at 2^(1/6) σ. Default 1. */
  sigma?: number
  /** The cutoff, Å. Default 3 σ. */
  rc?: number
  /** With `smooth`: where the cutoff function begins to fall, Å. Default 0.66 rc. */
  ro?: number
  /** Multiply by a cutoff function instead of shifting, so that forces are continuous too. Default false. */
  smooth?: boolean
}

/** The Lennard-Jones potential. Energy, energies, forces, stress, and `stresses` on request. */
export class LennardJones extends PairPotential {
  override readonly name = 'LennardJones'
  override readonly parameters: Readonly<Required<LennardJonesOptions>>
  readonly #shift: number

  /** @throws {OptionTypeError | OptionRangeError} for an option that is unknown or impossible. */
  constructor(options: LennardJonesOptions = {}) {
    super()
    checkKeys(options, ['epsilon', 'sigma', 'rc', 'ro', 'smooth'], 'LennardJones')
    const sigma = checkPositive('sigma', options.sigma, 1)
    const rc = checkPositive('rc', options.rc, 3 * sigma)
    this.parameters = Object.freeze({
      epsilon: checkNonNegative('epsilon', options.epsilon, 1),
      sigma,
      rc,
      ro: checkNonNegative('ro', options.ro, 0.66 * rc),
      smooth: checkBoolean('smooth', options.smooth, false),
    })
    this.#shift = 4 * this.parameters.epsilon * ((sigma / rc) ** 12 - (sigma / rc) ** 6)
  }

  protected override cutoff(): number {
    return this.parameters.rc
  }

  protected override skin(): number {
    return 0.1 * this.parameters.rc
  }

  protected override pair(r2: number, term: Float64Array): void {
    const { epsilon, sigma, rc, ro, smooth } = this.parameters
    const rc2 = rc * rc
    if (r2 > rc2) {
      term[0] = term[1] = 0
      return
    }
    const c6 = ((sigma * sigma) / r2) ** 3
    const u = 4 * epsilon * (c6 * c6 - c6)
    const slope = (-24 * epsilon * (2 * c6 * c6 - c6)) / r2
    const ro2 = ro * ro
    if (!smooth || r2 < ro2) {
      term[0] = smooth ? u : u - this.#shift
      term[1] = slope
      return
    }
    const left = rc2 - r2
    const width = (rc2 - ro2) ** 3
    const cut = (left * left * (rc2 + 2 * r2 - 3 * ro2)) / width
    term[0] = cut * u
    // The cutoff function's slope is d/d(r²): the 2r of the chain rule and the 1/r leave 2.
    term[1] = cut * slope + (12 * left * (ro2 - r2) * u) / width
  }

  protected override evaluate(atoms: unknown, wanted: Wanted): void {
    if (wanted === 'energies' || this.parameters.smooth) super.evaluate(atoms, wanted)
    else this.#forces(wanted === 'energy')
  }

  /** The inner loop of a trajectory: forces, and the energy of the configuration where it is asked for. */
  #forces(withEnergy: boolean): void {
    const { epsilon, sigma, rc } = this.parameters
    const { images, offsets, neighbors } = this.list
    const { natoms, records: x } = images
    const rc2 = rc * rc
    const attraction = 4 * epsilon * sigma ** 6
    const repulsion = attraction * sigma ** 6
    const attraction6 = 6 * attraction
    const repulsion12 = 12 * repulsion
    const shift = this.#shift
    let energy = 0
    for (let i = 0, m = 0; i < natoms; i++) {
      const a = RECORD * i
      const xi = x[a]!
      const yi = x[a + 1]!
      const zi = x[a + 2]!
      let fx = 0
      let fy = 0
      let fz = 0
      for (const end = offsets[i + 1]!; m < end; m++) {
        const o = neighbors[m]!
        const dx = x[o]! - xi
        const dy = x[o + 1]! - yi
        const dz = x[o + 2]! - zi
        const r2 = dx * dx + dy * dy + dz * dz
        if (r2 > rc2) continue
        const inverse = 1 / r2
        const inverse6 = inverse * inverse * inverse
        if (withEnergy) energy += inverse6 * (repulsion * inverse6 - attraction) - shift
        const slope = inverse * inverse6 * (attraction6 - repulsion12 * inverse6)
        const gx = slope * dx
        const gy = slope * dy
        const gz = slope * dz
        fx += gx
        fy += gy
        fz += gz
        x[o + 4]! -= gx
        x[o + 5]! -= gy
        x[o + 6]! -= gz
      }
      x[a + 4]! += fx
      x[a + 5]! += fy
      x[a + 6]! += fz
    }
    this.total[0] = withEnergy ? energy : Number.NaN
  }
}
