/** Solves A x = b for a symmetric positive definite A by Cholesky's factorisation. */

/** The solution, or undefined when the n × n matrix (row-major, left as it is) is not positive definite. */
export function choleskySolve(matrix: Float64Array, n: number, b: Float64Array): Float64Array | undefined {
  const l = matrix.slice()
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      let sum = l[r * n + c]!
      for (let k = 0; k < c; k++) sum -= l[r * n + k]! * l[c * n + k]!
      if (r > c) l[r * n + c] = sum / l[c * n + c]!
      else if (sum > 0) l[r * n + r] = Math.sqrt(sum)
      else return undefined
    }
  }
  const x = b.slice()
  for (let r = 0; r < n; r++) {
    for (let k = 0; k < r; k++) x[r]! -= l[r * n + k]! * x[k]!
    x[r]! /= l[r * n + r]!
  }
  for (let r = n - 1; r >= 0; r--) {
    for (let k = r + 1; k < n; k++) x[r]! -= l[k * n + r]! * x[k]!
    x[r]! /= l[r * n + r]!
  }
  return x
}
