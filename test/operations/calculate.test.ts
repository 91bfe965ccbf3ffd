import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import { bulk } from '../../lib/atoms/build.js'
import { Rng } from '../../lib/base/random.js'
import type { Results } from '../../lib/calculators/calculator.js'
import { EMT } from '../../lib/calculators/emt.js'
import { LennardJones } from '../../lib/calculators/lennard-jones.js'
import { read } from '../../lib/extxyz/read.js'
import { calculateOp } from '../../lib/operations/calculate.js'
import { OperationError } from '../../lib/operations/operation-error.js'
import { sharedData } from '../shared-data.js'

const folder = sharedData('reference')

function copper(): Atoms {
  const atoms = bulk('Cu', { cubic: true })
  atoms.rattle(0.1, new Rng(1))
  return atoms
}

async function one(atoms: Atoms, options: Partial<Parameters<typeof calculateOp>[1]> = {}): Promise<Atoms> {
  const [result] = await calculateOp([atoms], { calculator: [EMT, []], ...options })
  if (!(result instanceof Atoms)) throw result
  return result
}

function floats(value: unknown): number[] {
  return [...(value as { data: Float64Array }).data]
}

describe.skipIf(!folder)("calculateOp and wfl's output", () => {
  it('have the same keys and numbers', async () => {
    const results = await calculateOp(await read(join(folder as string, 'wfl_outputs/in.xyz')), { calculator: 'EMT' })
    const expected = await read(join(folder as string, 'wfl_outputs/generic_emt_auto.xyz'))
    expect(results).toHaveLength(expected.length)
    for (const [i, wanted] of expected.entries()) {
      const result = results[i] as Atoms | OperationError
      if (result instanceof OperationError) {
        expect(result.mark).toEqual({ EMT_calculation_failed: true })
        expect(wanted.info['EMT_calculation_failed']).toBe(true)
        continue
      }
      const keys = Object.keys(wanted.info).filter((key) => key !== '_ConfigSet_loc')
      expect(Object.keys(result.info).sort()).toEqual(keys.sort())
      expect(result.info['EMT_energy']).toBeCloseTo(wanted.info['EMT_energy'] as number, 11)
      if ('EMT_stress' in wanted.info) {
        const stress = floats(result.info['EMT_stress'])
        floats(wanted.info['EMT_stress']).forEach((value, v) => {
          expect(stress[v]).toBeCloseTo(value, 12)
        })
      }
      // Arrays were written with eight decimals.
      const forces = floats(result.arrays['EMT_forces'])
      floats(wanted.arrays['EMT_forces']).forEach((value, o) => {
        expect(Math.abs(forces[o]! - value)).toBeLessThan(6e-9)
      })
    }
  })
})

