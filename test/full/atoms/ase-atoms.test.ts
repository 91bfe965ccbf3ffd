import { describe, expect, it } from 'vitest'
import { cellHeights } from '../../../build/lib/atoms/cell.js'
import { Atoms, bulk, molecule, Rng } from '../../../build/lib/index.js'
import { asePython, runAse } from '../ase-python.js'

const script = `
import json, sys
import numpy as np
from ase import Atoms
from ase.build import bulk, molecule
out = []
for job in json.load(sys.stdin):
    if job['kind'] == 'bulk':
        a = bulk(job['symbol'], **job['options'])
    elif job['kind'] == 'molecule':
        a = molecule(job['name'])
    else:
        a = Atoms(numbers=job['numbers'], positions=np.reshape(job['positions'], (-1, 3)), cell=np.reshape(job['cell'], (3, 3)),
                  pbc=job['pbc'], momenta=np.reshape(job['momenta'], (-1, 3)))
        a = a.repeat(job['repeat'])
        a.wrap()
    r = dict(numbers=a.numbers.tolist(), positions=a.positions.ravel().tolist(), cell=a.cell.array.ravel().tolist())
    if job['kind'] == 'any':
        r.update(energy=a.get_kinetic_energy(), temperature=a.get_temperature(), velocities=a.get_velocities().ravel().tolist())
        r['volume'] = a.get_volume()
        r['heights'] = (a.get_volume() / np.linalg.norm(np.cross(a.cell[[1, 2, 0]], a.cell[[2, 0, 1]]), axis=1)).tolist()
    out.append(r)
print(json.dumps(out))
`

interface Answer {
  numbers: number[]
  positions: number[]
  cell: number[]
  energy: number
  temperature: number
  velocities: number[]
  volume: number
  heights: number[]
}

function close(ours: ArrayLike<number>, theirs: ArrayLike<number>, tolerance: number): void {
  expect(ours.length).toBe(theirs.length)
  const worst = Array.from(ours).reduce((most, x, i) => Math.max(most, Math.abs(x - theirs[i]!)), 0)
  expect(worst).toBeLessThanOrEqual(tolerance)
}

const elements =
  'Po Ne Al Ar Ca Ni Cu Kr Sr Rh Pd Ag Xe Ce Yb Ir Pt Au Pb Ac Th Li Na K V Cr Fe Rb Nb Mo Cs Ba Eu Ta W Be Mg Sc Ti Co Zn Y Zr Tc Ru Cd La Pr Nd Gd Tb Dy Ho Er Tm Lu Hf Re Os Tl C Si Ge'.split(
    ' ',
  )
const molecules = 'H2 N2 O2 CO HF H2O CO2 HCN NH3 CH4 C2H2 C2H4 C2H6 CH3OH C6H6'.split(' ')

describe.skipIf(!asePython)('Atoms beside ASE', () => {
  it('builds every crystal and molecule as ASE does', () => {
    const cubic = elements.filter((symbol) =>
      cellHeights(bulk(symbol).cell).every((h, _, all) => Math.abs(h - all[0]!) < 1e-9),
    )
    const jobs = [
      ...elements.map((symbol) => ({ kind: 'bulk', symbol, options: {} })),
      ...cubic.map((symbol) => ({ kind: 'bulk', symbol, options: { cubic: true } })),
      ...molecules.map((name) => ({ kind: 'molecule', name })),
    ]
    const ours = [
      ...elements.map((symbol) => bulk(symbol)),
      ...cubic.map((symbol) => bulk(symbol, { cubic: true })),
      ...molecules.map((name) => molecule(name)),
    ]
    const theirs = runAse(script, jobs) as Answer[]
    expect(cubic.length).toBeGreaterThan(30)
    ours.forEach((atoms, i) => {
      expect([...atoms.numbers]).toEqual(theirs[i]?.numbers)
      close(atoms.positions, theirs[i]!.positions, 1e-14)
      close(atoms.cell, theirs[i]!.cell, 1e-14)
    })
  })

  it('repeats, wraps and measures random configurations as ASE does', () => {
    const rng = new Rng('ase-atoms')
    const many = (n: number, scale: number): number[] => Array.from({ length: n }, () => scale * rng.normal())
    const jobs = Array.from({ length: 50 }, () => {
      const n = rng.integers(1, 6)
      return {
        kind: 'any',
        numbers: Array.from({ length: n }, () => rng.integers(1, 90)),
        positions: many(3 * n, 6),
        cell: many(9, 1).map((x, i) => x + (i % 4 === 0 ? 5 : 0)),
        pbc: [0, 1, 2].map(() => rng.random() < 0.5),
        momenta: many(3 * n, 2),
        repeat: [1, 2, 3].map(() => rng.integers(1, 4)) as [number, number, number],
      }
    })
    const theirs = runAse(script, jobs) as Answer[]
    jobs.forEach(({ kind, repeat, ...init }, i) => {
      const atoms = new Atoms(init).repeat(repeat)
      atoms.wrap()
      const answer = theirs[i]!
      expect([...atoms.numbers]).toEqual(answer.numbers)
      close(atoms.positions, answer.positions, 1e-12)
      close(atoms.cell, answer.cell, 1e-12)
      close(atoms.velocities, answer.velocities, 1e-14)
      close(cellHeights(atoms.cell), answer.heights, 1e-10)
      expect(atoms.kineticEnergy() / answer.energy).toBeCloseTo(1, 13)
      expect(atoms.temperature() / answer.temperature).toBeCloseTo(1, 13)
      expect(atoms.volume / answer.volume).toBeCloseTo(1, 12)
      expect(kind).toBe('any')
    })
  })
})
