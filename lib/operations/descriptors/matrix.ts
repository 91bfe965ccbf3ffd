/**
 * The little linear algebra that radial bases need: dense symmetric matrices of a dozen rows, row-major.
 *
 * Plain textbook algorithms; at this size they cost microseconds and run once for a descriptor.
 */

/** The lower triangular L with L·Lᵀ = A, for a positive definite A of n rows. */
export function cholesky(a: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j]!
    }
  }
  return lower
}

/** The X with A·X = B for a positive definite A of n rows and a B of n rows. */
export function solve(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const lower = cholesky(a, n)
  const x = b.slice()
  const columns = b.length / n
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < n; i++) {
      let sum = x[i * columns + c]!
      for (let k = 0; k < i; k++) sum -= lower[i * n + k]! * x[k * columns + c]!
      x[i * columns + c] = sum / lower[i * n + i]!
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = x[i * columns + c]!
      for (let k = i + 1; k < n; k++) sum -= lower[k * n + i]! * x[k * columns + c]!
      x[i * columns + c] = sum / lower[i * n + i]!
    }
  }
  return x
}

/**
 * A^(-1/2) of a symmetric positive definite A of n rows (Löwdin's orthonormalisation), by Jacobi's rotations; undefined
 * for an A so nearly singular that rounding decides the result.
 */
export function inverseSquareRoot(a: Float64Array, n: number): Float64Array | undefined {
  const { values, vectors } = eigenSystem(a, n)
  if (!(Math.min(...values) > 1e-14 * Math.max(...values))) return undefined
  const root = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let k = 0; k < n; k++) sum += (vectors[i * n + k]! * vectors[j * n + k]!) / Math.sqrt(values[k]!)
      root[i * n + j] = sum
    }
  }
  return root
}

/** Eigenvalues and, as columns, eigenvectors of a symmetric matrix, by cyclic Jacobi rotations. */
function eigenSystem(a: Float64Array, n: number): { values: Float64Array; vectors: Float64Array } {
  const m = a.slice()
  const vectors = new Float64Array(n * n)
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        off += Math.abs(m[p * n + q]!)
        if (m[p * n + q] !== 0) rotate(m, vectors, n, p, q)
      }
    }
    if (off === 0) break
  }
  return { values: Float64Array.from({ length: n }, (_, i) => m[i * n + i]!), vectors }
}

/** One Jacobi rotation, which makes the element (p, q) zero. */
function rotate(m: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const theta = (m[q * n + q]! - m[p * n + p]!) / (2 * m[p * n + q]!)
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let k = 0; k < n; k++) {
    const kp = m[k * n + p]!
    const kq = m[k * n + q]!
    m[k * n + p] = c * kp - s * kq
    m[k * n + q] = s * kp + c * kq
  }
  for (let k = 0; k < n; k++) {
    const pk = m[p * n + k]!
    const qk = m[q * n + k]!
    m[p * n + k] = c * pk - s * qk
    m[q * n + k] = s * pk + c * qk
    const vp = vectors[k * n + p]!
    const vq = vectors[k * n + q]!
    vectors[k * n + p] = c * vp - s * vq
    vectors[k * n + q] = s * vp + c * vq
  }
  m[p * n + q] = 0
  m[q * n + p] = 0
}