describe('calculateOp', () => {
  it('stores what is asked for, under the prefix', async () => {
    const atoms = await one(copper(), { properties: ['energy', 'energies'], outputPrefix: 'x_' })
    expect(Object.keys(atoms.info)).toEqual(['x_energy'])
    expect(Object.keys(atoms.arrays)).toEqual(['x_energies'])
    expect(atoms.arrays['x_energies']?.shape).toEqual([4])
  })

  it('shapes forces and stresses by rows, and stress as six numbers', async () => {
    const properties = ['forces', 'stress', 'stresses']
    const atoms = await one(copper(), { properties, calculator: [LennardJones, [{ sigma: 2.3 }]] })
    expect(atoms.arrays['LennardJones_forces']?.shape).toEqual([4, 3])
    expect(atoms.arrays['LennardJones_stresses']?.shape).toEqual([4, 6])
    expect(atoms.info['LennardJones_stress']).toMatchObject({ dtype: 'float64', shape: [6] })
  })

  it("uses ASE's own names without a prefix", async () => {
    const atoms = copper()
    atoms.info['stress'] = 'old'
    const done = await one(atoms, { outputPrefix: null, properties: ['energy', 'forces'] })
    expect(Object.keys(done.info)).toEqual(['energy'])
    expect(Object.keys(done.arrays)).toEqual(['forces'])
  })

  it('removes older results of the same prefix, and no others', async () => {
    const atoms = copper()
    Object.assign(atoms.info, { EMT_calculation_failed: true, EMT_energy: 1, DFT_energy: 2, last_op__md_energy: 3 })
    const done = await one(atoms)
    expect(Object.keys(done.info).sort()).toEqual(['DFT_energy', 'EMT_energy', 'EMT_stress', 'last_op__md_energy'])
    const again = await one(done, { outputPrefix: 'last_op__calculate_', properties: ['energy'] })
    expect(Object.keys(again.info)).not.toContain('last_op__md_energy')
  })

  it('leaves out the stress of a cluster, a wire without a cell, and where nothing is periodic', async () => {
    const wire = new Atoms({ symbols: 'Cu', positions: [0, 0, 0], cell: [2.5, 0, 0], pbc: [true, false, false] })
    expect('EMT_stress' in (await one(wire)).info).toBe(false)
    const boxed = copper()
    boxed.pbc = [false, false, false]
    expect('EMT_stress' in (await one(boxed)).info).toBe(false)
    boxed.pbc = [true, false, false]
    expect('EMT_stress' in (await one(boxed)).info).toBe(true)
  })

  it('stores what there is of no atoms', async () => {
    const atoms = await one(new Atoms({}), { properties: ['energy', 'energies', 'forces'] })
    expect(Object.keys(atoms.info)).toEqual(['EMT_energy'])
    expect(atoms.arrays['EMT_energies']?.shape).toEqual([0])
    expect(atoms.arrays['EMT_forces']?.shape).toEqual([0, 3])
  })

  it.each<[object, RegExp]>([
    [{ propertes: ['energy'] }, /did you mean `properties`/],
    [{ properties: 'energy' }, /`properties` must be an array of names/],
    [{ outputPrefix: '' }, /`outputPrefix` must be a string that is not empty/],
    [{ outputPrefix: 5 }, /`outputPrefix` must be a string/],
  ])('refuses %o', async (options, message) => {
    await expect(one(copper(), options)).rejects.toThrow(message)
  })

  it('stores the free energy as the energy, and the converged flag', async () => {
    const calculator = { name: 'Odd', calculate: () => ({ energy: 1, free_energy: 2, converged: true }) }
    const atoms = await one(copper(), { calculator, properties: ['energy', 'free_energy'] })
    expect(atoms.info).toEqual({ Odd_energy: 2, Odd_free_energy: 2, Odd_converged: true })
    expect(atoms.infoTypes).toMatchObject({ Odd_energy: 'float' })
  })

  it('puts an error in the place of a configuration that fails, which stays as it was', async () => {
    const iron = new Atoms({ symbols: 'Fe', positions: [0, 0, 0], info: { EMT_energy: 5 } })
    const before = iron.copy()
    const results = await calculateOp([copper(), iron, copper()], { calculator: 'EMT' })
    expect(results.map((result) => result instanceof OperationError)).toEqual([false, true, false])
    expect((results[1] as OperationError).message).toMatch(/^calculate: EMT has no parameters for Fe/)
    expect(iron.equals(before)).toBe(true)
  })

  it.each<[unknown, RegExp]>([
    [undefined, /The `results` of Own must be an object, got undefined/],
    [{ energy: '1' }, /`energy` of Own must be a number, got "1"/],
    [
      { energy: 1, forces: new Float64Array(3) },
      /`forces` of Own must be a flat Float64Array of 12 numbers, got one of 3/,
    ],
    [{ energy: 1, forces: [[1, 2, 3]] }, /`forces` of Own must be a flat Float64Array of 12 numbers, got Array/],
    [{ energy: 1, stress: new Float64Array(9) }, /`stress` of Own must be a flat Float64Array of 6/],
    [{ energy: 1, charges: [1, 2, 3, 4] }, /`charges` of Own must be a flat Float64Array of 4/],
    [{ energy: 1, gap: '2' }, /'gap' must be a number, a boolean or a Float64Array, got "2"/],
  ])('refuses results of a form that they must not have: %o', async (results, message) => {
    const calculator = { name: 'Own', calculate: () => results as Results }
    for (const made of [calculator, { ...calculator, calculate: async () => results as Results }]) {
      const [error] = await calculateOp([copper()], { calculator: made, properties: ['energy', 'gap'] })
      expect((error as OperationError).message).toMatch(message)
    }
  })

  it('fails a configuration whose results lack a property', async () => {
    const calculator = { name: 'Odd', calculate: () => ({ energy: 1 }) }
    const [error] = await calculateOp([copper()], { calculator, properties: ['energy', 'dipole'] })
    expect((error as OperationError).message).toBe("calculate: The calculator gave no 'dipole', but energy")
  })

  it('gives every configuration the results that it has alone', async () => {
    const list = [copper(), copper(), bulk('Cu'), copper()]
    ;(list[1] as Atoms).positions[0]! += 1e-3
    const together = await calculateOp(
      list.map((atoms) => atoms.copy()),
      { calculator: [EMT, []] },
    )
    for (const [i, atoms] of list.entries()) {
      const alone = new EMT().calculate(atoms, ['energy', 'forces'])
      expect((together[i] as Atoms).info['EMT_energy']).toBe(alone.energy)
      expect(floats((together[i] as Atoms).arrays['EMT_forces'])).toEqual([...alone.forces])
    }
  })

  it.each([
    [{ outputPrefix: '' }, /`outputPrefix` must be a string that is not empty/],
    [{ properties: 'energy' as unknown as string[] }, /`properties` must be an array/],
    [{ calculator: 'EMTT' }, /No calculator 'EMTT'; did you mean EMT\?/],
    [{ prefix: 'x' } as object, /calculate has no option `prefix`/],
  ])('refuses %o', async (options, message) => {
    await expect(calculateOp([], { calculator: 'EMT', ...options })).rejects.toThrow(message)
  })
})
