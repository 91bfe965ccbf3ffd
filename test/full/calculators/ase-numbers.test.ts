import { Atoms, BerendsenNPT, EMT, LennardJones, Morse, Rng } from 'autopara'
import { describe, expect, it } from 'vitest'
import { cellHeights } from '../../../lib/atoms/cell.js'
import { GPa } from '../../../lib/base/units.js'
import { minimOp } from '../../../lib/operations/minim.js'
import { asePython, runAse } from '../ase-python.js'

/** Energy, forces and (where there is one) stress by ASE, for a list of { calc, params, numbers, positions, cell, pbc }. */
const EVALUATE = `
import json, sys
import numpy as np
from ase import Atoms
from ase.calculators.emt import EMT
from ase.calculators.lj import LennardJones
from ase.calculators.morse import MorsePotential
out = []
for c in json.load(sys.stdin):
    atoms = Atoms(c['numbers'], np.reshape(c['positions'], (-1, 3)), cell=np.reshape(c['cell'], (3, 3)), pbc=c['pbc'])
    calc = {'EMT': EMT, 'LennardJones': LennardJones, 'Morse': MorsePotential}[c['calc']](**c['params'])
    properties = ['energy', 'forces'] + (['stress'] if c['calc'] != 'Morse' else [])
    calc.calculate(atoms, properties, ['numbers', 'positions', 'cell', 'pbc'])
    r = calc.results
    out.append({name: np.asarray(r[name]).ravel().tolist() for name in properties})
json.dump(out, sys.stdout)
`

const NPT = `
import json, sys
import numpy as np
from ase import Atoms, units
from ase.calculators.emt import EMT
from ase.md.nptberendsen import NPTBerendsen
c = json.load(sys.stdin)
atoms = Atoms(c['numbers'], np.reshape(c['positions'], (-1, 3)), cell=np.reshape(c['cell'], (3, 3)), pbc=c['pbc'])
atoms.set_momenta(np.reshape(c['momenta'], (-1, 3)))
atoms.calc = EMT()
dyn = NPTBerendsen(atoms, 2 * units.fs, temperature_K=500, taut=100 * units.fs, taup=300 * units.fs,
    pressure_au=2 * units.GPa, compressibility_au=0.007 / units.GPa)
dyn.run(50)
json.dump({'positions': atoms.positions.ravel().tolist(), 'cell': np.asarray(atoms.cell).ravel().tolist(),
    'momenta': atoms.get_momenta().ravel().tolist()}, sys.stdout)
`

const RELAX = `
import json, sys
import numpy as np
from ase import Atoms, units
from ase.calculators.emt import EMT
from ase.constraints import ExpCellFilter
from ase.optimize import BFGS
c = json.load(sys.stdin)
atoms = Atoms(c['numbers'], np.reshape(c['positions'], (-1, 3)), cell=np.reshape(c['cell'], (3, 3)), pbc=c['pbc'])
atoms.calc = EMT()
BFGS(ExpCellFilter(atoms, scalar_pressure=c['pressure']), logfile=None).run(fmax=1e-6, steps=2000)
json.dump({'energy': atoms.get_potential_energy(), 'volume': atoms.get_volume()}, sys.stdout)
`

type Kind = 'EMT' | 'LennardJones' | 'Morse'

const seed = Math.floor(Math.random() * 2 ** 31)
const rng = new Rng(seed)

/** One to ten atoms not too near each other, in a skewed cell, any periodicity, some of them outside the cell. */
function structure(kind: Kind): Atoms {
  const kinds = kind === 'EMT' ? [13, 28, 29, 46, 47, 78, 79, 1, 6, 7, 8] : [18]
  for (;;) {
    const cell = Array.from({ length: 9 }, (_, c) => (c % 4 === 0 ? 3.5 + 4 * rng.random() : 2 * rng.random() - 1))
    if (Math.min(...cellHeights(cell)) < 2.5) continue
    const n = rng.integers(1, 11)
    const atoms = new Atoms({
      numbers: Array.from({ length: n }, () => kinds[rng.integers(0, kinds.length)] as number),
      positions: Array.from({ length: 3 * n }, () => 14 * rng.random() - 4),
      cell,
      pbc: [rng.random() < 0.7, rng.random() < 0.7, rng.random() < 0.7],
    })
    if (new LennardJones({ sigma: 1, rc: 1.5 }).calculate(atoms, ['energy']).energy === 0) return atoms
  }
}

