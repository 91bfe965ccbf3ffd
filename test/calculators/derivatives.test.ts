import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import { cellHeights, determinant } from '../../lib/atoms/cell.js'
import { neighborPairs } from '../../lib/atoms/neighbor-pairs.js'
import { Rng } from '../../lib/base/random.js'
import { EMT } from '../../lib/calculators/emt.js'
import { emtModel } from '../../lib/calculators/emt-parameters.js'
import { exponential } from '../../lib/calculators/exponential.js'
import { LennardJones } from '../../lib/calculators/lennard-jones.js'
import { Morse } from '../../lib/calculators/morse.js'
import type { ShortRangePotential } from '../../lib/calculators/short-range-potential.js'

/** Potentials without steps in their forces within reach of a finite difference. */
const potentials: [string, ShortRangePotential, number[]][] = [
  ['LennardJones, smooth', new LennardJones({ epsilon: 0.2, sigma: 2.2, rc: 5, ro: 3.5, smooth: true }), [18]],
  // The shifted potential's force steps by 1e-6 eV/Å at this cutoff.
  ['LennardJones, shifted', new LennardJones({ epsilon: 0.01, sigma: 2.2, rc: 12 }), [18]],
  ['Morse', new Morse({ epsilon: 0.5, r0: 2.5, rho0: 4, rcut1: 1.2, rcut2: 1.9 }), [18]],
  ['EMT of metals', new EMT(), [29, 78, 13, 47]],
  ['EMT of H C N O', new EMT(), [1, 6, 7, 8]],
  ['EMT of metals and H C N O', new EMT(), [1, 6, 8, 29, 46]],
  ['EMT with the Asap cutoff', new EMT({ asapCutoff: true }), [28, 79]],
]

/** One to six atoms at least 1.9 Å apart in a skewed cell of 3 to 8 Å, any periodicity. */
function structure(seed: number, kinds: readonly number[]): Atoms {
  const rng = new Rng(seed)
  for (;;) {
    const cell = Array.from({ length: 9 }, (_, c) => (c % 4 === 0 ? 3 + 5 * rng.random() : 2 * rng.random() - 1))
    if (Math.min(...cellHeights(cell)) < 2.2) continue
    const n = rng.integers(1, 7)
    const numbers = Array.from({ length: n }, () => kinds[rng.integers(0, kinds.length)] as number)
    const positions = Array.from({ length: 3 * n }, () => 12 * rng.random() - 4)
    const atoms = new Atoms({
      numbers,
      positions,
      cell,
      pbc: [rng.random() < 0.7, rng.random() < 0.7, rng.random() < 0.7],
    })
    if (new LennardJones({ sigma: 1, rc: 1.9 }).calculate(atoms, ['energy']).energy === 0) return atoms
  }
}

/** EMT's energy has a small step where a pair passes its reach: a finite difference across it is not the derivative. */
function isAtStep(potential: ShortRangePotential, atoms: Atoms): boolean {
  if (!(potential instanceof EMT)) return false
  const model = emtModel([...new Set(atoms.numbers)], potential.parameters.asapCutoff)
  if (typeof model === 'number') throw new Error(`EMT knows no element ${model}`)
  const { distances } = neighborPairs(atoms, model.reach + 1e-3)
  return distances.some((distance) => distance > model.reach - 1e-3)
}

