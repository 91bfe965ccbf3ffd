/** Numerical integration for the tests of descriptors. */

/** Nodes and weights of n-point Gauss–Legendre quadrature on [a, b] (Newton's method on P_n). */
export function gaussLegendre(n: number, a: number, b: number): { x: number; w: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    let slope = 1
    for (let step = 0; step < 100; step++) {
      let last = 1
      let value = x
      for (let k = 2; k <= n; k++) {
        const next = ((2 * k - 1) * x * value - (k - 1) * last) / k
        last = value
        value = next
      }
      slope = (n * (x * value - last)) / (x * x - 1)
      const move = value / slope
      x -= move
      if (Math.abs(move) < 1e-16) break
    }
    return { x: a + ((b - a) * (x + 1)) / 2, w: (b - a) / ((1 - x * x) * slope * slope) }
  })
}

/** Directions and weights of a product quadrature on the unit sphere, exact for polynomials of degree below 2n. */
export function sphere(n: number): { x: number; y: number; z: number; w: number }[] {
  return gaussLegendre(n, -1, 1).flatMap(({ x: z, w }) =>
    Array.from({ length: 2 * n }, (_, k) => {
      const phi = (Math.PI * (k + 0.5)) / n
      const s = Math.sqrt(1 - z * z)
      return { x: s * Math.cos(phi), y: s * Math.sin(phi), z, w: (w * Math.PI) / n }
    }),
  )
}
