/** Arithmetic of flat arrays of rows of three. */

/** Σ a b. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let o = 0; o < a.length; o++) sum += a[o]! * b[o]!
  return sum
}

/** The root of Σ a². */
export function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a))
}

/** The length of the longest row. */
export function longestRow(rows: Float64Array): number {
  let squares = 0
  for (let o = 0; o < rows.length; o += 3) {
    squares = Math.max(squares, rows[o]! ** 2 + rows[o + 1]! ** 2 + rows[o + 2]! ** 2)
  }
  return Math.sqrt(squares)
}

/** By what to multiply `step` so that no row is longer than `maxStep`. */
export function stepScale(step: Float64Array, maxStep: number): number {
  const longest = longestRow(step)
  return longest >= maxStep ? maxStep / longest : 1
}
