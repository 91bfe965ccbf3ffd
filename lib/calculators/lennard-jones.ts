/**
 * The Lennard-Jones potential with ASE's parameters and conventions (one epsilon and sigma for all species):
 *
 *     u(r) = 4 ε ((σ/r)¹² - (σ/r)⁶) - u(rc)          r ≤ rc
 *
 * or, with `smooth`, u(r) times a function of r² that goes from 1 at ro to 0 at rc with continuous slope instead of the
 * shift (from JAX-MD, after HOOMD-blue). Each atom has half of the energy of its pairs.
 */
import type { Atoms } from '../atoms/atoms.js'
import { checkBoolean, checkKeys } from '../base/options.js'
import { checkNonNegative, checkPositive } from './parameters.js'
import { ShortRangePotential } from './short-range-potential.js'

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
export class LennardJones extends ShortRangePotential {
  override readonly name = 'LennardJones'
  override readonly parameters: Readonly<Required<LennardJonesOptions>>
  protected override readonly properties: readonly string[] = [
    'energy',
    'free_energy',
    'energies',
    'forces',
    'stress',
    'stresses',
  ]

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
  }

  protected override cutoff(): number {
    return this.parameters.rc
  }

  protected override skin(): number {
    return 0.1 * this.parameters.rc
  }

  protected override evaluate(_atoms: Atoms): void {
    if (this.parameters.smooth) this.#smoothPairs()
    else this.#shiftedPairs()
  }

  #shiftedPairs(): void {
    const { epsilon, sigma, rc } = this.parameters
    const { images, offsets, neighbors } = this.list
    const { natoms, positions: x } = images
    const forces = this.imageForces
    const energies = this.imageEnergies
    const scalars = this.pairScalars
    const sigma2 = sigma * sigma
    const rc2 = rc * rc
    const shift = 4 * epsilon * ((sigma / rc) ** 12 - (sigma / rc) ** 6)
    for (let i = 0, m = 0; i < natoms; i++) {
      const [xi, yi, zi] = [x[3 * i]!, x[3 * i + 1]!, x[3 * i + 2]!]
      let [fx, fy, fz, energy] = [0, 0, 0, 0]
      for (const end = offsets[i + 1]!; m < end; m++) {
        const k = neighbors[m]!
        const o = 3 * k
        const dx = x[o]! - xi
        const dy = x[o + 1]! - yi
        const dz = x[o + 2]! - zi
        const r2 = dx * dx + dy * dy + dz * dz
        if (r2 > rc2) continue
        const inverse = 1 / r2
        const s2 = sigma2 * inverse
        const c6 = s2 * s2 * s2
        const c12 = c6 * c6
        const half = 2 * epsilon * (c12 - c6) - 0.5 * shift
        const slope = -24 * epsilon * (2 * c12 - c6) * inverse
        energy += half
        energies[k]! += half
        fx += slope * dx
        fy += slope * dy
        fz += slope * dz
        forces[o]! -= slope * dx
        forces[o + 1]! -= slope * dy
        forces[o + 2]! -= slope * dz
        if (scalars.length > 0) scalars[m] = slope
      }
      energies[i]! += energy
      forces[3 * i]! += fx
      forces[3 * i + 1]! += fy
      forces[3 * i + 2]! += fz
    }
  }

  #smoothPairs(): void {
    const { epsilon, sigma, rc, ro } = this.parameters
    const { images, offsets, neighbors } = this.list
    const { natoms, positions: x } = images
    const forces = this.imageForces
    const sigma2 = sigma * sigma
    const rc2 = rc * rc
    const ro2 = ro * ro
    const width = 1 / (rc2 - ro2) ** 3
    for (let i = 0, m = 0; i < natoms; i++) {
      for (const end = offsets[i + 1]!; m < end; m++) {
        const k = neighbors[m]!
        const d = [x[3 * k]! - x[3 * i]!, x[3 * k + 1]! - x[3 * i + 1]!, x[3 * k + 2]! - x[3 * i + 2]!] as const
        const r2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2]
        if (r2 > rc2) continue
        const c6 = (sigma2 / r2) ** 3
        const u = 4 * epsilon * (c6 * c6 - c6)
        let cut = 1
        let cutSlope = 0
        if (r2 >= ro2) {
          const left = rc2 - r2
          cut = left * left * (rc2 + 2 * r2 - 3 * ro2) * width
          cutSlope = 6 * left * (ro2 - r2) * width
        }
        // d/d(r²) twice: the chain rule's r and the 1/r of the unit vector cancel.
        const slope = (cut * -24 * epsilon * (2 * c6 * c6 - c6)) / r2 + 2 * cutSlope * u
        this.imageEnergies[i]! += 0.5 * cut * u
        this.imageEnergies[k]! += 0.5 * cut * u
        for (let c = 0; c < 3; c++) {
          forces[3 * i + c]! += slope * d[c as 0]
          forces[3 * k + c]! -= slope * d[c as 0]
        }
        if (this.pairScalars.length > 0) this.pairScalars[m] = slope
      }
    }
  }
}
