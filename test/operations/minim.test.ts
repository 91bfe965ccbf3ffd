import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import { bulk } from '../../lib/atoms/build.js'
import { Rng } from '../../lib/base/random.js'
import { GPa } from '../../lib/base/units.js'
import { EMT } from '../../lib/calculators/emt.js'
import { minimOp } from '../../lib/operations/minim.js'
import type { MinimOptions } from '../../lib/operations/minim-options.js'
import { OperationError } from '../../lib/operations/operation-error.js'

const calculator: MinimOptions['calculator'] = [EMT, []]

function copper(): Atoms {
  const atoms = bulk('Cu', { cubic: true })
  atoms.rattle(0.1, new Rng(1))
  return atoms
}

async function relaxed(options: Partial<MinimOptions>, atoms = copper()): Promise<Atoms[]> {
  const [result] = await minimOp([atoms], { calculator, ...options }, [new Rng(2)])
  if (!Array.isArray(result)) throw result
  return result
}

function column(frames: readonly Atoms[], key: string): unknown[] {
  return frames.map((frame) => frame.info[key])
}

describe('minimOp', () => {
  // Near such a minimum, energies differ by less than their rounding, by which a line search must not be stopped.
  it.each([32, 56])('converges to forces of 1e-6 eV/Å with a relaxing cell (rattle %i)', async (seed) => {
    const atoms = new Atoms({
      symbols: 'CuAuCu2',
      positions: [0, 0, 0, 0, 1.9, 1.9, 1.9, 0, 1.9, 1.9, 1.9, 0],
      cell: [3.8, 3.7, 3.9],
      pbc: [true, true, true],
    })
    atoms.rattle(0.05, new Rng(seed))
    const options = { pressure: 5, fmax: 1e-6, smax: 1e-8, trajSubselect: 'last' } as const
    const [last] = await minimOp([atoms], { calculator, ...options }, [new Rng(2)])
    expect((last as Atoms).info['minim_converged']).toBe(true)
  })

  it.each(['lbfgs-line-search', 'lbfgs', 'bfgs', 'fire'] as const)(
    'relaxes to small forces with %s',
    async (optimizer) => {
      const frames = await relaxed({ optimizer, fmax: 1e-4 })
      const last = frames.at(-1) as Atoms
      expect(last.info['minim_converged']).toBe(true)
      expect(last.info['minim_energy']).toBeCloseTo(new EMT().calculate(bulk('Cu', { cubic: true })).energy, 6)
      expect(Math.max(...new EMT().calculate(last).forces.map(Math.abs))).toBeLessThan(1e-4)
    },
  )

  it('names the kinds of its configurations, and counts steps', async () => {
    const atoms = copper()
    atoms.info['config_type'] = 'a'
    const frames = await relaxed({ steps: 3 }, atoms)
    expect(column(frames, 'minim_config_type')).toEqual([
      'minim_initial',
      'minim_mid',
      'minim_mid',
      'minim_last_unconverged',
    ])
    expect(column(frames, 'config_type')).toEqual(column(frames, 'minim_config_type').map((type) => `a:${type}`))
    expect(column(frames, 'minim_n_steps')).toEqual([undefined, undefined, undefined, 3])
    expect(column(frames, 'minim_converged')).toEqual([undefined, undefined, undefined, false])
    expect(frames[0]?.arrays['minim_forces']?.shape).toEqual([4, 3])
  })

  it('calls the only configuration of a relaxed structure the last one', async () => {
    const frames = await relaxed({}, bulk('Cu', { cubic: true }))
    expect(column(frames, 'minim_config_type')).toEqual(['minim_last_converged'])
    expect(column(frames, 'minim_n_steps')).toEqual([0])
  })

  it('stores every so many steps, and the last', async () => {
    const all = await relaxed({ fmax: 1e-3 })
    const some = await relaxed({ fmax: 1e-3, trajStepInterval: 4 })
    const kept = all.filter((_, s) => s % 4 === 0 || s === all.length - 1)
    expect(column(some, 'minim_energy')).toEqual(column(kept, 'minim_energy'))
  })

  it('gives one configuration, or none, when only the last is asked for', async () => {
    const last = await minimOp([copper()], { calculator, trajSubselect: 'last', steps: 1 })
    expect((last[0] as Atoms).info['minim_n_steps']).toBe(1)
    expect(await minimOp([copper()], { calculator, trajSubselect: 'last_converged', steps: 1 })).toEqual([null])
  })

  it.each(['lbfgs-line-search', 'fire'] as const)('relaxes the cell to a pressure with %s', async (optimizer) => {
    const atoms = copper()
    atoms.cell[1] = 0.3
    const last = (await relaxed({ pressure: 10, fmax: 1e-4, smax: 1e-5, optimizer }, atoms)).at(-1) as Atoms
    expect(last.info['minim_converged']).toBe(true)
    expect(last.info['minim_pressure_GPa']).toBe(10)
    const { stress } = new EMT().calculate(last)
    for (let v = 0; v < 6; v++) expect(Math.abs(stress![v]! + (v < 3 ? 10 * GPa : 0))).toBeLessThan(1e-5)
  })

  it('leaves the configuration that it began with as it was, and forgets an earlier relaxation', async () => {
    const atoms = copper()
    atoms.info['minim_n_steps'] = 77
    const before = atoms.copy()
    const frames = await relaxed({ steps: 1 }, atoms)
    expect(atoms.equals(before)).toBe(true)
    expect(column(frames, 'minim_n_steps')).toEqual([undefined, 1])
  })

  it('takes the pressure that an earlier relaxation noted', async () => {
    const atoms = copper()
    atoms.info['minim_pressure_GPa'] = 3
    const frames = await relaxed({ steps: 1, pressure: ['info', 'minim_pressure_GPa'] }, atoms)
    expect(column(frames, 'minim_pressure_GPa')).toEqual([3, 3])
  })

  it.each<[Partial<MinimOptions>, RegExp]>([
    [{ pressure: Number.NaN }, /`pressure` must be a number/],
    [{ updateConfigType: 'apend' as never }, /`updateConfigType` must be one of/],
    [{ outputPrefix: 5 as never }, /`outputPrefix` must be a string/],
  ])('refuses %o', async (options, message) => {
    await expect(relaxed(options)).rejects.toThrow(message)
  })

  it('refuses forces of another number of atoms', async () => {
    const own = { name: 'Own', calculate: () => ({ energy: 0, forces: new Float64Array(3) }) }
    const [error] = await minimOp([copper()], { calculator: own })
    expect((error as OperationError).message).toMatch(/`forces` of Own must be a flat Float64Array of 12 numbers/)
  })

  it('hands over what there is of a relaxation that broke off, marked', async () => {
    let calls = 0
    const failing = {
      name: 'Failing',
      calculate: (atoms: Atoms) => {
        if (calls++ > 1) throw new Error('license expired')
        return new EMT().calculate(atoms)
      },
    }
    const [error] = await minimOp([copper()], { calculator: failing, optimizer: 'fire' })
    expect((error as OperationError).message).toBe('minim: license expired')
    const partial = (error as OperationError).partial as Atoms[]
    expect(column(partial, 'minim_config_type')).toEqual(['minim_initial', 'minim_last_exception'])
  })

  it('says that a cell without volume has no stress to relax', async () => {
    const [error] = await minimOp([new Atoms({ symbols: 'Cu2', positions: [0, 0, 0, 2, 0, 0] })], {
      calculator,
      pressure: 0,
    })
    expect(error).toBeInstanceOf(OperationError)
    expect((error as OperationError).message).toMatch(/stress/)
  })

  it.each([
    [{ fmax: 0 }, /`fmax` must be a positive number, got 0/],
    [{ optimizer: 'newton' } as object, /`optimizer` must be one of/],
    [{ forceMax: 1 } as object, /minim has no option `forceMax`/],
  ])('refuses %o', async (options, message) => {
    await expect(minimOp([], { calculator, ...options })).rejects.toThrow(message)
  })
})
