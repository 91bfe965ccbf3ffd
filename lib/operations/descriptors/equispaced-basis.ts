/**
 * Equally spaced Gaussians as radial basis: that of the GAP code, which quippy's `soap` has by default
 * (A. P. Bartók, R. Kondor, G. Csányi, Phys. Rev. B 87, 184115 (2013)).
 *
 *     φ_b(r) = exp(-a (r - r_b)²),    r_b = b (cutoff + σ sqrt(20 ln 10)) / nMax,    b = 0 … nMax - 1,    a = 1/(2σ²)
 *
 * The l-th part of a neighbour's Gaussian, y_b = e^{-a(r_b² + R²)} i_l(2a r_b R) at the points r_b, is interpolated by the φ
 * (C⁻¹ y, C_bb' = φ_b'(r_b)) and brought to an orthonormal set with the Cholesky factor of S = ∫ r² φ φ' dr = L Lᵀ:
 *
 *     F_nl(R) = Σ_b (C⁻¹ L)_bn y_b
 */
import { erf } from './erf.js'
import { cholesky, solve } from './matrix.js'
import type { RadialBasis, RadialBasisOptions } from './radial-basis.js'
import { scaledBessel } from './scaled-bessel.js'

/** The basis of nMax equally spaced Gaussians. */
export class EquispacedBasis implements RadialBasis {
  readonly nMax: number
  readonly lMax: number
  /** The points r_b, Å. */
  readonly points: Float64Array
  /** C⁻¹ L, row-major by b and n. */
  readonly transform: Float64Array
  readonly #a: number
  readonly #bessel: Float64Array

  constructor({ nMax, lMax, cutoff, atomSigma }: RadialBasisOptions) {
    this.nMax = nMax
    this.lMax = lMax
    this.#a = 1 / (2 * atomSigma * atomSigma)
    this.#bessel = new Float64Array(lMax + 1)
    const spacing = (cutoff + atomSigma * Math.sqrt(20 * Math.LN10)) / nMax
    this.points = Float64Array.from({ length: nMax }, (_, b) => b * spacing)
    const covariance = new Float64Array(nMax * nMax)
    const overlap = new Float64Array(nMax * nMax)
    for (let i = 0; i < nMax; i++) {
      for (let j = 0; j < nMax; j++) {
        const [ri, rj] = [this.points[i]!, this.points[j]!]
        covariance[i * nMax + j] = Math.exp(-this.#a * (ri - rj) ** 2)
        overlap[i * nMax + j] = gaussianOverlap(this.#a, ri, rj)
      }
    }
    this.transform = solve(covariance, cholesky(overlap, nMax), nMax)
  }

  evaluate(r: number, out: Float64Array): void {
    const { nMax, lMax, points, transform } = this
    const bessel = this.#bessel
    out.fill(0, 0, nMax * (lMax + 1))
    for (let b = 0; b < nMax; b++) {
      const point = points[b]!
      scaledBessel(2 * this.#a * point * r, bessel)
      const gaussian = Math.exp(-this.#a * (r - point) ** 2)
      for (let n = 0; n < nMax; n++) {
        const factor = gaussian * transform[b * nMax + n]!
        for (let l = 0; l <= lMax; l++) out[n * (lMax + 1) + l]! += factor * bessel[l]!
      }
    }
  }
}

/** ∫₀^∞ r² exp(-a(r - p)²) exp(-a(r - q)²) dr. */
function gaussianOverlap(a: number, p: number, q: number): number {
  const s = p + q
  const edge = Math.exp(-a * (p * p + q * q)) * Math.SQRT2 * a ** 1.5 * s
  const bulk =
    a * Math.exp(-0.5 * a * (p - q) ** 2) * Math.sqrt(Math.PI) * (1 + a * s * s) * (1 + erf(Math.sqrt(a / 2) * s))
  return (edge + bulk) / Math.sqrt(128 * a ** 5)
}
