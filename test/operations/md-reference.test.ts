import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import { EMT } from '../../lib/calculators/emt.js'
import { BerendsenNVT } from '../../lib/operations/berendsen.js'
import type { Integrator } from '../../lib/operations/integrator.js'
import { Langevin } from '../../lib/operations/langevin.js'
import { setMaxwellBoltzmann } from '../../lib/operations/maxwell-boltzmann.js'
import { VelocityVerlet } from '../../lib/operations/velocity-verlet.js'
import { sharedJson } from '../shared-data.js'

interface Init {
  numbers: number[]
  positions: number[][]
  cell: number[][]
  pbc: [boolean, boolean, boolean]
  momenta: number[][]
  masses: number[]
}

interface Frame {
  step: number
  positions: number[][]
  momenta: number[][]
  forces: number[][]
  epot: number
  ekin: number
  temperature: number
  cell: number[][]
}

interface Trajectory {
  init: Init
  dt_fs: number
  frames: Frame[]
  [setting: string]: unknown
}

const reference = sharedJson('reference', 'md.json') as Record<string, Trajectory> | null
const names = Object.keys(reference ?? {})

function start(name: string): { atoms: Atoms; data: Trajectory } {
  const data = reference?.[name] as Trajectory
  const { numbers, positions, cell, pbc, momenta } = data.init
  return { atoms: new Atoms({ numbers, positions, cell, pbc, momenta }), data }
}

function distance(actual: ArrayLike<number>, rows: readonly (readonly number[])[]): number {
  return Math.max(...rows.flat().map((value, i) => Math.abs(value - (actual[i] as number))))
}

/** Coordinates relative to their mean by mass. */
function centered(atoms: Atoms, rows: readonly (readonly number[])[]): number[][] {
  const { masses } = atoms
  const total = masses.reduce((sum, mass) => sum + mass)
  const center = [0, 1, 2].map((c) => rows.reduce((sum, row, i) => sum + masses[i]! * row[c]!, 0) / total)
  return rows.map((row) => row.map((value, c) => value - center[c]!))
}

function rowsOf(flat: Float64Array): number[][] {
  return Array.from({ length: flat.length / 3 }, (_, i) => [...flat.subarray(3 * i, 3 * i + 3)])
}

async function follow(integrator: Integrator, { frames }: Trajectory, drifts = false): Promise<void> {
  const { atoms } = integrator
  for (const frame of frames) {
    await integrator.run(frame.step - integrator.steps)
    if (drifts) {
      expect(distance(centered(atoms, rowsOf(atoms.positions)).flat(), centered(atoms, frame.positions))).toBeLessThan(
        1e-8,
      )
    } else {
      expect(distance(atoms.positions, frame.positions)).toBeLessThan(1e-8)
    }
    expect(distance(atoms.momenta, frame.momenta)).toBeLessThan(1e-8)
    expect(distance(integrator.results?.forces as Float64Array, frame.forces)).toBeLessThan(1e-7)
    expect(distance(atoms.cell, frame.cell)).toBeLessThan(1e-9)
    expect(integrator.results?.energy).toBeCloseTo(frame.epot, 9)
    expect(atoms.kineticEnergy()).toBeCloseTo(frame.ekin, 9)
    expect(integrator.temperature() / frame.temperature).toBeCloseTo(1, 10)
  }
}

/** Gives out recorded deviates. */
function recorded(normals: unknown): { normal(): number } {
  const flat = (normals as number[][]).flat(3)
  let next = 0
  return { normal: () => flat[next++] as number }
}

describe.skipIf(!reference)("ASE's trajectories", () => {
  it.each(names.filter((name) => name.startsWith('nve')))('are followed at constant energy: %s', async (name) => {
    const { atoms, data } = start(name)
    await follow(new VelocityVerlet(atoms, new EMT(), { dt: data.dt_fs }), data)
  })

  it.each(names.filter((name) => name.startsWith('nvt')))(
    'are followed with a Berendsen thermostat: %s',
    async (name) => {
      const { atoms, data } = start(name)
      const options = { dt: data.dt_fs, temperature: data['temperature_K'] as number, tau: data['taut_fs'] as number }
      await follow(new BerendsenNVT(atoms, new EMT(), options), data)
    },
  )

  it.each(names.filter((name) => name.startsWith('langevin')))(
    'are followed with recorded deviates: %s',
    async (name) => {
      const { atoms, data } = start(name)
      const options = { dt: data.dt_fs, temperature: data['temperature_K'] as number, tau: 100 }
      await follow(new Langevin(atoms, new EMT(), { ...options, rng: recorded(data['normals']) }), data, true)
    },
  )

  it('begin with the same momenta for the same deviates', () => {
    const { atoms, data } = start('maxwell_boltzmann_cu8')
    setMaxwellBoltzmann(atoms, data['temperature_K'] as number, recorded(data['normals']))
    expect(distance(atoms.momenta, data['momenta_after_stationary'] as number[][])).toBeLessThan(1e-12)
    expect(atoms.temperature()).toBeCloseTo(data['T_after'] as number, 9)
  })

  it('count velocities, kinetic energy and temperature in the same way', () => {
    const { atoms, data } = start('kinetic_conventions_cu8')
    expect(distance(atoms.velocities, data['velocities'] as number[][])).toBeLessThan(1e-14)
    expect(atoms.kineticEnergy()).toBeCloseTo(data['ekin'] as number, 13)
    expect(atoms.temperature()).toBeCloseTo(data['temperature'] as number, 9)
    for (const name of names) expect([...start(name).atoms.masses]).toEqual(reference?.[name]?.init.masses)
  })

  it('are all looked at', () => {
    expect(names.filter((name) => !/^(nve|nvt|langevin|maxwell_boltzmann|kinetic_conventions)_/.test(name))).toEqual([])
    expect(names).toHaveLength(5)
  })
})
