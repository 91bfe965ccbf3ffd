import { describe, expect, it } from 'vitest'
import type { Atoms } from '../../lib/atoms/atoms.js'
import { bulk } from '../../lib/atoms/build.js'
import { Rng } from '../../lib/base/random.js'
import { EMT } from '../../lib/calculators/emt.js'
import { LennardJones } from '../../lib/calculators/lennard-jones.js'

function copper(): Atoms {
  const atoms = bulk('Cu', { cubic: true })
  atoms.rattle(0.1, new Rng(1))
  return atoms
}

describe.each([
  ['LennardJones', () => new LennardJones({ sigma: 2.3 })],
  ['EMT', () => new EMT()],
])('%s, given the results of the step before,', (_name, make) => {
  it('uses them again, without what it did not compute anew', () => {
    const calculator = make()
    const atoms = copper()
    const first = calculator.calculate(atoms)
    const second = calculator.calculate(atoms, ['energy', 'forces', 'stress', 'energies'], first)
    expect(second).toBe(first)
    atoms.positions[0]! += 0.01
    const third = calculator.calculate(atoms, ['energy', 'forces'], second)
    expect(Object.keys(third).sort()).toEqual(['energy', 'forces', 'free_energy'])
    expect(calculator.calculate(atoms, ['energy', 'forces'], third)).toBe(third)
  })

  it('is right after a configuration that it refused', () => {
    const calculator = make()
    const atoms = copper()
    let results = calculator.calculate(atoms)
    results = calculator.calculate(atoms, undefined, results)
    const x = atoms.positions[3]!
    atoms.positions[3] = Number.NaN
    expect(() => calculator.calculate(atoms, undefined, results)).toThrow(/must be finite/)
    atoms.positions[3] = x
    expect(calculator.calculate(atoms, undefined, results).energy).toBeCloseTo(make().calculate(atoms).energy, 12)
  })
})
