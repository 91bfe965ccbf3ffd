/**
 * The error function to full double precision, for x ≥ 0.
 *
 * Below 3 by the series erf x = 2/√π e^(-x²) Σ 2^n x^(2n+1) / (2n+1)!!, whose terms are all positive; above by the
 * continued fraction of erfc (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  if (x > 6) return 1
  const gaussian = Math.exp(-x * x) / Math.sqrt(Math.PI)
  if (x < 3) {
    let term = x
    let sum = x
    for (let n = 1; term > 1e-17 * sum; n++) {
      term *= (2 * x * x) / (2 * n + 1)
      sum += term
    }
    return 2 * gaussian * sum
  }
  let fraction = 0
  for (let n = 60; n > 0; n--) fraction = n / 2 / (x + fraction)
  return 1 - gaussian / (x + fraction)
}
