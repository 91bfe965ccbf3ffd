/** Modified spherical Bessel functions of the first kind, scaled so that they never overflow. */

/**
 * Writes e^(-x) i_l(x) for l = 0 … out.length - 1, x ≥ 0.
 *
 * The recurrence i_(l-1) = i_(l+1) + (2l + 1) i_l / x is stable downwards (Miller): it starts where the functions are
 * negligible (i_l / i_0 is about e^(-l²/2x)) and is scaled by i_0 = sinh x / x at the end.
 */
export function scaledBessel(x: number, out: Float64Array): void {
  const zeroth = x < 1e-8 ? 1 - x : -Math.expm1(-2 * x) / (2 * x)
  if (x < 1e-8) {
    // i_l(x) = x^l / (2l + 1)!! + O(x^(l+2))
    for (let l = 0, value = zeroth; l < out.length; value *= x / (2 * ++l + 1)) out[l] = value
    return
  }
  const top = out.length + 16 + Math.ceil(9 * Math.sqrt(x))
  let above = 0
  let value = 1e-280
  for (let l = top; l > 0; l--) {
    const below = above + ((2 * l + 1) / x) * value
    above = value
    value = below
    if (l <= out.length) out[l - 1] = value
    if (value > 1e200) {
      above *= 1e-200
      value *= 1e-200
      for (let k = l - 1; k < out.length; k++) out[k]! *= 1e-200
    }
  }
  const scale = zeroth / out[0]!
  for (let l = 0; l < out.length; l++) out[l]! *= scale
}
