/** The similarity of two descriptor vectors: what "the SOAP kernel" of two atoms or configurations is. */
import { rangeError } from '../../base/options.js'
import { checkPositive } from './species.js'

/** Options of {@link similarity}. */
export interface SimilarityOptions {
  /** Exponent that sharpens the differences. Default 1. */
  zeta?: number
}

/**
 * (a·b / |a||b|)^zeta: 1 for vectors of one direction; 0 when one of them is zero. Between 0 and 1 for SOAP, whose
 * scalar products are not negative up to rounding.
 *
 * @throws {OptionRangeError} for vectors of different lengths.
 */
export function similarity(a: Float64Array, b: Float64Array, { zeta = 1 }: SimilarityOptions = {}): number {
  checkPositive('zeta', zeta, 'a positive number')
  checkSameLength(a, b)
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!
    aa += a[i]! * a[i]!
    bb += b[i]! * b[i]!
  }
  if (aa === 0 || bb === 0) return 0
  const cosine = ab / Math.sqrt(aa * bb)
  return zeta === 1 ? cosine : Math.max(0, cosine) ** zeta
}

/** |a - b|², the square of the Euclidean distance; 2 - 2 · similarity for vectors of length 1. */
export function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const d = a[i]! - b[i]!
    sum += d * d
  }
  return sum
}

/** @throws {OptionRangeError} unless both have the same length. */
export function checkSameLength(a: Float64Array, b: Float64Array): void {
  if (a.length !== b.length) throw rangeError('vector', `of length ${a.length}, as the others are`, b.length)
}