describe.each(potentials)('%s', (_, potential, kinds) => {
  it('has forces that are minus the gradient of the energy', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const atoms = structure(seed, kinds)
        fc.pre(!isAtStep(potential, atoms))
        const { forces } = potential.calculate(atoms)
        const h = 1e-5
        for (let o = 0; o < atoms.positions.length; o++) {
          const at = (step: number): number => {
            const moved = atoms.copy()
            moved.positions[o]! += step
            return potential.calculate(moved, ['energy']).energy
          }
          expect(Math.abs((at(-h) - at(h)) / (2 * h) - forces[o]!)).toBeLessThan(2e-6)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('has a stress that is the derivative of the energy by strain, over the volume', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const atoms = structure(seed, kinds)
        fc.pre(!isAtStep(potential, atoms))
        const { stress } = potential.calculate(atoms)
        const pairs = [
          [0, 0],
          [1, 1],
          [2, 2],
          [1, 2],
          [0, 2],
          [0, 1],
        ] as const
        const h = 1e-5
        for (const [v, [r, c]] of pairs.entries()) {
          const at = (step: number): number => {
            const strained = atoms.copy()
            for (const rows of [strained.cell, strained.positions]) {
              for (let o = 0; o < rows.length; o += 3) {
                const [x, y] = [rows[o + r]!, rows[o + c]!]
                rows[o + c]! += 0.5 * step * x
                rows[o + r]! += 0.5 * step * y
              }
            }
            return potential.calculate(strained, ['energy']).energy
          }
          const slope = (at(h) - at(-h)) / (2 * h) / Math.abs(determinant(atoms.cell))
          expect(Math.abs(slope - stress![v]!)).toBeLessThan(2e-6)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('does not see which images the atoms are given by', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -3, max: 3 }), (seed, shift) => {
        const atoms = structure(seed, kinds)
        const moved = atoms.copy()
        const d = moved.pbc.indexOf(true)
        for (let c = 0; c < 3; c++) moved.positions[c]! += d < 0 ? 0 : shift * moved.cell[3 * d + c]!
        const [one, two] = [potential.calculate(atoms), potential.calculate(moved)]
        expect(Math.abs(one.energy - two.energy)).toBeLessThan(1e-10)
        for (let o = 0; o < one.forces.length; o++) expect(Math.abs(one.forces[o]! - two.forces[o]!)).toBeLessThan(1e-9)
      }),
      { numRuns: 25 },
    )
  })

  it('gives the same numbers along a trajectory, with lists that are kept, as afresh', () => {
    const rng = new Rng(3)
    const atoms = structure(17, kinds)
    let along = potential.calculate(atoms)
    for (let step = 0; step < 60; step++) {
      atoms.rattle(0.03, rng)
      if (step % 7 === 0) for (let c = 0; c < 9; c++) atoms.cell[c]! *= 1.002
      along = potential.calculate(atoms, undefined, along)
      const afresh = potential.calculate(atoms.copy())
      expect(Math.abs(along.energy - afresh.energy)).toBeLessThan(1e-9 * Math.max(1, Math.abs(afresh.energy)))
      for (let v = 0; v < 6; v++) expect(Math.abs(along.stress![v]! - afresh.stress![v]!)).toBeLessThan(1e-8)
    }
  })
})

describe('a short-range potential', () => {
  it('has energies and stresses of atoms that add up to those of the configuration', () => {
    for (const calculator of [new LennardJones({ sigma: 2.2 }), new Morse({ r0: 2.4 }), new EMT()]) {
      const atoms = structure(5, [29])
      const known = calculator instanceof EMT ? ['energies', 'stress'] : ['energies', 'stress', 'stresses']
      const { energy, energies, stress, stresses } = calculator.calculate(atoms, known)
      expect(energies!.reduce((sum, value) => sum + value)).toBeCloseTo(energy, 10)
      for (let v = 0; stresses && v < 6; v++) {
        const sum = stresses.filter((__, place) => place % 6 === v).reduce((a, b) => a + b)
        expect(sum).toBeCloseTo(stress![v]!, 10)
      }
    }
  })

  it('uses the arrays of an earlier result only where it is handed over', () => {
    const emt = new EMT()
    const atoms = structure(5, [29])
    const first = emt.calculate(atoms)
    const second = emt.calculate(atoms)
    expect(second.forces).not.toBe(first.forces)
    expect(emt.calculate(atoms, undefined, second).forces).toBe(second.forces)
  })

  it('refuses what it does not have', () => {
    const cluster = new Atoms({ symbols: 'Cu2', positions: [0, 0, 0, 2.4, 0, 0] })
    expect(() => new EMT().calculate(cluster, ['dipole'])).toThrow(
      "EMT can't compute 'dipole': it gives energy, free_energy",
    )
    expect(() => new EMT().calculate(cluster, ['stress'])).toThrow("EMT can't compute 'stress': the cell has no volume")
    expect('stress' in new EMT().calculate(cluster)).toBe(false)
  })

  it('refuses two atoms at one place, with a clear word', () => {
    const twins = new Atoms({ symbols: 'Cu2', positions: [0, 0, 0, 0, 0, 0] })
    for (const calculator of [new EMT(), new LennardJones(), new Morse()]) {
      expect(() => calculator.calculate(twins)).toThrow(/do two atoms sit at one place\?/)
    }
  })

  it('copes with no atoms', () => {
    const none = new Atoms({ symbols: [], positions: [], cell: [3, 3, 3], pbc: [true, true, true] })
    expect(new LennardJones().calculate(none)).toMatchObject({ energy: 0, forces: new Float64Array(0) })
  })
})

describe('exponential', () => {
  it('is e^x to two units in the last place, and Math.exp beyond its table', () => {
    const rng = new Rng(9)
    let worst = 0
    for (let n = 0; n < 200_000; n++) {
      const x = 1400 * rng.random() - 700
      worst = Math.max(worst, Math.abs(exponential(x) / Math.exp(x) - 1))
    }
    expect(worst).toBeLessThanOrEqual(4.5e-16)
    for (const x of [0, -0, 1000, -1000, 705, -705, -740, Number.NaN, Infinity, -Infinity]) {
      expect(exponential(x)).toBe(Math.exp(x))
    }
  })
})
