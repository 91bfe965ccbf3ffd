/**
 * Gaussian-type orbitals as radial basis (those of DScribe: L. Himanen et al., Comput. Phys. Commun. 247, 106949 (2020)).
 *
 *     g_nl(r) = Σ_n' β_nn'l r^l exp(-α_n'l r²),    α_n'l such that r^l exp(-α r²) is 10⁻³ at r_n'
 *
 * with r_1 … r_nMax equally spaced from 1 Å to the cutoff and β_l = S_l^(-1/2), S the overlap ∫ r² g g' dr over all r.
 * The projection of a neighbour's Gaussian on them is analytic:
 *
 *     F_nl(R) = (π/(a + α))^(3/2) (a/(a + α))^l R^l exp(-aαR²/(a + α)),    a = 1/(2σ²), summed with β
 */
import { rangeError } from '../../base/options.js'
import { inverseSquareRoot } from './matrix.js'
import type { RadialBasis, RadialBasisOptions } from './radial-basis.js'

const THRESHOLD = 1e-3

/** The basis of nMax Gaussian-type orbitals for each l. */
export class GtoBasis implements RadialBasis {
  readonly nMax: number
  readonly lMax: number
  /** α_nl in 1/Å², at l nMax + n. */
  readonly alphas: Float64Array
  /** β_nn'l, at (l nMax + n) nMax + n'. */
  readonly betas: Float64Array
  readonly #a: number
  readonly #primitives: Float64Array

  constructor({ nMax, lMax, cutoff, atomSigma }: RadialBasisOptions) {
    this.nMax = nMax
    this.lMax = lMax
    this.#a = 1 / (2 * atomSigma * atomSigma)
    this.alphas = new Float64Array((lMax + 1) * nMax)
    this.betas = new Float64Array((lMax + 1) * nMax * nMax)
    this.#primitives = new Float64Array(nMax)
    for (let l = 0; l <= lMax; l++) {
      const alphas = this.alphas.subarray(l * nMax, (l + 1) * nMax)
      for (let n = 0; n < nMax; n++) {
        const r = nMax === 1 ? cutoff : 1 + ((cutoff - 1) * n) / (nMax - 1)
        alphas[n] = -Math.log(THRESHOLD / r ** l) / (r * r)
      }
      this.betas.set(orthonormal(alphas, l), l * nMax * nMax)
    }
  }

  evaluate(r: number, out: Float64Array): void {
    const { nMax, lMax, alphas, betas } = this
    const a = this.#a
    const primitives = this.#primitives
    for (let l = 0; l <= lMax; l++) {
      for (let n = 0; n < nMax; n++) {
        const alpha = alphas[l * nMax + n]!
        const sum = a + alpha
        primitives[n] = (Math.PI / sum) ** 1.5 * ((a / sum) * r) ** l * Math.exp((-a * alpha * r * r) / sum)
      }
      for (let n = 0; n < nMax; n++) {
        const row = (l * nMax + n) * nMax
        let value = 0
        for (let k = 0; k < nMax; k++) value += betas[row + k]! * primitives[k]!
        out[n * (lMax + 1) + l] = value
      }
    }
  }
}

/**
 * S^(-1/2) of the primitives' overlap, ∫₀^∞ r^(2l+2) exp(-(α + α')r²) dr = Γ(l + 3/2) / (2 (α + α')^(l + 3/2)).
 *
 * @throws {OptionRangeError} for more orbitals than double precision keeps apart.
 */
function orthonormal(alphas: Float64Array, l: number): Float64Array {
  const n = alphas.length
  let gamma = Math.sqrt(Math.PI) / 2
  for (let k = 1; k <= l; k++) gamma *= k + 0.5
  const overlap = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) overlap[i * n + j] = (0.5 * gamma) / (alphas[i]! + alphas[j]!) ** (l + 1.5)
  }
  const root = inverseSquareRoot(overlap, n)
  if (root === undefined) {
    throw rangeError(
      'nMax',
      "smaller: at this cutoff so many orbitals are linearly dependent ('equispaced' bears more)",
      n,
    )
  }
  return root
}
