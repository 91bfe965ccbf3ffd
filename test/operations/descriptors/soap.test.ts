import { readFileSync } from 'node:fs'
import { Atoms, Rng } from 'autopara'
import { describe, expect, it } from 'vitest'
import { EquispacedBasis } from '../../../lib/operations/descriptors/equispaced-basis.js'
import { GtoBasis } from '../../../lib/operations/descriptors/gto-basis.js'
import { parseQuippy } from '../../../lib/operations/descriptors/quippy-string.js'
import type { RadialBasis } from '../../../lib/operations/descriptors/radial-basis.js'
import { RadialTable } from '../../../lib/operations/descriptors/radial-table.js'
import { Soap } from '../../../lib/operations/descriptors/soap.js'
import { checkSoap, type SoapSpec } from '../../../lib/operations/descriptors/soap-settings.js'
import { SphericalHarmonics } from '../../../lib/operations/descriptors/spherical-harmonics.js'
import { gaussLegendre, sphere } from './quadrature.js'

const spec: SoapSpec = { type: 'soap', species: ['Cu', 'Au'], cutoff: 4, nMax: 3, lMax: 3, atomSigma: 0.5 }

/** A cluster of both species around its first atom; some neighbours within the cutoff's transition, some outside. */
function cluster(seed: string, n = 9): Atoms {
  const rng = new Rng(seed)
  return new Atoms({
    numbers: Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 79 : 29)),
    positions: Array.from({ length: 3 * n }, (_, i) => (i < 3 ? 0.3 : 4.5 * rng.random() - 2)),
  })
}

function vectorOf(soap: Soap, atoms: Atoms, centre = 0): Float64Array {
  const out = new Float64Array(soap.length)
  soap.enter(atoms)
  soap.compute(centre, out, 0)
  return out
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0)
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, relative: number): void {
  expect(actual.length).toBe(expected.length)
  expect(largest(Array.from(actual).map((x, i) => x - expected[i]!))).toBeLessThanOrEqual(relative * largest(expected))
}

/** What the vector must be, from the coefficients c[q][lm]. */
function powerSpectrum(c: number[][], lMax: number): number[] {
  return c.flatMap((a, q) =>
    c.slice(0, q + 1).flatMap((b, p) =>
      Array.from({ length: lMax + 1 }, (_, l) => {
        let sum = 0
        for (let lm = l * l; lm < (l + 1) ** 2; lm++) sum += a[lm]! * b[lm]!
        return Math.PI * Math.sqrt(8 / (2 * l + 1)) * sum * (p < q ? Math.SQRT2 : 1)
      }),
    ),
  )
}

/** The weighted Gaussians of species `number` around atom 0, at a point relative to it. */
function densityAt(atoms: Atoms, number: number, x: number, y: number, z: number): number {
  const { cutoff, transitionWidth, atomSigma } = checkSoap(spec)
  const p = atoms.positions
  let sum = 0
  for (let j = 0; j < atoms.length; j++) {
    if (atoms.numbers[j] !== number) continue
    const d = [0, 1, 2].map((k) => p[3 * j + k]! - p[k]!) as [number, number, number]
    const r = Math.hypot(...d)
    if (r >= cutoff) continue
    const depth = Math.max(0, (r - cutoff + transitionWidth) / transitionWidth)
    const weight = 0.5 * (1 + Math.cos(Math.PI * depth))
    sum += weight * Math.exp(-((x - d[0]) ** 2 + (y - d[1]) ** 2 + (z - d[2]) ** 2) / (2 * atomSigma ** 2))
  }
  return sum
}

