/**
 * The Morse potential with ASE's parameters and conventions (the same for all species):
 *
 *     u(r) = ε e (e - 2) · f(r),  e = exp(ρ0 (1 - r/r0))
 *
 * where f falls from 1 at rcut1 r0 to 0 at rcut2 r0 as a quintic polynomial (from JuLIP.jl). ASE 3.22 has energy and forces
 * only; energies and stress here follow from the same pairs.
 */
import { checkKeys, rangeError } from '../base/options.js'
import { exponential } from './exponential.js'
import { PairPotential } from './pair-potential.js'
import { checkNonNegative, checkPositive } from './parameters.js'

/** Options of {@link Morse}. */
export interface MorseOptions {
  /** The depth of the minimum, eV. Default 1. */
  epsilon?: number
  /** The distance of the minimum, Å. Default 1. */
  r0?: number
  /** The exponent; the minimum's force constant is 2 ε (ρ0/r0)². Default 6. */
  rho0?: number
  /** Where the potential begins to be cut off, in units of r0. Default 1.9. */
  rcut1?: number
  /** Where it is 0, in units of r0. Default 2.7. */
  rcut2?: number
}

/** The Morse potential. Energy, energies, forces, stress, and `stresses` on request. */
export class Morse extends PairPotential {
  override readonly name = 'Morse'
  override readonly parameters: Readonly<Required<MorseOptions>>

  /** @throws {OptionTypeError | OptionRangeError} for an option that is unknown or impossible. */
  constructor(options: MorseOptions = {}) {
    super()
    checkKeys(options, ['epsilon', 'r0', 'rho0', 'rcut1', 'rcut2'], 'Morse')
    const rcut1 = checkPositive('rcut1', options.rcut1, 1.9)
    const rcut2 = checkPositive('rcut2', options.rcut2, 2.7)
    if (rcut2 <= rcut1) throw rangeError('rcut2', `greater than rcut1 (${rcut1})`, rcut2)
    this.parameters = Object.freeze({
      epsilon: checkNonNegative('epsilon', options.epsilon, 1),
      r0: checkPositive('r0', options.r0, 1),
      rho0: checkPositive('rho0', options.rho0, 6),
      rcut1,
      rcut2,
    })
  }

  protected override cutoff(): number {
    return this.parameters.rcut2 * this.parameters.r0
  }

  protected override skin(): number {
    return 0.1 * this.cutoff()
  }

  protected override pair(r2: number, term: Float64Array): void {
    const { epsilon, r0, rho0, rcut1, rcut2 } = this.parameters
    const r = Math.sqrt(r2)
    const width = (rcut2 - rcut1) * r0
    const s = 1 - (r - rcut1 * r0) / width
    if (s <= 0) {
      term[0] = term[1] = 0
      return
    }
    const e = exponential(rho0 * (1 - r / r0))
    const u = epsilon * e * (e - 2)
    const du = ((-2 * epsilon * rho0) / r0) * e * (e - 1)
    const cut = s >= 1 ? 1 : s * s * s * (6 * s * s - 15 * s + 10)
    const dcut = s >= 1 ? 0 : (-30 * s * s * (s - 1) * (s - 1)) / width
    term[0] = u * cut
    term[1] = (du * cut + u * dcut) / r
  }
}
