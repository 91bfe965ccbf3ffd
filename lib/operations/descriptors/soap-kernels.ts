/**
 * The two inner loops of SOAP, over flat arrays: sums over neighbours and sums over m.
 *
 * Both work in tiles of two by four and two by two, so that a value that was loaded is used twice or more; measured, that
 * halves the time against plain loops. Coefficients are stored by channel q, then l² + l + m; a channel is `width` long.
 */

/** Neighbours in a block. */
export const BLOCK = 4

/** Sizes that both loops share. */
export interface SoapShape {
  readonly nMax: number
  readonly lMax: number
  /** (lMax + 1)². */
  readonly width: number
  /** Distance of two neighbours' radial values in a block: nMax rounded up to even, times lMax + 1. */
  readonly stride: number
}

/**
 * Adds Σ_b radial[b][n][l] y[b][lm] over a block of four neighbours to the channels from place `at` on. For an odd nMax
 * the radial values of function nMax must be zero, and the coefficients one channel longer: that many are read and written.
 */
export function addBlock(shape: SoapShape, radial: Float64Array, y: Float64Array, c: Float64Array, at: number): void {
  const { nMax, lMax, width, stride } = shape
  const degrees = lMax + 1
  for (let n = 0, f = 0; n < nMax; n += 2, f += degrees, at += width) {
    for (let l = 0, k = 0; l < degrees; l++, f++) {
      const g = f + degrees
      const r0 = radial[f]!
      const r1 = radial[stride + f]!
      const r2 = radial[2 * stride + f]!
      const r3 = radial[3 * stride + f]!
      const s0 = radial[g]!
      const s1 = radial[stride + g]!
      const s2 = radial[2 * stride + g]!
      const s3 = radial[3 * stride + g]!
      for (const end = k + 2 * l + 1; k < end; k++, at++) {
        const y0 = y[k]!
        const y1 = y[width + k]!
        const y2 = y[2 * width + k]!
        const y3 = y[3 * width + k]!
        c[at]! += r0 * y0 + r1 * y1 + (r2 * y2 + r3 * y3)
        c[at + width]! += s0 * y0 + s1 * y1 + (s2 * y2 + s3 * y3)
      }
    }
  }
}

/**
 * Writes prefactors[l] Σ_m c_qlm c_plm for q, p ≤ q, l (the fastest) to `out` from `offset` on, times √2 for p < q.
 * For an odd number of channels one more is read.
 */
export function writePowerSpectrum(
  { lMax, width }: SoapShape,
  channels: number,
  c: Float64Array,
  prefactors: Float64Array,
  out: Float64Array,
  offset: number,
): void {
  const degrees = lMax + 1
  for (let q = 0; q < channels; q += 2) {
    const upper = offset + ((q * (q + 1)) / 2) * degrees
    const lower = upper + (q + 1) * degrees
    const hasLower = q + 1 < channels
    for (let p = 0; p <= q; p += 2) {
      const root = p < q ? Math.SQRT2 : 1
      for (let l = 0, a = q * width, b = p * width, o = p * degrees; l < degrees; l++, o++) {
        let qp = 0
        let qp1 = 0
        let q1p = 0
        let q1p1 = 0
        for (const end = a + 2 * l + 1; a < end; a++, b++) {
          const cq = c[a]!
          const cq1 = c[a + width]!
          const cp = c[b]!
          const cp1 = c[b + width]!
          qp += cq * cp
          qp1 += cq * cp1
          q1p += cq1 * cp
          q1p1 += cq1 * cp1
        }
        const factor = prefactors[l]!
        out[upper + o] = root * factor * qp
        if (p < q) out[upper + o + degrees] = root * factor * qp1
        if (!hasLower) continue
        out[lower + o] = Math.SQRT2 * factor * q1p
        out[lower + o + degrees] = root * factor * q1p1
      }
    }
  }
}
