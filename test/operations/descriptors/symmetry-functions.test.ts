import { Atoms, Rng } from 'autopara'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SymmetryFunctions } from '../../../lib/operations/descriptors/symmetry-functions.js'
import { type AcsfSpec, checkAcsf } from '../../../lib/operations/descriptors/symmetry-settings.js'

const g2 = [
  { eta: 0.5, rs: 0 },
  { eta: 1.25, rs: 1.4 },
]
const angular = [
  { eta: 0.1, zeta: 1, lambda: 1 },
  { eta: 0.1, zeta: 2, lambda: -1 },
  { eta: 0.3, zeta: 4, lambda: 1 },
  { eta: 0.3, zeta: 3.7, lambda: -1 },
]
const spec: AcsfSpec = { type: 'acsf', species: ['H', 'O'], cutoff: 6, g2, g4: angular, g5: angular }

function vectorOf(atoms: Atoms, centre: number, change: object = {}): Float64Array {
  const functions = new SymmetryFunctions(checkAcsf({ ...spec, ...change }))
  const out = new Float64Array(functions.length)
  functions.enter(atoms)
  functions.compute(centre, out, 0)
  return out
}

const fcut = (r: number, rc: number): number => (r < rc ? 0.5 * (Math.cos((Math.PI * r) / rc) + 1) : 0)

/** The definition, summed over all atoms of a cluster or over the images of a periodic cell. */
function oracle(atoms: Atoms, centre: number, reach: number): number[] {
  const rc = spec.cutoff
  const p = atoms.positions
  const c = atoms.cell
  const neighbours: { species: number; d: number[]; r: number }[] = []
  const span = (d: number): number[] =>
    atoms.pbc[d] ? Array.from({ length: 2 * reach + 1 }, (_, k) => k - reach) : [0]
  for (const u of span(0)) {
    for (const v of span(1)) {
      for (const w of span(2)) {
        for (let j = 0; j < atoms.length; j++) {
          if (j === centre && u === 0 && v === 0 && w === 0) continue
          const d = [0, 1, 2].map((k) => p[3 * j + k]! + u * c[k]! + v * c[3 + k]! + w * c[6 + k]! - p[3 * centre + k]!)
          const r = Math.hypot(...d)
          if (r < rc) neighbours.push({ species: atoms.numbers[j]!, d, r })
        }
      }
    }
  }
  const radial = [1, 8].flatMap((z) =>
    g2.map(({ eta, rs }) =>
      neighbours
        .filter((n) => n.species === z)
        .reduce((s, { r }) => s + Math.exp(-eta * (r - rs) ** 2) * fcut(r, rc), 0),
    ),
  )
  const pairs: [number, number][] = [
    [1, 1],
    [1, 8],
    [8, 8],
  ]
  return [
    ...radial,
    ...pairs.flatMap(([s, t]) =>
      [4, 5].flatMap((kind) =>
        angular.map(({ eta, zeta, lambda }) => {
          let sum = 0
          neighbours.forEach((a, j) => {
            for (const b of neighbours.slice(j + 1)) {
              if (!((a.species === s && b.species === t) || (a.species === t && b.species === s))) continue
              const dot = a.d.reduce((x, y, k) => x + y * b.d[k]!, 0)
              const far = Math.hypot(...a.d.map((x, k) => x - b.d[k]!))
              const base = 2 ** (1 - zeta) * Math.max(0, 1 + (lambda * dot) / (a.r * b.r)) ** zeta
              const g5 = base * Math.exp(-eta * (a.r ** 2 + b.r ** 2)) * fcut(a.r, rc) * fcut(b.r, rc)
              sum += kind === 5 ? g5 : g5 * Math.exp(-eta * far ** 2) * fcut(far, rc)
            }
          })
          return sum
        }),
      ),
    ),
  ]
}

function expectRelative(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(expected[i]!), 1e-3))
  }
}

