import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import { EMT } from '../../lib/calculators/emt.js'
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
}

const folder = sharedData('reference')

function cases(file: string): Case[] {
  return folder ? (JSON.parse(readFileSync(join(folder, file), 'utf8')) as Case[]) : []
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
})
