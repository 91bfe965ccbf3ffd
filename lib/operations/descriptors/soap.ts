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
import { addBlock, BLOCK, type SoapShape, writePowerSpectrum } from './soap-kernels.js'
import type { SoapSettings } from './soap-settings.js'
import { SphericalHarmonics } from './spherical-harmonics.js'

/** A SOAP descriptor, ready to be computed for one configuration after another. */
export class Soap implements LocalDescriptor {
  readonly length: number
  readonly settings: SoapSettings
  readonly #environment: Environment
  readonly #harmonics: SphericalHarmonics
  readonly #table: RadialTable
  readonly #shape: SoapShape
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
    const width = this.#harmonics.size
    const stride = (nMax + (nMax % 2)) * (lMax + 1)
    this.#shape = { nMax, lMax, width, stride }
    this.#channels = species.length * nMax
    this.#coefficients = new Float64Array((this.#channels + 1) * width)
    this.#y = new Float64Array(BLOCK * width)
    this.#radial = new Float64Array(BLOCK * stride)
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
          else this.#radial.fill(0, b * this.#shape.stride, (b + 1) * this.#shape.stride)
        }
        this.#addBlock(s)
      }
    }
    if (centralWeight === 0) return
    this.#radial.fill(0)
    this.#table.evaluate(0, centralWeight, this.#radial, 0)
    this.#harmonics.isotropic(this.#y, 0)
    this.#addBlock(environment.species[centre]!)
  }

  /** Puts neighbour j at place b of the block. */
  #place(b: number, j: number, r: number): void {
    const { dx, dy, dz } = this.#environment
    this.#table.evaluate(r, cutoffWeight(r, this.settings), this.#radial, b * this.#shape.stride)
    const offset = b * this.#shape.width
    if (r === 0) this.#harmonics.isotropic(this.#y, offset)
    else this.#harmonics.evaluate(dx[j]! / r, dy[j]! / r, dz[j]! / r, this.#y, offset)
  }

  /** Adds the block's neighbours, which are of species s, to its coefficients. */
  #addBlock(s: number): void {
    const { nMax, width } = this.#shape
    addBlock(this.#shape, this.#radial, this.#y, this.#coefficients, s * nMax * width)
  }

  /** Writes the power spectrum of the coefficients, of length 1 where the settings say so. */
  #powerSpectrum(out: Float64Array, offset: number): void {
    writePowerSpectrum(this.#shape, this.#channels, this.#coefficients, this.#prefactors, out, offset)
    if (!this.settings.normalize) return
    const last = offset + this.length
    let norm2 = 0
    for (let k = offset; k < last; k++) norm2 += out[k]! * out[k]!
    if (norm2 === 0) return
    const scale = 1 / Math.sqrt(norm2)
    for (let k = offset; k < last; k++) out[k]! *= scale
  }
}

/** 1 up to the transition, then half a cosine down to 0 at the cutoff. */
function cutoffWeight(r: number, { cutoff, transitionWidth }: SoapSettings): number {
  const depth = r - (cutoff - transitionWidth)
  return depth <= 0 ? 1 : 0.5 * (1 + Math.cos((Math.PI * depth) / transitionWidth))
}
