/**
 * Polynomials through Chebyshev points: how tables of smooth functions are made, piece by piece.
 *
 *     f(t) ≈ Σ_p c_p t^p on [-1, 1],    c_p = Σ_k toPowers[p points + k] f(node(k))
 */

/** The k-th of `points` Chebyshev points of the first kind in (-1, 1). */
export function chebyshevNode(k: number, points: number): number {
  return Math.cos((Math.PI * (k + 0.5)) / points)
}

/** The matrix from values at the nodes to coefficients of powers of t, row-major by power and node. */
export function chebyshevToPowers(points: number): Float64Array {
  // Powers of T_0, T_1 …, by T_(j+1) = 2 t T_j - T_(j-1).
  const powers = [[1], [0, 1]]
  for (let j = 2; j < points; j++) {
    const next = [0, ...powers[j - 1]!.map((c) => 2 * c)]
    for (let i = 0; i < powers[j - 2]!.length; i++) next[i]! -= powers[j - 2]![i]!
    powers.push(next)
  }
  const matrix = new Float64Array(points * points)
  for (let j = 0; j < points; j++) {
    for (let k = 0; k < points; k++) {
      const weight = ((j === 0 ? 1 : 2) / points) * Math.cos((j * Math.PI * (k + 0.5)) / points)
      for (let i = 0; i < powers[j]!.length; i++) matrix[i * points + k]! += weight * powers[j]![i]!
    }
  }
  return matrix
}