describe('SOAP with Gaussian-type orbitals', () => {
  const settings = checkSoap({ ...spec, normalize: false })

  it('has an orthonormal radial basis for each l, up to many functions', () => {
    for (const nMax of [1, 3, 8]) {
      const { lMax, alphas, betas } = new GtoBasis({ ...settings, nMax, lMax: 4 })
      for (let l = 0; l <= lMax; l++) {
        const points = gaussLegendre(300, 0, 60)
        const g = (n: number, r: number): number => {
          let sum = 0
          for (let k = 0; k < nMax; k++) {
            sum += betas[(l * nMax + n) * nMax + k]! * r ** l * Math.exp(-alphas[l * nMax + k]! * r * r)
          }
          return sum
        }
        for (let n = 0; n < nMax; n++) {
          for (let m = 0; m <= n; m++) {
            const overlap = points.reduce((sum, { x: r, w }) => sum + w * r * r * g(n, r) * g(m, r), 0)
            expect(Math.abs(overlap - (n === m ? 1 : 0))).toBeLessThan(1e-7)
          }
        }
      }
    }
  })

  it('refuses more radial functions than can be told apart, instead of giving noise', () => {
    expect(() => new Soap(checkSoap({ ...spec, nMax: 20 }))).toThrow(/`nMax` must be smaller/)
    expect(new Soap(checkSoap({ ...spec, nMax: 20, radialBasis: 'equispaced' })).length).toBe(40 * 41 * 2)
  })

  it('is the power spectrum of the density, by numerical quadrature', () => {
    const { lMax, nMax, species } = settings
    const atoms = cluster('quadrature')
    const { alphas, betas } = new GtoBasis(settings)
    const harmonics = new SphericalHarmonics(lMax)
    const y = new Float64Array(harmonics.size)
    const c = Array.from({ length: nMax * species.length }, () => new Array<number>(harmonics.size).fill(0))
    const directions = sphere(28)
    for (const { x: r, w: wr } of gaussLegendre(60, 0, 9)) {
      const shell = species.map(() => new Float64Array(harmonics.size))
      for (const d of directions) {
        harmonics.evaluate(d.x, d.y, d.z, y, 0)
        for (const [s, number] of species.entries()) {
          const rho = d.w * densityAt(atoms, number, r * d.x, r * d.y, r * d.z)
          for (let lm = 0; lm < y.length; lm++) shell[s]![lm]! += rho * y[lm]!
        }
      }
      for (let q = 0; q < c.length; q++) {
        for (let l = 0; l <= lMax; l++) {
          let g = 0
          for (let k = 0; k < nMax; k++) {
            const at = l * nMax + k
            g += betas[(l * nMax + (q % nMax)) * nMax + k]! * r ** l * Math.exp(-alphas[at]! * r * r)
          }
          const part = shell[Math.floor(q / nMax)]!
          for (let lm = l * l; lm < (l + 1) ** 2; lm++) c[q]![lm]! += (wr * r * r * g * part[lm]!) as number
        }
      }
    }
    expectClose(vectorOf(new Soap(settings), atoms), powerSpectrum(c, lMax), 1e-6)
  })
})

describe('SOAP with equally spaced Gaussians', () => {
  it('interpolates the density at its points, by numerical quadrature over the sphere', () => {
    const settings = checkSoap({ ...spec, radialBasis: 'equispaced', normalize: false })
    const { lMax, nMax, species } = settings
    const atoms = cluster('interpolation')
    const { points, transform } = new EquispacedBasis(settings)
    const harmonics = new SphericalHarmonics(lMax)
    const y = new Float64Array(harmonics.size)
    const c = Array.from({ length: nMax * species.length }, () => new Array<number>(harmonics.size).fill(0))
    for (const d of sphere(40)) {
      harmonics.evaluate(d.x, d.y, d.z, y, 0)
      for (const [s, number] of species.entries()) {
        for (let b = 0; b < nMax; b++) {
          const r = points[b]!
          const rho = (d.w * densityAt(atoms, number, r * d.x, r * d.y, r * d.z)) / (4 * Math.PI)
          for (let n = 0; n < nMax; n++) {
            for (let lm = 0; lm < y.length; lm++) c[s * nMax + n]![lm]! += rho * transform[b * nMax + n]! * y[lm]!
          }
        }
      }
    }
    expectClose(vectorOf(new Soap(settings), atoms), powerSpectrum(c, lMax), 1e-6)
  })

  it('gives the vectors that quippy publishes in its tests', () => {
    const reference = JSON.parse(readFileSync(new URL('../../fixtures/quippy-soap.json', import.meta.url), 'utf8')) as {
      text: string
      configurations: { cell: number[][]; fractional: number[][] }[]
      environments: { configuration: number; atom: number; vector: number[] }[]
    }
    const text = reference.text.replace('n_Z=1', '')
    const soap = new Soap(checkSoap(parseQuippy(text)))
    expect(reference.environments).toHaveLength(4)
    for (const { configuration, atom, vector } of reference.environments) {
      const { cell, fractional } = reference.configurations[configuration]!
      const positions = fractional.flatMap((f) =>
        [0, 1, 2].map((k) => f[0]! * cell[0]![k]! + f[1]! * cell[1]![k]! + f[2]! * cell[2]![k]!),
      )
      const atoms = new Atoms({ numbers: fractional.map(() => 6), positions, cell })
      expectClose(vectorOf(soap, atoms, atom), vector, 1e-11)
    }
  })
})

