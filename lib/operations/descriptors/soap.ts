/**
 * SOAP, the smooth overlap of atomic positions: the power spectrum of the neighbours' density around an atom.
 *
 *     c_qlm = Σ_j f_c(R_j) F_nl(R_j) Y_lm(R̂_j)     over the neighbours j of species s and the centre itself, q = s nMax + n
 *     p_qq'l = π √(8/(2l + 1)) Σ_m c_qlm c_q'lm     for q ≥ q', × √2 for q > q'
 *
 * The vector runs over q, then q' ≤ q, then l; with the √2 the scalar product of two vectors is the sum over all pairs q, q'.
 * Formulas, units and conventions: docs/descriptors.md.
 */
import type { Atoms } from '../../atoms/atoms.js'
import { Environment } from './environment.js'
import { EquispacedBasis } from './equispaced-basis.js'
import { GtoBasis } from './gto-basis.js'
import type { LocalDescriptor } from './local-descriptor.js'
import { RadialTable } from './radial-table.js'
import type { SoapSettings } from './soap-settings.js'
import { SphericalHarmonics } from './spherical-harmonics.js'

/** Neighbours that are summed at once: their products share one load and store of a coefficient. */
const BLOCK = 4

/** A SOAP descriptor, ready to be computed for one configuration after another. */
export class Soap implements LocalDescriptor {
  readonly length: number
  readonly settings: SoapSettings
  readonly #environment: Environment
  readonly #harmonics: SphericalHarmonics
  readonly #table: RadialTable
  readonly #channels: number
  /** Coefficients of one atom, at q (lMax + 1)² + l² + l + m. */
  readonly #coefficients: Float64Array
  readonly #y: Float64Array
  readonly #radial: Float64Array
  /** π √(8/(2l + 1)). */
  readonly #prefactors: Float64Array

  constructor(settings: SoapSettings) {
    const { species, nMax, lMax, cutoff, atomSigma } = settings
    this.settings = settings
    this.#environment = new Environment(cutoff, species)
    this.#harmonics = new SphericalHarmonics(lMax)
    const basis = settings.radialBasis === 'gto' ? new GtoBasis(settings) : new EquispacedBasis(settings)
    this.#table = new RadialTable(basis, cutoff, atomSigma)
    this.#channels = species.length * nMax
    this.#coefficients = new Float64Array(this.#channels * this.#harmonics.size)
    this.#y = new Float64Array(BLOCK * this.#harmonics.size)
    this.#radial = new Float64Array(BLOCK * this.#table.size)
    this.#prefactors = Float64Array.from({ length: lMax + 1 }, (_, l) => Math.PI * Math.sqrt(8 / (2 * l + 1)))
    this.length = ((this.#channels * (this.#channels + 1)) / 2) * (lMax + 1)
  }

  enter(atoms: Atoms): void {
    this.#environment.enter(atoms)
  }

  compute(centre: number, out: Float64Array, offset: number): void {
    this.#coefficients.fill(0)
    this.#expand(centre)
    this.#powerSpectrum(out, offset)
  }

  average(centres: Int32Array, out: Float64Array): void {
    if (this.settings.average === 'inner') {
      this.#coefficients.fill(0)
      for (const centre of centres) this.#expand(centre)
      for (let k = 0; k < this.#coefficients.length; k++) this.#coefficients[k]! /= centres.length
      this.#powerSpectrum(out, 0)
      return
    }
    const one = new Float64Array(this.length)
    out.fill(0)
    for (const centre of centres) {
      this.compute(centre, one, 0)
      for (let k = 0; k < one.length; k++) out[k]! += one[k]! / centres.length
    }
  }

  /** Adds the density around `centre` to the coefficients. */
  #expand(centre: number): void {
    const environment = this.#environment
    const { centralWeight } = this.settings
    environment.gather(centre)
    const { starts, distance } = environment
    for (let s = 0; s < environment.speciesCount; s++) {
      const last = starts[s + 1]!
      for (let j = starts[s]!; j < last; j += BLOCK) {
        for (let b = 0; b < BLOCK; b++) {
          if (j + b < last) this.#place(b, j + b, distance[j + b]!)
          else this.#radial.fill(0, b * this.#table.size, (b + 1) * this.#table.size)
        }
        this.#accumulate(s)
      }
    }
    if (centralWeight === 0) return
    this.#radial.fill(0)
    this.#table.evaluate(0, centralWeight, this.#radial, 0)
    this.#harmonics.isotropic(this.#y, 0)
    this.#accumulate(environment.species[centre]!)
  }

  /** Puts neighbour j at place b of the block. */
  #place(b: number, j: number, r: number): void {
    const { dx, dy, dz } = this.#environment
    this.#table.evaluate(r, cutoffWeight(r, this.settings), this.#radial, b * this.#table.size)
    const offset = b * this.#harmonics.size
    if (r === 0) this.#harmonics.isotropic(this.#y, offset)
    else this.#harmonics.evaluate(dx[j]! / r, dy[j]! / r, dz[j]! / r, this.#y, offset)
  }

  /** Adds the block's four neighbours to the coefficients of species s. */
  #accumulate(s: number): void {
    const { nMax, lMax } = this.settings
    const c = this.#coefficients
    const y = this.#y
    const radial = this.#radial
    const width = this.#harmonics.size
    const { size } = this.#table
    for (let n = 0, f = 0; n < nMax; n++) {
      let at = (s * nMax + n) * width
      for (let l = 0, k = 0; l <= lMax; l++, f++) {
        const r0 = radial[f]!
        const r1 = radial[size + f]!
        const r2 = radial[2 * size + f]!
        const r3 = radial[3 * size + f]!
        for (const end = k + 2 * l + 1; k < end; k++, at++) {
          c[at]! += r0 * y[k]! + r1 * y[width + k]! + (r2 * y[2 * width + k]! + r3 * y[3 * width + k]!)
        }
      }
    }
  }

  /** Writes p_qq'l of the coefficients. */
  #powerSpectrum(out: Float64Array, offset: number): void {
    const { lMax, normalize } = this.settings
    const c = this.#coefficients
    const width = this.#harmonics.size
    const prefactors = this.#prefactors
    let at = offset
    let norm2 = 0
    for (let q = 0; q < this.#channels; q++) {
      for (let p = 0; p <= q; p++) {
        const root = p < q ? Math.SQRT2 : 1
        for (let l = 0, a = q * width, b = p * width; l <= lMax; l++) {
          let sum = 0
          for (const end = a + 2 * l + 1; a < end; a++, b++) sum += c[a]! * c[b]!
          const value = root * prefactors[l]! * sum
          norm2 += value * value
          out[at++] = value
        }
      }
    }
    if (!normalize || norm2 === 0) return
    const scale = 1 / Math.sqrt(norm2)
    for (let k = offset; k < at; k++) out[k]! *= scale
  }
}

/** 1 up to the transition, then half a cosine down to 0 at the cutoff. */
function cutoffWeight(r: number, { cutoff, transitionWidth }: SoapSettings): number {
  const depth = r - (cutoff - transitionWidth)
  return depth <= 0 ? 1 : 0.5 * (1 + Math.cos((Math.PI * depth) / transitionWidth))
}
