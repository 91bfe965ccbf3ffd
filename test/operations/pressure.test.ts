import { describe, expect, it } from 'vitest'
import { bulk } from '../../lib/atoms/build.js'
import { Rng } from '../../lib/base/random.js'
import { checkPressure, type PressureOption, samplePressure } from '../../lib/operations/pressure.js'

const COUNT = 20_000

/** Many draws, with their mean and standard deviation. */
function draws(option: PressureOption): { values: number[]; mean: number; deviation: number } {
  const rng = new Rng('pressure')
  const values = Array.from({ length: COUNT }, () => samplePressure(option, bulk('Cu'), rng))
  const mean = values.reduce((sum, value) => sum + value, 0) / COUNT
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT)
  return { values, mean, deviation }
}

describe('samplePressure', () => {
  it('gives a number as it is, and the number in info', () => {
    const atoms = bulk('Cu')
    atoms.info['target'] = -2.5
    expect(samplePressure(-1, atoms, new Rng(1))).toBe(-1)
    expect(samplePressure(['info', 'target'], atoms, new Rng(1))).toBe(-2.5)
    expect(() => samplePressure(['info', 'nothing'], atoms, new Rng(1))).toThrow(/info\.nothing/)
  })

  it('draws evenly between two pressures', () => {
    const { values, mean, deviation } = draws(['uniform', -1, 3])
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1)
    expect(Math.max(...values)).toBeLessThan(3)
    expect(Math.abs(mean - 1)).toBeLessThan(0.05)
    expect(Math.abs(deviation - 4 / Math.sqrt(12))).toBeLessThan(0.03)
  })

  it.each([2, -2])('draws exponentially with a scale of %d, whose sign the pressures have', (scale) => {
    const { values, mean, deviation } = draws(['exponential', scale])
    expect(values.every((value) => value * scale >= 0)).toBe(true)
    expect(Math.abs(mean - scale)).toBeLessThan(0.1)
    expect(Math.abs(deviation - 2)).toBeLessThan(0.1)
  })

  it('draws normally, but positive', () => {
    const { values, mean } = draws(['normal_positive', 0, 1])
    expect(Math.min(...values)).toBeGreaterThan(0)
    // Half a normal distribution.
    expect(Math.abs(mean - Math.sqrt(2 / Math.PI))).toBeLessThan(0.02)
    expect(() => samplePressure(['normal_positive', -100, 1], bulk('Cu'), new Rng(1))).toThrow(
      /reaches positive values/,
    )
  })

  it.each(['high', Number.NaN, null])('refuses %o in info', (value) => {
    const atoms = bulk('Cu', {})
    atoms.info['target'] = value
    expect(() => samplePressure(['info', 'target'], atoms, new Rng(1))).toThrow(/`info.target` must be a pressure/)
  })
})

describe('checkPressure', () => {
  it.each<[PressureOption]>([
    [-1],
    [['uniform', 1, 2]],
    [['exponential', -1]],
    [['normal_positive', 1, 2]],
    [['info', 'x']],
  ])('takes %j', (option) => {
    expect(checkPressure(option)).toBe(option)
  })

  it.each([
    [Number.NaN],
    [['uniform', 1, 2, 3]],
    [['uniform', 1]],
    [['exponential', 'x']],
    [['exponential', Number.POSITIVE_INFINITY]],
    [['info', 3]],
    [['gaussian', 1, 2]],
    ['5'],
  ])('refuses %j', (option) => {
    expect(() => checkPressure(option as never)).toThrow(/`pressure` must be/)
  })
})