describe.each(['gto', 'equispaced'] as const)('SOAP with the basis %s', (radialBasis) => {
  const settings = checkSoap({ ...spec, radialBasis })
  const soap = new Soap(settings)

  it('tabulates its radial functions without a visible error', () => {
    const options = { nMax: 8, lMax: 6, cutoff: 5, atomSigma: 0.3 }
    const basis: RadialBasis = radialBasis === 'gto' ? new GtoBasis(options) : new EquispacedBasis(options)
    const table = new RadialTable(basis, 5, 0.3)
    const exact = new Float64Array(table.size)
    const tabulated = new Float64Array(table.size)
    let most = 0
    let error = 0
    for (let r = 0; r <= 5; r += 0.00731) {
      basis.evaluate(r, exact)
      table.evaluate(r, 1, tabulated, 0)
      most = Math.max(most, largest(exact))
      error = Math.max(error, largest(exact.map((x, i) => x - tabulated[i]!)))
    }
    expect(error / most).toBeLessThan(2e-11)
  })

  it('does not change when the atoms are turned, mirrored, moved, or renumbered', () => {
    const atoms = cluster('invariance', 20)
    const before = vectorOf(soap, atoms)
    const rng = new Rng('rotations')
    for (let trial = 0; trial < 20; trial++) {
      const turned = atoms.copy()
      const [w, x, y, z] = normalised([rng.normal(), rng.normal(), rng.normal(), rng.normal()])
      const shift = [0, 1, 2].map(() => 10 * rng.normal())
      const mirror = trial % 2 === 0 ? 1 : -1
      for (let i = 0; i < atoms.length; i++) {
        const [a, b, c] = [0, 1, 2].map((k) => mirror * atoms.positions[3 * i + k]!) as [number, number, number]
        turned.positions.set(
          [
            (1 - 2 * (y * y + z * z)) * a + 2 * (x * y - w * z) * b + 2 * (x * z + w * y) * c + shift[0]!,
            2 * (x * y + w * z) * a + (1 - 2 * (x * x + z * z)) * b + 2 * (y * z - w * x) * c + shift[1]!,
            2 * (x * z - w * y) * a + 2 * (y * z + w * x) * b + (1 - 2 * (x * x + y * y)) * c + shift[2]!,
          ],
          3 * i,
        )
      }
      expectClose(vectorOf(soap, turned), before, 1e-10)
      const order = rng.shuffle(Array.from(atoms.numbers.keys()))
      const renumbered = new Atoms({
        numbers: order.map((i) => turned.numbers[i]!),
        positions: order.flatMap((i) => [...turned.positions.subarray(3 * i, 3 * i + 3)]),
      })
      expectClose(vectorOf(soap, renumbered, order.indexOf(0)), before, 1e-10)
    }
  })

  it('sees a crystal in a small cell as in a large one, also with mixed periodic directions', () => {
    const unit = new Atoms({
      symbols: 'CuAu',
      positions: [0.1, 0.2, 0.3, 1.3, 1.1, 1.7],
      cell: [2.4, 0, 0, 0.3, 2.6, 0, 0.1, -0.2, 2.9],
      pbc: [true, false, true],
    })
    const large = unit.repeat([5, 1, 5])
    expectClose(vectorOf(soap, large, 24), vectorOf(soap, unit, 0), 1e-10)
    expectClose(vectorOf(soap, large, 25), vectorOf(soap, unit, 1), 1e-10)
  })

  it('goes smoothly to the isolated atom as a neighbour leaves, and gives it a vector of length 1', () => {
    const pair = (r: number): Float64Array =>
      vectorOf(soap, new Atoms({ symbols: 'CuAu', positions: [0, 0, 0, r, 0, 0] }))
    const alone = vectorOf(soap, new Atoms({ symbols: 'Cu' }))
    expect(Math.hypot(...alone)).toBeCloseTo(1, 14)
    expectClose(pair(4), alone, 0)
    expectClose(pair(4 - 1e-5), alone, 1e-8)
    expect(largest(pair(3).map((x, i) => x - alone[i]!))).toBeGreaterThan(1e-3)
  })

  it('bears atoms on one place', () => {
    const vector = vectorOf(soap, new Atoms({ symbols: 'Cu2', positions: [1, 1, 1, 1, 1, 1] }))
    expect(vector.every(Number.isFinite)).toBe(true)
    expectClose(vector, vectorOf(soap, new Atoms({ symbols: 'Cu' })), 1e-12)
  })

  it('keeps its length, with zeros for the species that are not there', () => {
    const vector = vectorOf(soap, new Atoms({ symbols: 'Cu2', positions: [0, 0, 0, 2, 0, 0] }))
    const copper = ((settings.nMax * (settings.nMax + 1)) / 2) * (settings.lMax + 1)
    expect(vector).toHaveLength(21 * 4)
    expect(vector.subarray(0, copper).some((x) => x !== 0)).toBe(true)
    expect(vector.subarray(copper).every((x) => x === 0)).toBe(true)
  })

  it('is zero for an isolated atom whose own Gaussian is left out', () => {
    const bare = new Soap(checkSoap({ ...spec, radialBasis, centralWeight: 0 }))
    expect(vectorOf(bare, new Atoms({ symbols: 'Cu' })).every((x) => x === 0)).toBe(true)
  })

  it('averages coefficients (inner) or vectors (outer)', () => {
    const atoms = cluster('average', 6)
    const centres = Int32Array.of(1, 2, 4)
    const each = [1, 2, 4].map((centre) => vectorOf(soap, atoms, centre))
    const outer = new Soap(checkSoap({ ...spec, radialBasis, average: 'outer' }))
    const mean = new Float64Array(outer.length)
    outer.enter(atoms)
    outer.average(centres, mean)
    expectClose(
      mean,
      each[0]!.map((x, i) => (x + each[1]![i]! + each[2]![i]!) / 3),
      1e-14,
    )
    const inner = new Float64Array(soap.length)
    soap.enter(atoms)
    soap.average(Int32Array.of(4), inner)
    expectClose(inner, each[2]!, 1e-14)
    soap.average(centres, inner)
    expect(Math.hypot(...inner)).toBeCloseTo(1, 14)
    expect(largest(inner.map((x, i) => x - mean[i]!))).toBeGreaterThan(1e-3)
  })
})