function parameters(kind: Kind): Record<string, number | boolean> {
  if (kind === 'EMT') return { asap_cutoff: rng.random() < 0.3 }
  const epsilon = 0.01 + rng.random()
  if (kind === 'Morse') return { epsilon, r0: 2 + rng.random(), rho0: 3 + 3 * rng.random(), rcut1: 1.5, rcut2: 2 }
  const sigma = 2 + rng.random()
  return rng.random() < 0.5 ? { epsilon, sigma } : { epsilon, sigma, rc: 7, ro: 5, smooth: true }
}

function plain(atoms: Atoms): object {
  const { numbers, positions, cell, pbc } = atoms
  return { numbers: [...numbers], positions: [...positions], cell: [...cell], pbc }
}

function ours(kind: Kind, params: Record<string, number | boolean>): EMT | LennardJones | Morse {
  if (kind === 'EMT') return new EMT({ asapCutoff: params['asap_cutoff'] === true })
  return kind === 'Morse' ? new Morse(params) : new LennardJones(params)
}

function worst(actual: ArrayLike<number>, expected: readonly number[]): number {
  return Math.max(0, ...expected.map((value, i) => Math.abs(value - actual[i]!)))
}

describe.skipIf(asePython === null)(`on freshly drawn structures (seed ${seed})`, () => {
  it.each(['EMT', 'LennardJones', 'Morse'] as const)("%s has ASE's numbers", (kind) => {
    const cases = Array.from({ length: 40 }, () => ({ atoms: structure(kind), params: parameters(kind) }))
    const input = cases.map(({ atoms, params }) => ({ calc: kind, params, ...plain(atoms) }))
    const expected = runAse(EVALUATE, input) as { energy: number[]; forces: number[]; stress?: number[] }[]
    for (const [i, { atoms, params }] of cases.entries()) {
      const found = ours(kind, params).calculate(atoms)
      const { energy, forces, stress } = expected[i]!
      // Near atoms have terms of many eV: what cancels is measured by the largest force.
      const size = Math.max(1, ...forces.map(Math.abs))
      expect(Math.abs(found.energy - energy[0]!)).toBeLessThan(1e-10 * Math.max(Math.abs(energy[0]!), size))
      expect(worst(found.forces, forces)).toBeLessThan(1e-9 * size)
      if (stress) expect(worst(found.stress!, stress)).toBeLessThan(1e-10 * size)
    }
  })

  it('a Berendsen barostat goes the way of ASE', async () => {
    const atoms = new Atoms({
      symbols: 'Cu4',
      positions: [0, 0, 0, 0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0],
      cell: [3.6, 3.6, 3.6],
      pbc: [true, true, true],
    })
    const large = atoms.repeat(2)
    large.rattle(0.05, rng)
    large.momenta = Float64Array.from({ length: 3 * large.length }, () => 2 * rng.normal())
    const input = { ...plain(large), momenta: [...large.momenta] }
    const options = { dt: 2, temperature: 500, tau: 100, pressure: 2, pressureTau: 300, compressibility: 0.007 }
    await new BerendsenNPT(large, new EMT(), options).run(50)
    const expected = runAse(NPT, input) as { positions: number[]; cell: number[]; momenta: number[] }
    expect(worst(large.positions, expected.positions)).toBeLessThan(1e-8)
    expect(worst(large.cell, expected.cell)).toBeLessThan(1e-9)
    expect(worst(large.momenta, expected.momenta)).toBeLessThan(1e-8)
  })

  it('a relaxation of the cell under pressure ends where that of ASE does', async () => {
    const atoms = new Atoms({
      symbols: 'CuAuCu2',
      positions: [0, 0, 0, 0, 1.9, 1.9, 1.9, 0, 1.9, 1.9, 1.9, 0],
      cell: [3.8, 3.7, 3.9],
      pbc: [true, true, true],
    })
    atoms.rattle(0.05, rng)
    const expected = runAse(RELAX, { ...plain(atoms), pressure: 5 * GPa }) as { energy: number; volume: number }
    const [last] = await minimOp([atoms], {
      calculator: 'EMT',
      pressure: 5,
      fmax: 1e-6,
      smax: 1e-8,
      trajSubselect: 'last',
    })
    expect((last as Atoms).info['minim_converged']).toBe(true)
    expect((last as Atoms).info['minim_energy']).toBeCloseTo(expected.energy, 6)
    expect((last as Atoms).volume).toBeCloseTo(expected.volume, 3)
  })
})
