import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import { bulk } from '../../lib/atoms/build.js'
import { numberOf } from '../../lib/atoms/elements.js'
import { EMT } from '../../lib/calculators/emt.js'
import { beta, emtElements, emtModel } from '../../lib/calculators/emt-parameters.js'
import { LennardJones, type LennardJonesOptions } from '../../lib/calculators/lennard-jones.js'
import { Morse, type MorseOptions } from '../../lib/calculators/morse.js'
import type { ShortRangePotential } from '../../lib/calculators/short-range-potential.js'
import { sharedData } from '../shared-data.js'

interface Case {
  name: string
  numbers: number[]
  positions: number[][]
  cell: number[][]
  pbc: [boolean, boolean, boolean]
  params: Record<string, unknown>
  results: Record<string, number | number[] | number[][]>
  stress_finite_difference?: number[]
}

/** The equation of state of a metal in its primitive cell. */
interface Curve {
  a: number[]
  volume: number[]
  energy: number[]
}

const folder = sharedData('reference')

function parsed(file: string): unknown {
  return folder ? JSON.parse(readFileSync(join(folder, file), 'utf8')) : {}
}

function cases(file: string): Case[] {
  return folder ? (parsed(file) as Case[]) : []
}

/** Absolute tolerances of the arrays: eV, eV/Å, eV/Å³. */
const TOLERANCE: Readonly<Record<string, number>> = { energies: 1e-10, forces: 1e-9, stress: 1e-10, stresses: 1e-10 }

function check(entry: Case, calculator: ShortRangePotential, known: readonly string[]): void {
  const { numbers, positions, cell, pbc, results } = entry
  const atoms = new Atoms({ numbers, positions, cell, pbc })
  const properties = known.filter((property) => property in results)
  const found = calculator.calculate(atoms, properties)
  // Terms of about 10 eV an atom cancel in the energy of a perfect metal: below 1e-13 eV an atom all is rounding.
  const energy = results['energy'] as number
  expect(Math.abs(found.energy - energy)).toBeLessThanOrEqual(
    Math.max(1e-10 * Math.abs(energy), 1e-13 * numbers.length),
  )
  for (const property of properties) {
    if (property === 'energy') continue
    const expected = (results[property] as number[]).flat()
    const actual = found[property] as Float64Array
    expect(actual.length).toBe(expected.length)
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] as number))))
    expect(worst, property).toBeLessThan(TOLERANCE[property] as number)
  }
  if ('free_energy' in results && results['free_energy'] === energy) expect(found.free_energy).toBe(found.energy)
  else expect('free_energy' in results).toBe(false)
  // ASE's own check of its stress, good to 2e-8.
  entry.stress_finite_difference?.forEach((value, v) => {
    expect(Math.abs((found.stress as Float64Array)[v]! - value)).toBeLessThan(3e-8)
  })
}

describe.skipIf(!folder)("ASE's reference numbers", () => {
  it.each(cases('lj.json'))('agree for $name', (entry) => {
    const properties = ['energy', 'energies', 'forces', 'stress', 'stresses']
    check(entry, new LennardJones(entry.params as LennardJonesOptions), properties)
  })

  it.each(cases('morse.json'))('agree for $name', (entry) => {
    check(entry, new Morse(entry.params as MorseOptions), ['energy', 'forces'])
  })

  it.each(cases('emt.json'))('agree for $name', (entry) => {
    const calculator = new EMT({ asapCutoff: entry.params['asap_cutoff'] === true })
    check(entry, calculator, ['energy', 'energies', 'forces', 'stress'])
  })

  it('agree for the parameters of EMT, in the units of the model', () => {
    const { parameters, beta: expectedBeta } = parsed('emt_parameters.json') as {
      parameters: Record<string, number[]>
      beta: number
    }
    const bohr = (parsed('units.json') as { units: Record<string, number> }).units['Bohr'] as number
    expect(beta).toBe(expectedBeta)
    expect([...emtElements].sort()).toEqual(Object.keys(parameters).sort())
    for (const [symbol, [E0, s0, V0, eta2, kappa, lambda, n0]] of Object.entries(parameters)) {
      const model = emtModel([numberOf(symbol) as number], false)
      const own = typeof model === 'number' ? undefined : model.elements[0]
      const expected = [E0!, s0! * bohr, V0!, eta2! / bohr, kappa! / bohr, lambda! / bohr, n0! / bohr ** 3]
      const found = [own?.E0, own?.s0, own?.V0, own?.eta2, own?.kappa, own?.lambda, own?.n0] as number[]
      found.forEach((value, p) => {
        expect(Math.abs(value / expected[p]! - 1)).toBeLessThan(1e-14)
      })
    }
  })

  it.each(Object.entries(parsed('eos_emt_fcc_prim.json') as Record<string, Curve>))(
    'agree for the energy of %s over its volume',
    (symbol, { a, volume, energy }) => {
      for (const [i, constant] of a.entries()) {
        const atoms = bulk(symbol, { structure: 'fcc', a: constant })
        expect(Math.abs(atoms.volume / volume[i]! - 1)).toBeLessThan(1e-13)
        expect(Math.abs(new EMT().calculate(atoms).energy - energy[i]!)).toBeLessThanOrEqual(
          Math.max(1e-10 * Math.abs(energy[i]!), 1e-13),
        )
      }
    },
  )
})
