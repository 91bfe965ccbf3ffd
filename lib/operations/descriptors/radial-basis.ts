/**
 * Radial parts of the SOAP density expansion: what a neighbour at distance R adds to the coefficient of n and l.
 *
 * A Gaussian of width σ at distance R has the expansion ρ(r) = Σ_lm 4π e^{-a(r² + R²)} i_l(2arR) Y_lm(r̂) Y_lm(R̂) with
 * a = 1/(2σ²) and i_l the modified spherical Bessel function, so that its coefficients are c_nlm = F_nl(R) Y_lm(R̂).
 * A basis is its functions F_nl; docs/descriptors.md has the formulas of both.
 */

/** The functions F_nl of a basis, evaluated exactly (they are tabulated for use, see radial-table.ts). */
export interface RadialBasis {
  readonly nMax: number
  readonly lMax: number
  /** Writes F_nl(r) to out[n (lMax + 1) + l]. */
  evaluate(r: number, out: Float64Array): void
}

/** What a basis is made from; lengths in Å. */
export interface RadialBasisOptions {
  nMax: number
  lMax: number
  cutoff: number
  atomSigma: number
}
