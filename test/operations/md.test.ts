import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import { bulk } from '../../lib/atoms/build.js'
import { Rng } from '../../lib/base/random.js'
import type { Results } from '../../lib/calculators/calculator.js'
import { EMT } from '../../lib/calculators/emt.js'
import { setMaxwellBoltzmann } from '../../lib/operations/maxwell-boltzmann.js'
import { mdOp } from '../../lib/operations/md.js'
import type { MdOptions } from '../../lib/operations/md-options.js'
import { OperationError } from '../../lib/operations/operation-error.js'

const calculator: MdOptions['calculator'] = [EMT, []]

function copper(seed: number): Atoms {
  const atoms = bulk('Cu', { cubic: true })
  atoms.rattle(0.05, new Rng(seed))
  return atoms
}

async function trajectory(options: Partial<MdOptions>, atoms = copper(1), seed = 1): Promise<Atoms[]> {
  const [result] = await mdOp([atoms], { calculator, steps: 10, dt: 2, ...options }, [new Rng(seed)])
  if (result instanceof OperationError || !result) throw result
  return result
}

function column(frames: readonly Atoms[], key: string): unknown[] {
  return frames.map((frame) => frame.info[key])
}

describe('mdOp', () => {
  it('stores the first configuration, every so many steps, and the last', async () => {
    const frames = await trajectory({ steps: 7, trajStepInterval: 5 })
    expect(column(frames, 'MD_step')).toEqual([0, 5, 7])
    expect(column(frames, 'MD_time_fs')).toEqual([0, 10, 14])
    expect(frames[2]?.infoTypes?.['MD_time_fs']).toBe('float')
    for (const frame of frames) {
      expect(frame.arrays['md_forces']?.shape).toEqual([4, 3])
      expect(frame.arrays['momenta']?.shape).toEqual([4, 3])
      expect(frame.info['md_energy']).toBeCloseTo(new EMT().calculate(frame).energy, 10)
    }
  })

  it('leaves the configuration that it began with as it was', async () => {
    const atoms = copper(1)
    const before = atoms.copy()
    await trajectory({ temperature: 300 }, atoms)
    expect(atoms.equals(before)).toBe(true)
  })

  it('keeps the energy, and begins with exactly the temperature asked for', async () => {
    const frames = await trajectory({ steps: 200, temperature: 600, dt: 1 })
    const total = frames.map((frame) => (frame.info['md_energy'] as number) + frame.kineticEnergy())
    expect(frames[0]?.info['MD_current_temperature']).toBeCloseTo(600, 8)
    expect(Math.max(...total) - Math.min(...total)).toBeLessThan(2e-3)
    expect('MD_temperature_K' in (frames[0] as Atoms).info).toBe(false)
  })

  it('draws from the generator of each configuration, so that order and company do not matter', async () => {
    const options = {
      calculator,
      steps: 5,
      dt: 2,
      temperature: 500,
      temperatureTau: 50,
      integrator: 'langevin',
    } as const
    const list = [1, 2, 3].map(copper)
    const together = await mdOp(
      list,
      options,
      [1, 2, 3].map((seed) => new Rng(seed)),
    )
    const alone = await mdOp([list[2] as Atoms], options, [new Rng(3)])
    const last = (result: Atoms[] | OperationError | undefined) => (result as Atoms[]).at(-1) as Atoms
    expect(last(together[2]).equals(last(alone[0]))).toBe(true)
    expect(last(together[1]).equals(last(together[2]))).toBe(false)
  })

  it('follows a ramp of temperature in stages', async () => {
    const frames = await trajectory({ steps: 12, temperature: [300, 600, 4], temperatureTau: 20 })
    expect(column(frames, 'MD_temperature_K')).toEqual([
      300, 300, 300, 300, 400, 400, 400, 500, 500, 500, 600, 600, 600,
    ])
  })

  it('follows several ramps, each over its part of the steps', async () => {
    const temperature = [
      { from: 300, to: 500, fraction: 0.5, stages: 2 },
      { from: 500, to: 500, fraction: 0.5 },
    ]
    const frames = await trajectory({ steps: 8, temperature, temperatureTau: 20 })
    expect(column(frames, 'MD_temperature_K')).toEqual([300, 300, 300, 500, 500, 500, 500, 500, 500])
  })

  it('goes towards a pressure, drawn per configuration, and says which', async () => {
    const options = { temperature: 300, temperatureTau: 50, pressure: ['uniform', 9, 11] } as const
    const frames = await trajectory({ ...options, steps: 300, dt: 4, pressureTau: 100, trajStepInterval: 300 })
    const pressure = frames[0]?.info['MD_pressure_GPa'] as number
    expect(pressure).toBeGreaterThan(9)
    expect(pressure).toBeLessThan(11)
    expect(frames[1]?.info['md_stress']).toBeDefined()
    expect((frames[1] as Atoms).volume).toBeLessThan((frames[0] as Atoms).volume * 0.97)
  })

  it('takes the pressure that an earlier run noted', async () => {
    const atoms = copper(1)
    atoms.info['MD_pressure_GPa'] = 3
    const options = { temperature: 300, temperatureTau: 50, compressibility: 0.01, steps: 1 }
    const frames = await trajectory({ ...options, pressure: ['info', 'MD_pressure_GPa'] }, atoms)
    expect(column(frames, 'MD_pressure_GPa')).toEqual([3, 3])
  })

  it('cools also where the time step is longer than the time constant', async () => {
    const atoms = copper(1)
    setMaxwellBoltzmann(atoms, 2000, new Rng(1))
    const bath = { temperature: 100, temperatureTau: 2, initialMomenta: 'keep' } as const
    const frames = await trajectory({ ...bath, dt: 5, steps: 30 }, atoms)
    expect(frames.at(-1)?.temperature()).toBeLessThan(500)
  })

  it('checks its limits every so many steps and at the end, but what is not finite at once', async () => {
    const limits = { abort: { maxTemperature: 1 }, temperature: 300, steps: 10 }
    const last = async (options: Partial<MdOptions>): Promise<unknown[]> => {
      const { info } = (await trajectory({ ...limits, ...options })).at(-1) as Atoms
      return [info['MD_step'], typeof info['MD_aborted']]
    }
    expect(await last({})).toEqual([10, 'string'])
    expect(await last({ abortInterval: 4 })).toEqual([4, 'string'])
    expect(await last({ abortInterval: 40 })).toEqual([10, 'string'])
    const broken = { name: 'Broken', calculate: (atoms: Atoms) => ({ energy: Number.NaN, forces: atoms.positions }) }
    expect(await last({ calculator: broken })).toEqual([1, 'string'])
  })

  it.each<[Partial<MdOptions>, RegExp]>([
    [{ pressure: 'high' as never }, /`pressure` must be a number/],
    [{ pressure: 1, pressureTau: -1 }, /`pressureTau`/],
    [{ pressure: 1, compressibility: 0 }, /`compressibility`/],
    [{ updateConfigType: 'apend' as never }, /`updateConfigType` must be one of 'append', 'overwrite'/],
    [{ outputPrefix: null as never }, /`outputPrefix` must be a string, got null/],
    [{ outputPrefix: '' }, /`outputPrefix` must be a string that is not empty/],
  ])('refuses %o', async (options, message) => {
    const bath = { temperature: 300, temperatureTau: 10 }
    await expect(trajectory({ ...bath, ...options })).rejects.toThrow(message)
  })

  it('refuses forces of another number of atoms, at any step', async () => {
    let calls = 0
    const calculate = (atoms: Atoms): Results => ({
      energy: 0,
      forces: new Float64Array(calls++ > 2 ? 3 : 3 * atoms.length),
    })
    const [error] = await mdOp([copper(1)], { calculator: { name: 'Own', calculate }, steps: 9, dt: 1 })
    expect((error as OperationError).message).toMatch(/`forces` of Own must be a flat Float64Array of 12 numbers/)
    expect(column((error as OperationError).partial as Atoms[], 'MD_step')).toEqual([0, 1, 2])
  })

  it('appends to the config type', async () => {
    const atoms = copper(1)
    atoms.info['config_type'] = 'a'
    expect(column(await trajectory({ steps: 1 }, atoms), 'config_type')).toEqual(['a:MD', 'a:MD'])
    expect(column(await trajectory({ steps: 1, updateConfigType: false }, atoms), 'config_type')).toEqual(['a', 'a'])
    expect(column(await trajectory({ steps: 1, updateConfigType: 'overwrite' }, atoms), 'config_type')).toEqual([
      'MD',
      'MD',
    ])
  })

  it('selects configurations during and after', async () => {
    const frames = await trajectory({
      trajSelectDuring: (atoms) => (atoms.info['MD_step'] as number) % 2 === 0,
      trajSelectAfter: (all) => all.slice(1),
    })
    expect(column(frames, 'MD_step')).toEqual([2, 4, 6, 8, 10])
  })

  it.each([
    ['a temperature', { maxTemperature: 100 }, /the temperature is \d/],
    ['a short distance', { minDistance: 2.6 }, /two atoms are 2\.\d+ Å apart/],
    ['a force', { maxForce: 1e-3 }, /a force is/],
    ['a change of energy', { maxEnergyChange: 1e-12 }, /the total energy changed/],
  ])('ends early at %s beyond its limit, and keeps what there is', async (_, abort, reason) => {
    const frames = await trajectory({ steps: 50, temperature: 300, abort, abortInterval: 1, trajStepInterval: 50 })
    expect(frames).toHaveLength(2)
    expect(frames[1]?.info['MD_aborted']).toMatch(reason)
  })

  it('gives an error for a configuration that the calculator can not do, and goes on with the others', async () => {
    const list = [copper(1), new Atoms({ symbols: 'Fe2', positions: [0, 0, 0, 2, 0, 0] }), copper(2)]
    const results = await mdOp(list, { calculator, steps: 2, dt: 1 })
    expect(results[1]).toBeInstanceOf(OperationError)
    expect((results[1] as OperationError).message).toMatch(/^md: EMT has no parameters for Fe/)
    expect((results[1] as OperationError).mark).toEqual({ md_calculation_failed: true })
    expect(results[2]).toHaveLength(3)
  })

  it('hands over what there is of a trajectory that broke off', async () => {
    let calls = 0
    const failing = {
      name: 'Failing',
      calculate: (atoms: Atoms) => {
        if (calls++ > 3) throw new Error('out of memory')
        return new EMT().calculate(atoms)
      },
    }
    const [error] = await mdOp([copper(1)], { calculator: failing, steps: 10, dt: 1 })
    expect(column((error as OperationError).partial as Atoms[], 'MD_step')).toEqual([0, 1, 2, 3])
  })

  it.each([
    [{ steps: -1 }, /`steps` must be a non-negative integer, got -1/],
    [{ dt: 0 }, /`dt` must be a positive number, got 0/],
    [{ dt: undefined as unknown as number }, /`dt` must be a positive number, got undefined/],
    [{ temperature: [300, 600] as const }, /`temperatureTau` must be given/],
    [{ temperatureTau: 10 }, /`temperature` must be given/],
    [{ pressure: 1 }, /`pressure` must be used with/],
    [{ thermostat: 'x' } as object, /md has no option `thermostat`/],
  ])('refuses %o', async (options, message) => {
    await expect(mdOp([], { calculator, steps: 1, dt: 1, ...options })).rejects.toThrow(message)
  })
})
