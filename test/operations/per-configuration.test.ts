import { describe, expect, it } from 'vitest'
import type { Atoms } from '../../lib/atoms/atoms.js'
import { bulk } from '../../lib/atoms/build.js'
import { Rng } from '../../lib/base/random.js'
import { EMT } from '../../lib/calculators/emt.js'
import { LennardJones } from '../../lib/calculators/lennard-jones.js'
import { resolveCalculator } from '../../lib/calculators/spec.js'
import { calculateOp } from '../../lib/operations/calculate.js'
import { mdOp } from '../../lib/operations/md.js'
import type { MdOptions } from '../../lib/operations/md-options.js'
import { minimOp } from '../../lib/operations/minim.js'
import { OperationError } from '../../lib/operations/operation-error.js'

class Shifted {
  readonly name = 'Shifted'
  readonly #shift: number
  constructor({ shift }: { shift: number }) {
    this.#shift = shift
  }
  calculate(): { energy: number } {
    return { energy: this.#shift }
  }
}

function copper(info: Atoms['info'] = {}): Atoms {
  const atoms = bulk('Cu', { cubic: true })
  atoms.rattle(0.1, new Rng(1))
  Object.assign(atoms.info, info)
  return atoms
}

const spec = [LennardJones, [{ epsilon: 0.1, sigma: 2.3 }]] as const

async function energies(list: Atoms[]): Promise<unknown[]> {
  const results = await calculateOp(list, { calculator: spec, properties: ['energy'] })
  return results.map((result) =>
    result instanceof OperationError
      ? result.message
      : Object.entries(result.info).find(([key]) => key.endsWith('_energy')),
  )
}

describe('a configuration with WFL_CALCULATOR keys', () => {
  it('adds to the options, replaces them, or names another potential, under whose name results are stored', async () => {
    const list = [
      copper(),
      copper({ WFL_CALCULATOR_KWARGS: '{"epsilon": 0.2}' }),
      copper({ WFL_CALCULATOR_KWARGS: { rc: 4 } }),
      copper({ WFL_CALCULATOR_ARGS: '[{"sigma": 2.5}]' }),
      copper({ WFL_CALCULATOR_INITIALIZER: 'EMT', WFL_CALCULATOR_KWARGS: { asapCutoff: true } }),
      copper(),
    ]
    const lj = (options: object): number => new LennardJones(options).calculate(copper(), ['energy']).energy
    const usual = lj({ epsilon: 0.1, sigma: 2.3 })
    expect(await energies(list)).toEqual([
      ['LennardJones_energy', usual],
      ['LennardJones_energy', lj({ epsilon: 0.2, sigma: 2.3 })],
      ['LennardJones_energy', lj({ epsilon: 0.1, sigma: 2.3, rc: 4 })],
      ['LennardJones_energy', lj({ sigma: 2.5 })],
      ['EMT_energy', new EMT({ asapCutoff: true }).calculate(copper(), ['energy']).energy],
      ['LennardJones_energy', usual],
    ])
  })

  it.each([
    ['a class', [Shifted, [{ shift: 1 }]] as const],
    [
      'an export',
      [`${new URL('../fixtures/shifted-calculator.mjs', import.meta.url).href}#Shifted`, [{ shift: 1 }]] as const,
    ],
  ])("changes a calculator that is %s of one's own, as a loop hands it over", async (_what, own) => {
    const list = [
      copper(),
      copper({ WFL_CALCULATOR_KWARGS: { shift: 5 } }),
      copper({ WFL_CALCULATOR_INITIALIZER: 'EMT' }),
    ]
    const calculator = await resolveCalculator(own)
    const done = (await calculateOp(list, { calculator, properties: ['energy'], outputPrefix: 'x_' })) as Atoms[]
    expect(done.map(({ info }) => info['x_energy'])).toEqual([1, 5, new EMT().calculate(copper(), ['energy']).energy])
  })

  it('fails alone when the request is malformed, or would start a program', async () => {
    const file = ['FileCalculator', [{ command: 'true' }]] as const
    const [error] = await calculateOp([copper({ WFL_CALCULATOR_KWARGS: { command: 'false' } })], { calculator: file })
    expect((error as OperationError).message).toMatch(/can't change a FileCalculator/)
    expect(
      await energies([
        copper({ WFL_CALCULATOR_INITIALIZER: 'FileCalculator' }),
        copper({ WFL_CALCULATOR_INITIALIZER: './my.js#Mine' }),
        copper({ WFL_CALCULATOR_KWARGS: 'epsilon=2' }),
        copper({ WFL_CALCULATOR_ARGS: '{}' }),
        copper({ WFL_CALCULATOR_KWARGS: { epsilonn: 2 } }),
      ]),
    ).toEqual([
      expect.stringMatching(/must be one of EMT, LennardJones, Morse, got "FileCalculator"/),
      expect.stringMatching(/must be one of EMT/),
      expect.stringMatching(/WFL_CALCULATOR_KWARGS must be a JSON object, got "epsilon=2"/),
      expect.stringMatching(/WFL_CALCULATOR_ARGS must be a JSON list/),
      expect.stringMatching(/did you mean `epsilon`\?/),
    ])
  })

  it('is relaxed and moved with its calculator', async () => {
    const own = (): Atoms => copper({ WFL_CALCULATOR_INITIALIZER: 'EMT' })
    const [relaxed] = await minimOp([own()], { calculator: spec, trajSubselect: 'last', fmax: 1e-3 })
    expect((relaxed as Atoms).info['minim_energy']).toBeCloseTo(new EMT().calculate(relaxed as Atoms).energy, 10)
    const [frames] = await mdOp([own()], { calculator: spec, steps: 1, dt: 1 })
    expect((frames as Atoms[])[1]?.info['md_energy']).toBeCloseTo(
      new EMT().calculate((frames as Atoms[])[1] as Atoms).energy,
      10,
    )
  })
})

describe('a configuration with WFL_MD_KWARGS', () => {
  const options: MdOptions = { calculator: [EMT, []], steps: 4, dt: 1 }

  async function run(kwargs: Atoms['info'][string]): Promise<Atoms[] | OperationError> {
    const [result] = await mdOp([copper({ WFL_MD_KWARGS: kwargs })], options, [new Rng(1)])
    return result as Atoms[] | OperationError
  }

  it('changes the options of its trajectory, by our names or by those of wfl', async () => {
    const frames = (await run(
      '{"steps": 6, "traj_step_interval": 3, "temperature": 300, "temperature_tau": 20}',
    )) as Atoms[]
    expect(frames.map(({ info }) => info['MD_step'])).toEqual([0, 3, 6])
    expect(frames[0]?.info['MD_temperature_K']).toBe(300)
    expect(frames[0]?.info['MD_current_temperature']).toBeCloseTo(300, 8)
    expect(((await run({ dt: 2 })) as Atoms[]).map(({ info }) => info['MD_time_fs'])).toEqual([0, 2, 4, 6, 8])
  })

  it.each([
    ['steps=3', /WFL_MD_KWARGS` must be a JSON object/],
    ['{"steps": -1}', /`steps` must be a non-negative integer/],
    ['{"stepz": 1}', /did you mean `steps`\?/],
    ['{"calculator": "EMT"}', /WFL_MD_KWARGS` must be without calculator/],
  ])('fails alone for %s', async (kwargs, message) => {
    const error = await run(kwargs)
    expect(error).toBeInstanceOf(OperationError)
    expect((error as OperationError).message).toMatch(message)
  })
})
