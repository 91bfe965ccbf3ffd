import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import { bulk } from '../../lib/atoms/build.js'
import { Rng } from '../../lib/base/random.js'
import type { Calculator } from '../../lib/calculators/calculator.js'
import { EMT } from '../../lib/calculators/emt.js'
import { LennardJones } from '../../lib/calculators/lennard-jones.js'
import { choleskySolve } from '../../lib/operations/cholesky.js'
import { RelaxingAtoms } from '../../lib/operations/minimizable.js'
import { makeOptimizer, type OptimizerName } from '../../lib/operations/optimizers.js'
import { RelaxingCell } from '../../lib/operations/relaxing-cell.js'
import { longestRow } from '../../lib/operations/rows.js'
import { symmetricEigen } from '../../lib/operations/symmetric-eigen.js'
import { sharedJson } from '../shared-data.js'

interface Trace {
  init: { numbers: number[]; positions: number[][]; cell: number[][]; pbc: [boolean, boolean, boolean] }
  opt: string
  fmax: number
  nsteps: number
  trace_E_fmax: [number, number][]
  positions_end: number[][]
}

const reference = sharedJson('reference', 'optimize.json') as Record<string, Trace> | null
const NAMES: Readonly<Record<string, OptimizerName>> = {
  BFGS: 'bfgs',
  LBFGS: 'lbfgs',
  FIRE: 'fire',
  PreconLBFGS: 'lbfgs-line-search',
}

describe.skipIf(!reference)("ASE's relaxations", () => {
  it.each(Object.entries(reference ?? {}))('are followed step by step: %s', async (name, data) => {
    const { numbers, positions, cell, pbc } = data.init
    const atoms = new Atoms({ numbers, positions, cell, pbc })
    const calculator = name.startsWith('lj') ? new LennardJones({ epsilon: 0.0104, sigma: 3.4, rc: 20 }) : new EMT()
    const target = new RelaxingAtoms(atoms, calculator)
    const optimizer = makeOptimizer(NAMES[data.opt] as OptimizerName)
    await target.evaluate()
    const trace: [number, number][] = [[target.energy, longestRow(target.forces)]]
    while (!target.converged(data.fmax)) {
      await optimizer.step(target)
      trace.push([target.energy, longestRow(target.forces)])
    }
    expect(trace.length - 1).toBe(data.nsteps)
    for (const [s, [energy, force]] of data.trace_E_fmax.entries()) {
      expect(Math.abs((trace[s] as [number, number])[0] - energy), `energy of step ${s}`).toBeLessThan(1e-9)
      expect(Math.abs((trace[s] as [number, number])[1] - force), `force of step ${s}`).toBeLessThan(1e-7)
    }
    data.positions_end.flat().forEach((value, o) => {
      expect(Math.abs(atoms.positions[o]! - value)).toBeLessThan(1e-7)
    })
  })
})

describe('bfgs', () => {
  it('goes down also where the energy curves downwards', async () => {
    // (x² − 1)², between whose minima the curvature is negative.
    const calculator: Calculator = {
      name: 'double-well',
      calculate: ({ positions }) => {
        const [x, y, z] = positions as unknown as [number, number, number]
        return {
          energy: (x * x - 1) ** 2 + y * y + z * z,
          forces: Float64Array.of(-4 * x * (x * x - 1), -2 * y, -2 * z),
        }
      },
    }
    const atoms = new Atoms({ symbols: 'H', positions: [0.1, 0.2, 0] })
    const target = new RelaxingAtoms(atoms, calculator)
    const optimizer = makeOptimizer('bfgs')
    await target.evaluate()
    const energies = [target.energy]
    while (!target.converged(1e-6) && energies.length < 100) {
      await optimizer.step(target)
      energies.push(target.energy)
    }
    expect(Math.abs(atoms.positions[0]! - 1)).toBeLessThan(1e-6)
    expect(energies.at(-1)).toBeLessThan(1e-10)
    // All the way out of the region of negative curvature.
    for (const [s, energy] of energies.slice(1, 5).entries()) expect(energy).toBeLessThan(energies[s]!)
  })
})

/** A symmetric matrix of random elements. */
function symmetric(n: number, rng: Rng): Float64Array {
  const a = new Float64Array(n * n)
  for (let r = 0; r < n; r++) for (let c = 0; c <= r; c++) a[r * n + c] = a[c * n + r] = rng.normal()
  return a
}

describe('symmetricEigen', () => {
  it('decomposes any symmetric matrix', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), (n, seed) => {
        const a = symmetric(n, new Rng(seed))
        const { values, vectors } = symmetricEigen(a, n)
        for (let r = 0; r < n; r++) {
          for (let c = 0; c < n; c++) {
            let element = 0
            let overlap = 0
            for (let k = 0; k < n; k++) {
              element += vectors[r * n + k]! * values[k]! * vectors[c * n + k]!
              overlap += vectors[k * n + r]! * vectors[k * n + c]!
            }
            expect(element).toBeCloseTo(a[r * n + c]!, 10)
            expect(overlap).toBeCloseTo(r === c ? 1 : 0, 10)
          }
        }
      }),
    )
  })
})

describe('choleskySolve', () => {
  it('solves with a positive definite matrix, and refuses another', () => {
    const n = 6
    const b = symmetric(n, new Rng(1))
    const a = new Float64Array(n * n)
    for (let r = 0; r < n; r++) {
      for (let c = 0; c < n; c++) for (let k = 0; k < n; k++) a[r * n + c]! += b[r * n + k]! * b[c * n + k]!
    }
    const x = choleskySolve(a, n, Float64Array.of(1, 2, 3, 4, 5, 6)) as Float64Array
    for (let r = 0; r < n; r++) {
      let sum = 0
      for (let c = 0; c < n; c++) sum += a[r * n + c]! * x[c]!
      expect(sum).toBeCloseTo(r + 1, 8)
    }
    a[0] = -1
    expect(choleskySolve(a, n, new Float64Array(n))).toBeUndefined()
  })
})

describe('RelaxingCell', () => {
  it('has forces that are minus the gradient of the enthalpy, far from the first cell too', async () => {
    const rng = new Rng(5)
    const atoms = bulk('Cu', { cubic: true })
    atoms.rattle(0.1, rng)
    const target = new RelaxingCell(atoms, new EMT(), 3)
    const at = target.coordinates.slice()
    const strain = symmetric(3, rng)
    for (let o = 0; o < 9; o++) at[at.length - 9 + o] = 0.15 * strain[o]!
    await target.moveTo(at)
    const forces = target.forces.slice()
    const enthalpy = async (o: number[], h: number): Promise<number> => {
      await target.moveTo(at.map((value, place) => (o.includes(place) ? value + h : value)))
      return target.energy
    }
    const h = 1e-4
    for (let o = 0; o < at.length; o++) {
      // The cell's coordinates stay symmetric: an off-diagonal one moves with its mirror image.
      const c = o - (at.length - 9)
      const mirror = c < 0 ? o : at.length - 9 + 3 * (c % 3) + Math.floor(c / 3)
      const slope = ((await enthalpy([o, mirror], h)) - (await enthalpy([o, mirror], -h))) / (2 * h)
      expect(slope).toBeCloseTo(o === mirror ? -forces[o]! : -forces[o]! - forces[mirror]!, 6)
    }
  })
})