describe('the settings of SOAP', () => {
  it.each<[object, RegExp]>([
    [{ species: [] }, /`species` must be a list/],
    [{ species: ['Cu', 29] }, /`species` must be different elements/],
    [{ species: ['Qq'] }, /`species`/],
    [{ cutoff: -1 }, /`cutoff` must be a positive number/],
    [{ cutoff: 1 }, /`cutoff` must be greater than 1 Å/],
    [{ nMax: 0 }, /`nMax`/],
    [{ nMax: 99 }, /`nMax` must be at most 20/],
    [{ lMax: -1 }, /`lMax`/],
    [{ atomSigma: 0 }, /`atomSigma`/],
    [{ radialBasis: 'sto' }, /`radialBasis` must be one of 'gto', 'equispaced'/],
    [{ transitionWidth: 5 }, /`transitionWidth`/],
    [{ average: 'none' }, /`average`/],
    [{ n_max: 3 }, /soap has no option `n_max`; did you mean `nMax`/],
  ])('refuse %o', (change, message) => {
    expect(() => checkSoap({ ...spec, ...change })).toThrow(message)
  })

  it('refuse an atom of a species that they do not have, naming it', () => {
    expect(() => vectorOf(new Soap(checkSoap(spec)), new Atoms({ symbols: 'CuZn' }))).toThrow(
      /Atom 1 is Zn, but the descriptor knows the species Cu, Au only/,
    )
  })
})

describe('quippy’s text', () => {
  it('becomes settings', () => {
    expect(
      parseQuippy('soap n_max=8 l_max = 6 cutoff=5.0 atom_sigma=0.5 average n_species=2 species_Z={6 14} Z=6'),
    ).toEqual({
      type: 'soap',
      radialBasis: 'equispaced',
      nMax: 8,
      lMax: 6,
      cutoff: 5,
      atomSigma: 0.5,
      species: [6, 14],
    })
    expect(parseQuippy('soap species_Z=29 normalise=F central_weight=0.5 cutoff_transition_width=1')).toMatchObject({
      species: [29],
      normalize: false,
      centralWeight: 0.5,
      transitionWidth: 1,
    })
  })

  it.each(['distance_2b cutoff=4', 'soap zeta=4', 'soap Z_mix=T', 'soap radial_basis=GTO', ''])(
    'refuses %j',
    (text) => {
      expect(() => parseQuippy(text)).toThrow(RangeError)
    },
  )
})

function normalised(q: number[]): [number, number, number, number] {
  const length = Math.hypot(...q)
  return q.map((x) => x / length) as [number, number, number, number]
}
