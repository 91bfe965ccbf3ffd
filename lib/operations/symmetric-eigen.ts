/** Eigenvalues and eigenvectors of symmetric matrices, by Jacobi rotations: short, exact, for matrices of up to hundreds of rows. */

/**
 * The eigen-decomposition of a symmetric n × n matrix (row-major, left as it is): A = Q diag(values) Qᵀ.
 *
 * @returns `vectors`: Q, row-major; column k belongs to values[k].
 */
export function symmetricEigen(matrix: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice()
  const q = new Float64Array(n * n)
  for (let i = 0; i < n; i++) q[i * n + i] = 1
  for (let sweep = 0; sweep < 60 && offDiagonal(a, n) > 1e-30 * diagonal(a, n); sweep++) {
    for (let r = 0; r < n; r++) {
      for (let c = r + 1; c < n; c++) rotate(a, q, n, r, c)
    }
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors: q }
}

/** One Jacobi rotation, which makes a[r][c] zero. */
function rotate(a: Float64Array, q: Float64Array, n: number, r: number, c: number): void {
  const element = a[r * n + c]!
  if (element === 0) return
  const theta = (a[c * n + c]! - a[r * n + r]!) / (2 * element)
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const cosine = 1 / Math.sqrt(t * t + 1)
  const sine = t * cosine
  for (let k = 0; k < n; k++) {
    const x = a[k * n + r]!
    const y = a[k * n + c]!
    a[k * n + r] = cosine * x - sine * y
    a[k * n + c] = sine * x + cosine * y
    const u = q[k * n + r]!
    const v = q[k * n + c]!
    q[k * n + r] = cosine * u - sine * v
    q[k * n + c] = sine * u + cosine * v
  }
  for (let k = 0; k < n; k++) {
    const x = a[r * n + k]!
    const y = a[c * n + k]!
    a[r * n + k] = cosine * x - sine * y
    a[c * n + k] = sine * x + cosine * y
  }
}

function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0
  for (let r = 0; r < n; r++) for (let c = r + 1; c < n; c++) sum += a[r * n + c]! ** 2
  return sum
}

function diagonal(a: Float64Array, n: number): number {
  let sum = 0
  for (let i = 0; i < n; i++) sum += a[i * n + i]! ** 2
  return sum
}
