import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Atoms } from '../../lib/atoms/atoms.js'
import type { NdArray } from '../../lib/base/ndarray.js'
import { EMT } from '../../lib/calculators/emt.js'
import { read } from '../../lib/extxyz/read.js'
import { mdOp } from '../../lib/operations/md.js'
import { minimOp } from '../../lib/operations/minim.js'
import { OperationError } from '../../lib/operations/operation-error.js'
import { sharedData } from '../shared-data.js'

const folder = sharedData('reference')

function wfl(name: string): Promise<Atoms[]> {
  return read(join(folder as string, 'wfl_outputs', name))
}

function values(atoms: Atoms, key: string): number[] {
  return [...((atoms.arrays[key] as NdArray).data as Float64Array)]
}

/** Arrays in wfl's files have eight decimals. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  for (let o = 0; o < actual.length; o++) expect(Math.abs(actual[o]! - expected[o]!)).toBeLessThan(tolerance)
}

/** wfl's keys, by ours; wfl also stores whatever else the calculator's results hold (energies, free_energy). */
function expectKeys(own: Atoms, wanted: Atoms, rename: (key: string) => string): void {
  const extra = /_ConfigSet_loc|_free_energy$|_energies$/
  const named = (keys: object): string[] => Object.keys(keys).filter((key) => !extra.test(key))
  const known = new Set(named(own.info).map(rename))
  expect(named(wanted.info).filter((key) => !known.has(key))).toEqual([])
  expect(Object.keys(own.arrays).map(rename).sort()).toEqual(named(wanted.arrays).sort())
}

async function trajectories<T extends Atoms | Atoms[]>(results: Promise<(T | null | OperationError)[]>): Promise<T[]> {
  return (await results).map((result) => {
    if (result === null || result instanceof OperationError) throw result
    return result
  })
}

describe.skipIf(!folder)("wfl's own outputs", () => {
  it('have the keys, times and numbers of md', async () => {
    const wanted = await wfl('md_nve.xyz')
    const inputs = await wfl('md_in.xyz')
    // The momenta that wfl drew are in its first frames.
    for (const [i, atoms] of inputs.entries()) atoms.momenta = wanted[3 * i]!.momenta
    const options = {
      calculator: 'EMT',
      steps: 10,
      dt: 2,
      initialMomenta: 'keep',
      trajStepInterval: 5,
      outputPrefix: 'last_op__md_',
    } as const
    const frames = (await trajectories(mdOp(inputs, options) as Promise<Atoms[][]>)).flat()
    expect(frames).toHaveLength(wanted.length)
    for (const [i, expected] of wanted.entries()) {
      const frame = frames[i] as Atoms
      expectKeys(frame, expected, (key) => key)
      for (const key of ['MD_step', 'MD_time_fs', 'config_type']) expect(frame.info[key]).toBe(expected.info[key])
      expectClose(frame.positions, expected.positions, 1e-7)
      expectClose(values(frame, 'momenta'), values(expected, 'momenta'), 1e-6)
      expectClose(values(frame, 'last_op__md_forces'), values(expected, 'last_op__md_forces'), 1e-5)
      expect(frame.info['last_op__md_energy']).toBeCloseTo(expected.info['last_op__md_energy'] as number, 6)
      expect(frame.info['MD_current_temperature']).toBeCloseTo(expected.info['MD_current_temperature'] as number, 2)
    }
  })

  it.each([
    ['opt_unconverged.xyz', { steps: 2 }],
    ['opt_last.xyz', { fmax: 0.01, trajSubselect: 'last' }],
  ] as const)('have the keys, types, steps and numbers of minim: %s', async (name, options) => {
    const wanted = await wfl(name)
    const relaxed = await trajectories(minimOp(await wfl('md_in.xyz'), { calculator: [EMT, []], ...options }))
    const frames = relaxed.flat()
    expect(frames).toHaveLength(wanted.length)
    const rename = (key: string): string =>
      /^minim_(energy|forces)$/.test(key)
        ? `last_op__${key.replace('minim', 'optimize')}`
        : key.replace('minim', 'optimize')
    for (const [i, expected] of wanted.entries()) {
      const frame = frames[i] as Atoms
      expectKeys(frame, expected, rename)
      for (const key of ['minim_config_type', 'config_type'])
        expect((frame.info[key] as string).replaceAll('minim', 'optimize')).toBe(expected.info[rename(key)])
      expect(frame.info['minim_n_steps']).toBe(expected.info['optimize_n_steps'])
      expect(frame.info['minim_energy']).toBeCloseTo(expected.info['last_op__optimize_energy'] as number, 10)
      expectClose(frame.positions, expected.positions, 6e-9)
      expectClose(values(frame, 'minim_forces'), values(expected, 'last_op__optimize_forces'), 6e-9)
    }
  })
})
