/**
 * Behler–Parrinello symmetry functions (J. Behler, J. Chem. Phys. 134, 074106 (2011)) around an atom i:
 *
 *     G2 = Σ_j exp(-η (R_ij - R_s)²) f_c(R_ij)                                                    for each species of j
 *     G4 = 2^(1-ζ) Σ_(j<k) (1 + λ cos θ_jik)^ζ exp(-η (R_ij² + R_ik² + R_jk²)) f_c(R_ij) f_c(R_ik) f_c(R_jk)
 *     G5 = 2^(1-ζ) Σ_(j<k) (1 + λ cos θ_jik)^ζ exp(-η (R_ij² + R_ik²)) f_c(R_ij) f_c(R_ik)        for each pair of species
 *
 * with f_c(R) = (1 + cos πR/R_c)/2 inside the cutoff; each pair of neighbours counts once. Order of the vector: for each
 * species its G2; then for each pair of species (the second not before the first) its G4 and its G5.
 */
import type { Atoms } from '../../atoms/atoms.js'
import { Environment } from './environment.js'
import type { LocalDescriptor } from './local-descriptor.js'
import type { AcsfSettings, AngularFunction } from './symmetry-settings.js'

/** Symmetry functions, ready to be computed for one configuration after another. */
export class SymmetryFunctions implements LocalDescriptor {
  readonly length: number
  readonly settings: AcsfSettings
  readonly #environment: Environment
  readonly #angular: AngularSums
  /** f_c of each neighbour. */
  #cutoffs: Float64Array = new Float64Array(0)

  constructor(settings: AcsfSettings) {
    this.settings = settings
    this.#environment = new Environment(settings.cutoff, settings.species)
    this.#angular = new AngularSums(settings)
    const species = settings.species.length
    this.length = species * settings.g2.length + ((species * (species + 1)) / 2) * this.#angular.length
  }

  enter(atoms: Atoms): void {
    this.#environment.enter(atoms)
  }

  compute(centre: number, out: Float64Array, offset: number): void {
    const environment = this.#environment
    environment.gather(centre)
    this.#weigh()
    const { starts, speciesCount } = environment
    let at = offset
    for (let s = 0; s < speciesCount; s++) at = this.#radial(starts[s]!, starts[s + 1]!, out, at)
    if (this.#angular.length === 0) return
    for (let s = 0; s < speciesCount; s++) {
      for (let t = s; t < speciesCount; t++) {
        this.#angular.sum(environment, this.#cutoffs, s, t, out, at)
        at += this.#angular.length
      }
    }
  }

  average(centres: Int32Array, out: Float64Array): void {
    const one = new Float64Array(this.length)
    out.fill(0)
    for (const centre of centres) {
      this.compute(centre, one, 0)
      for (let k = 0; k < one.length; k++) out[k]! += one[k]! / centres.length
    }
  }

  /** Computes f_c of each neighbour. */
  #weigh(): void {
    const { starts, speciesCount, distance, cutoff } = this.#environment
    const count = starts[speciesCount]!
    if (this.#cutoffs.length < count) this.#cutoffs = new Float64Array(2 * count)
    for (let j = 0; j < count; j++) this.#cutoffs[j] = cosineCutoff(distance[j]!, cutoff)
  }

  /** Writes the G2 sums over neighbours first … last - 1 from place `at` on; returns the place after them. */
  #radial(first: number, last: number, out: Float64Array, at: number): number {
    const { distance } = this.#environment
    const weights = this.#cutoffs
    for (const { eta, rs } of this.settings.g2) {
      let sum = 0
      for (let j = first; j < last; j++) {
        const d = distance[j]! - rs
        sum += Math.exp(-eta * d * d) * weights[j]!
      }
      out[at++] = sum
    }
    return at
  }
}

/** The G4 and G5 sums of one pair of species. */
class AngularSums {
  /** G4 and G5 functions of a pair of species. */
  readonly length: number
  readonly #functions: readonly Required<AngularFunction>[]
  readonly #g4: number
  readonly #cutoff: number
  readonly #prefactors: Float64Array

  constructor({ g4, g5, cutoff }: AcsfSettings) {
    this.#functions = [...g4, ...g5]
    this.#g4 = g4.length
    this.#cutoff = cutoff
    this.length = this.#functions.length
    this.#prefactors = Float64Array.from(this.#functions, ({ zeta }) => 2 ** (1 - zeta))
  }

  /** Writes the sums over pairs of a neighbour of species s and one of species t. */
  sum(environment: Environment, weights: Float64Array, s: number, t: number, out: Float64Array, at: number): void {
    const { starts, dx, dy, dz, distance } = environment
    const reach = this.#cutoff
    out.fill(0, at, at + this.length)
    for (let j = starts[s]!; j < starts[s + 1]!; j++) {
      const rj = distance[j]!
      for (let k = s === t ? j + 1 : starts[t]!; k < starts[t + 1]!; k++) {
        const rk = distance[k]!
        const x = dx[j]! - dx[k]!
        const y = dy[j]! - dy[k]!
        const z = dz[j]! - dz[k]!
        const rjk2 = x * x + y * y + z * z
        const near2 = rj * rj + rk * rk
        const dot = dx[j]! * dx[k]! + dy[j]! * dy[k]! + dz[j]! * dz[k]!
        // At a neighbour right on the centre the angle is undefined; its cosine counts as 0.
        const cosine = rj * rk > 0 ? dot / (rj * rk) : 0
        const weight = weights[j]! * weights[k]!
        const far = rjk2 < reach * reach ? weight * cosineCutoff(Math.sqrt(rjk2), reach) : 0
        if (far > 0) this.#add(0, this.#g4, cosine, near2 + rjk2, far, out, at)
        this.#add(this.#g4, this.length, cosine, near2, weight, out, at)
      }
    }
  }

  /** Adds one pair to the functions `from` … `to` - 1. */
  #add(from: number, to: number, cosine: number, r2: number, weight: number, out: Float64Array, at: number): void {
    let lastEta = Number.NaN
    let gaussian = 0
    for (let f = from; f < to; f++) {
      const { eta, zeta, lambda } = this.#functions[f]!
      if (eta !== lastEta) {
        gaussian = weight * Math.exp(-eta * r2)
        lastEta = eta
      }
      out[at + f]! += this.#prefactors[f]! * power(Math.max(0, 1 + lambda * cosine), zeta) * gaussian
    }
  }
}

/** base^exponent, by squaring where the exponent is a power of two, as it mostly is. */
function power(base: number, exponent: number): number {
  if (exponent === 1) return base
  if (exponent === 2) return base * base
  if (exponent === 4) return (base * base) ** 2
  return base ** exponent
}

/** (1 + cos πR/R_c)/2, for R ≤ R_c. */
function cosineCutoff(r: number, cutoff: number): number {
  return 0.5 * (1 + Math.cos((Math.PI * r) / cutoff))
}