describe('symmetry functions', () => {
  it('of a dimer are the closed form of G2, and no angle', () => {
    const r = 1.7
    const dimer = new Atoms({ symbols: 'HO', positions: [0, 0, 0, 1, 1.2, Math.sqrt(r * r - 1 - 1.44)] })
    const f = fcut(r, 6)
    const parts = g2.map(({ eta, rs }) => Math.exp(-eta * (r - rs) ** 2) * f)
    expectRelative(vectorOf(dimer, 0), [0, 0, ...parts, ...new Array(24).fill(0)], 1e-12)
    expectRelative(vectorOf(dimer, 1), [...parts, 0, 0, ...new Array(24).fill(0)], 1e-12)
  })

  it('of a trimer are the closed forms of G4 and G5, each pair of neighbours counted once', () => {
    const [a, b, angle] = [0.95, 1.3, (104 * Math.PI) / 180]
    const water = new Atoms({
      symbols: 'OHH',
      positions: [0, 0, 0, a, 0, 0, b * Math.cos(angle), b * Math.sin(angle), 0],
    })
    const c2 = a * a + b * b - 2 * a * b * Math.cos(angle)
    const c = Math.sqrt(c2)
    const g5 = angular.map(
      ({ eta, zeta, lambda }) =>
        2 ** (1 - zeta) *
        (1 + lambda * Math.cos(angle)) ** zeta *
        Math.exp(-eta * (a * a + b * b)) *
        fcut(a, 6) *
        fcut(b, 6),
    )
    const g4 = g5.map((value, k) => value * Math.exp(-angular[k]!.eta * c2) * fcut(c, 6))
    const oxygen = vectorOf(water, 0)
    expectRelative(oxygen.subarray(4, 8), g4, 1e-12)
    expectRelative(oxygen.subarray(8, 12), g5, 1e-12)
    expect(oxygen.subarray(12).every((x) => x === 0)).toBe(true)
    // Around the first hydrogen the neighbours are one of each species: the pair H, O.
    const cosine = (a * a + c2 - b * b) / (2 * a * c)
    const { eta, zeta, lambda } = angular[3]!
    const mixed =
      2 ** (1 - zeta) * (1 + lambda * cosine) ** zeta * Math.exp(-eta * (a * a + c2)) * fcut(a, 6) * fcut(c, 6)
    expectRelative(vectorOf(water, 1).subarray(12 + 4 + 3, 12 + 8), [mixed], 1e-12)
  })

  it('are the values of the published tests of DScribe: rock salt, G4 of 12 and 24 equal triplets', () => {
    // DScribe, tests/test_acsf.py, test_periodicity: NaCl with a = 4 Å, cutoff 3 Å, η = 0.01, ζ = 0.1, λ = 1.
    const salt = new Atoms({
      symbols: 'NaCl',
      positions: [0, 0, 0, 2, 0, 0],
      cell: [0, 2, 2, 2, 0, 2, 2, 2, 0],
      pbc: true,
    })
    const [rc, eta, zeta] = [3, 0.01, 0.1]
    const triplets = (count: number, sides: number[], theta: number): number =>
      2 ** (1 - zeta) *
      count *
      (1 + Math.cos(theta)) ** zeta *
      sides.reduce((product, r) => product * Math.exp(-eta * r * r) * fcut(r, rc), 1)
    const vector = vectorOf(salt, 0, {
      species: ['Na', 'Cl'],
      cutoff: rc,
      g2: [],
      g4: [{ eta, zeta }],
      g5: [],
    })
    expectRelative(
      vector.subarray(1),
      [triplets(24, [2, 2, 2 * Math.SQRT2], Math.PI / 4), triplets(12, [2, 2, 2 * Math.SQRT2], Math.PI / 2)],
      1e-12,
    )
  })

  it('agree with the definition for random clusters and small periodic cells', () => {
    const coordinate = fc.integer({ min: -300, max: 300 }).map((x) => x / 100)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(1, 8), coordinate, coordinate, coordinate), { minLength: 1, maxLength: 5 }),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        (rows, pbc) => {
          const atoms = new Atoms({
            numbers: rows.map(([z]) => z),
            positions: rows.map(([, x, y, z]) => [x, y, z]),
            cell: [5, 0.3, 0, 0, 4.5, -0.4, 0.2, 0, 6.5],
            pbc,
          })
          const expected = oracle(atoms, 0, 4)
          fc.pre(expected.every(Number.isFinite))
          expectRelative(vectorOf(atoms, 0), expected, 1e-9)
        },
      ),
      { numRuns: 15 },
    )
  })

  it('do not change when the atoms are turned, moved, or renumbered', () => {
    const rng = new Rng('acsf')
    const numbers = Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 8 : 1))
    const positions = Array.from({ length: 12 }, () => [0, 1, 2].map(() => 3 * rng.random()))
    const before = vectorOf(new Atoms({ numbers, positions }), 0)
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)]
    const turned = positions.map(([x, y, z]) => [c * x! - s * z! + 4, y! - 7, s * x! + c * z! + 1])
    const order = rng.shuffle([...numbers.keys()])
    const other = new Atoms({ numbers: order.map((i) => numbers[i]!), positions: order.map((i) => turned[i]!) })
    expectRelative(vectorOf(other, order.indexOf(0)), before, 1e-10)
  })

  it('average to the mean over the atoms', () => {
    const atoms = new Atoms({ symbols: 'OHH', positions: [0, 0, 0, 1, 0, 0, 0, 1.1, 0] })
    const functions = new SymmetryFunctions(checkAcsf(spec))
    const mean = new Float64Array(functions.length)
    functions.enter(atoms)
    functions.average(Int32Array.of(1, 2), mean)
    const [a, b] = [vectorOf(atoms, 1), vectorOf(atoms, 2)]
    expectRelative(
      mean,
      a.map((x, i) => (x + b[i]!) / 2),
      1e-13,
    )
  })

  it('bear atoms on one place', () => {
    const atoms = new Atoms({ symbols: 'HHO', positions: [0, 0, 0, 0, 0, 0, 1, 0, 0] })
    expect(vectorOf(atoms, 0).every(Number.isFinite)).toBe(true)
  })

  it.each<[object, RegExp]>([
    [{ g2: undefined, g4: undefined, g5: undefined }, /acsf without a function/],
    [{ g2: [{ eta: 'x' }] }, /`g2.eta` must be a finite number/],
    [{ g2: [1] }, /`g2` must be a list of \{ eta, rs \}/],
    [{ g4: [{ eta: 1, zeta: -1 }] }, /`g4.zeta` must be a positive number/],
    [{ g5: [{ eta: 1, zeta: 1, lamda: 1 }] }, /g5 has no option `lamda`; did you mean `lambda`/],
    [{ cutoff: 0 }, /`cutoff`/],
    [{ g3: [] }, /acsf has no option `g3`/],
  ])('refuse %o', (change, message) => {
    expect(() => checkAcsf({ ...spec, ...change } as AcsfSpec)).toThrow(message)
  })
})
