import { describe, expect, it } from 'vitest'
import { erf } from '../../../lib/operations/descriptors/erf.js'
import { cholesky, inverseSquareRoot, solve } from '../../../lib/operations/descriptors/matrix.js'
import { scaledBessel } from '../../../lib/operations/descriptors/scaled-bessel.js'
import { SphericalHarmonics } from '../../../lib/operations/descriptors/spherical-harmonics.js'
import { gaussLegendre, sphere } from './quadrature.js'

/** Row-major product of square matrices of n rows. */
function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => {
    let sum = 0
    for (let k = 0; k < n; k++) sum += a[Math.floor(i / n) * n + k]! * b[k * n + (i % n)]!
    return sum
  })
}

const hilbert = Float64Array.from({ length: 25 }, (_, i) => 1 / (Math.floor(i / 5) + (i % 5) + 1))

function expectIdentity(m: Float64Array, n: number, tolerance: number): void {
  m.forEach((x, i) => {
    expect(Math.abs(x - (i % (n + 1) === 0 ? 1 : 0))).toBeLessThan(tolerance)
  })
}

describe('the linear algebra of radial bases', () => {
  it('factorises and solves', () => {
    const lower = cholesky(hilbert, 5)
    const transposed = Float64Array.from(lower, (_, i) => lower[(i % 5) * 5 + Math.floor(i / 5)]!)
    multiply(lower, transposed, 5).forEach((x, i) => {
      expect(x).toBeCloseTo(hilbert[i]!, 15)
    })
    const identity = Float64Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 1 : 0))
    expectIdentity(multiply(hilbert, solve(hilbert, identity, 5), 5), 5, 1e-10)
  })

  it('takes inverse square roots of matrices with small eigenvalues', () => {
    const root = inverseSquareRoot(hilbert, 5)!
    expectIdentity(multiply(multiply(root, hilbert, 5), root, 5), 5, 1e-9)
  })

  it('gives no inverse square root of a matrix that is singular to rounding', () => {
    expect(inverseSquareRoot(Float64Array.of(1, 1, 1, 1 + 1e-15), 2)).toBeUndefined()
    expect(inverseSquareRoot(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined()
  })
})

describe('erf', () => {
  it('agrees with the integral that defines it', () => {
    expect(erf(0)).toBe(0)
    expect(erf(10)).toBe(1)
    for (const x of [1e-9, 0.3, 1, 2.5, 2.999, 3, 3.001, 4.5]) {
      const integral = gaussLegendre(60, 0, x).reduce((sum, { x: t, w }) => sum + w * Math.exp(-t * t), 0)
      expect(Math.abs(erf(x) / ((2 / Math.sqrt(Math.PI)) * integral) - 1)).toBeLessThan(1e-14)
    }
  })
})

describe('the scaled Bessel functions', () => {
  it('agree with their integral ½ ∫ e^(x(t-1)) P_l(t) dt from small to large arguments', () => {
    const points = gaussLegendre(200, -1, 1)
    const out = new Float64Array(9)
    for (const x of [0, 1e-10, 1e-7, 1e-3, 0.4, 1, 7, 60, 390]) {
      scaledBessel(x, out)
      out.forEach((value, l) => {
        const integral = points.reduce((sum, { x: t, w }) => {
          let [last, p] = [1, l === 0 ? 1 : t]
          for (let k = 2; k <= l; k++) [last, p] = [p, ((2 * k - 1) * t * p - (k - 1) * last) / k]
          return sum + 0.5 * w * p * Math.exp(x * (t - 1))
        }, 0)
        expect(Math.abs(value - integral)).toBeLessThan(1e-14)
      })
    }
  })

  it('keep their relative accuracy where they are tiny: i_l = x^l / (2l + 1)!! near zero', () => {
    const out = new Float64Array(4)
    scaledBessel(1e-6, out)
    expect(out[3]! / (1e-18 / 105)).toBeCloseTo(1, 5)
  })
})

describe('the spherical harmonics', () => {
  it('are orthonormal on the sphere', () => {
    const harmonics = new SphericalHarmonics(6)
    const n = harmonics.size
    const overlap = new Float64Array(n * n)
    const y = new Float64Array(n)
    for (const { x, y: yy, z, w } of sphere(8)) {
      harmonics.evaluate(x, yy, z, y, 0)
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) overlap[i * n + j]! += w * y[i]! * y[j]!
    }
    expectIdentity(overlap, n, 1e-13)
  })

  it('are the known functions for l = 0, 1 and 2', () => {
    const [x, y, z] = [2 / 7, 3 / 7, 6 / 7]
    const out = new Float64Array(10)
    new SphericalHarmonics(2).evaluate(x, y, z, out, 1)
    const [c0, c1, c2] = [Math.sqrt(1 / Math.PI) / 2, Math.sqrt(3 / (4 * Math.PI)), Math.sqrt(15 / Math.PI) / 2]
    const expected = [
      0,
      c0,
      c1 * y,
      c1 * z,
      c1 * x,
      c2 * x * y,
      c2 * y * z,
      (Math.sqrt(5 / Math.PI) / 4) * (3 * z * z - 1),
      c2 * x * z,
      (c2 / 2) * (x * x - y * y),
    ]
    out.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 14)
    })
  })
})
