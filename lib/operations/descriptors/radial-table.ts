/**
 * The functions F_nl of a radial basis as piecewise polynomials: six coefficients an interval, from Chebyshev points.
 *
 * Intervals are σ/12 wide. The functions vary over σ (they are convolved with the neighbour's Gaussian), so that degree 5
 * leaves an error of about 10⁻¹² of their size, and a neighbour costs five multiply-adds a function instead of an exponential.
 *
 *     coefficients[(interval 6 + power) size + f],  Horner in t ∈ [-1, 1], f = n (lMax + 1) + l
 */
import { chebyshevNode, chebyshevToPowers } from '../../base/chebyshev.js'
import type { RadialBasis } from './radial-basis.js'

const POINTS = 6

/** A table of a basis on [0, cutoff]. */
export class RadialTable {
  /** The number of functions, nMax (lMax + 1). */
  readonly size: number
  readonly #inverseWidth: number
  readonly #last: number
  readonly #coefficients: Float64Array

  constructor(basis: RadialBasis, cutoff: number, atomSigma: number) {
    this.size = basis.nMax * (basis.lMax + 1)
    const intervals = Math.ceil((12 * cutoff) / atomSigma)
    const width = cutoff / intervals
    this.#inverseWidth = 1 / width
    this.#last = intervals - 1
    this.#coefficients = new Float64Array(intervals * POINTS * this.size)
    const toPowers = chebyshevToPowers(POINTS)
    const values = Array.from({ length: POINTS }, () => new Float64Array(this.size))
    for (let interval = 0; interval < intervals; interval++) {
      for (let k = 0; k < POINTS; k++)
        basis.evaluate(width * (interval + 0.5 * (1 + chebyshevNode(k, POINTS))), values[k]!)
      for (let power = 0; power < POINTS; power++) {
        const at = (interval * POINTS + power) * this.size
        for (let f = 0; f < this.size; f++) {
          let sum = 0
          for (let k = 0; k < POINTS; k++) sum += toPowers[power * POINTS + k]! * values[k]![f]!
          this.#coefficients[at + f] = sum
        }
      }
    }
  }

  /** Writes weight · F(r) for all functions to `out` from `offset` on; 0 ≤ r ≤ cutoff. */
  evaluate(r: number, weight: number, out: Float64Array, offset: number): void {
    const { size } = this
    const c = this.#coefficients
    const scaled = r * this.#inverseWidth
    const interval = Math.min(Math.floor(scaled), this.#last)
    const t = 2 * (scaled - interval) - 1
    const c0 = interval * POINTS * size
    const c1 = c0 + size
    const c2 = c1 + size
    const c3 = c2 + size
    const c4 = c3 + size
    const c5 = c4 + size
    for (let f = 0; f < size; f++) {
      out[offset + f] =
        weight *
        (c[c0 + f]! + t * (c[c1 + f]! + t * (c[c2 + f]! + t * (c[c3 + f]! + t * (c[c4 + f]! + t * c[c5 + f]!)))))
    }
  }
}
