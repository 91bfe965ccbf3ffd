/**
 * Real spherical harmonics up to a given degree, orthonormal on the sphere.
 *
 *     Y_lm = N_lm P_l^|m|(z) · √2 cos mφ (m > 0), 1 (m = 0), √2 sin |m|φ (m < 0),    at index l² + l + m
 *
 * without the Condon–Shortley sign. Evaluated from the unit vector by recurrences over l and m alone (no angle is ever
 * computed): P_l^m / sin^m θ is a polynomial in z, and sin^m θ cos mφ, sin^m θ sin mφ are those of (x + iy)^m.
 */
export class SphericalHarmonics {
  readonly lMax: number
  /** The number of functions, (lMax + 1)². */
  readonly size: number
  /** Recurrence factors of the normalised polynomials Q_l^m = a z Q_(l-1)^m − b Q_(l-2)^m, a and b by m, then l > m. */
  readonly #factors: Float64Array
  /** Normalised Q_m^m. */
  readonly #diagonal: Float64Array

  constructor(lMax: number) {
    this.lMax = lMax
    this.size = (lMax + 1) ** 2
    this.#factors = new Float64Array(lMax * (lMax + 1))
    this.#diagonal = new Float64Array(lMax + 1)
    for (let m = 0, at = 0; m <= lMax; m++) {
      // N_mm (2m-1)!! with √2 for m > 0, from its value at m - 1.
      this.#diagonal[m] =
        m === 0
          ? Math.sqrt(1 / (4 * Math.PI))
          : this.#diagonal[m - 1]! * Math.sqrt((2 * m + 1) / (2 * m)) * (m === 1 ? Math.SQRT2 : 1)
      for (let l = m + 1; l <= lMax; l++) {
        const scale = (2 * l + 1) / ((l - m) * (l + m))
        this.#factors[at++] = Math.sqrt(scale * (2 * l - 1))
        this.#factors[at++] = l < m + 2 ? 0 : Math.sqrt((scale * (l + m - 1) * (l - m - 1)) / (2 * l - 3))
      }
    }
  }

  /** Writes the values at the unit vector (x, y, z) into `out` from `offset` on. */
  evaluate(x: number, y: number, z: number, out: Float64Array, offset: number): void {
    const { lMax } = this
    const factors = this.#factors
    const diagonal = this.#diagonal
    let cos = 1
    let sin = 0
    for (let m = 0, at = 0; m <= lMax; m++) {
      let before = 0
      let last = diagonal[m]!
      let centre = offset + m * m + m
      out[centre - m] = last * sin
      out[centre + m] = last * cos
      for (let l = m + 1; l <= lMax; l++, at += 2) {
        const next = factors[at]! * z * last - factors[at + 1]! * before
        before = last
        last = next
        centre += 2 * l
        out[centre - m] = last * sin
        out[centre + m] = last * cos
      }
      const turned = x * cos - y * sin
      sin = x * sin + y * cos
      cos = turned
    }
  }

  /** What stands for the direction of an atom at the centre itself: Y_00, and zero for l > 0, where the density has no part. */
  isotropic(out: Float64Array, offset: number): void {
    out.fill(0, offset, offset + this.size)
    out[offset] = this.#diagonal[0]!
  }
}
