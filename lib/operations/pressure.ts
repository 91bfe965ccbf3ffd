/** The pressure of a run: given, or drawn for each configuration, so that a set samples a range of volumes (as in wfl). */
import type { Atoms } from '../atoms/atoms.js'
import { rangeError, typeError } from '../base/options.js'
import type { NormalSource } from './langevin.js'

/** A generator of uniform and normal deviates; `Rng` is one. */
export interface RandomSource extends NormalSource {
  /** Uniform in [0, 1). */
  random(): number
}

/**
 * GPa: a number; uniform between two; exponential of a scale (its sign is the pressures'); normal, drawn again until
 * positive; or the number in `info` under a key.
 */
export type PressureOption =
  | number
  | readonly ['uniform', low: number, high: number]
  | readonly ['exponential', scale: number]
  | readonly ['normal_positive', mean: number, deviation: number]
  | readonly ['info', key: string]

const FORMS =
  "a number (GPa), ['uniform', low, high], ['exponential', scale], ['normal_positive', mean, deviation] or ['info', key]"

/** The pressure for one configuration, GPa. @throws {OptionTypeError | OptionRangeError} */
export function samplePressure(option: PressureOption, atoms: Atoms, rng: RandomSource): number {
  if (typeof option === 'number' && Number.isFinite(option)) return option
  if (!Array.isArray(option)) throw typeError('pressure', FORMS, option)
  const [kind, a, b] = option as readonly [string, unknown, unknown]
  if (kind === 'info' && typeof a === 'string') {
    const value = atoms.info[a]
    if (typeof value !== 'number') throw typeError(`info.${a}`, 'a pressure in GPa', value)
    return value
  }
  const needed = kind === 'exponential' ? [a] : [a, b]
  if (!needed.every((number) => typeof number === 'number' && Number.isFinite(number)))
    throw typeError('pressure', FORMS, option)
  const [x, y] = needed as [number, number]
  switch (kind) {
    case 'uniform':
      return x + (y - x) * rng.random()
    case 'exponential':
      return -x * Math.log(1 - rng.random())
    case 'normal_positive':
      return positiveNormal(x, y, rng)
    default:
      throw rangeError('pressure', FORMS, kind)
  }
}

function positiveNormal(mean: number, deviation: number, rng: RandomSource): number {
  // With a mean far below zero the draws would go on for ever.
  for (let draw = 0; draw < 10_000; draw++) {
    const pressure = mean + deviation * rng.normal()
    if (pressure > 0) return pressure
  }
  throw rangeError('pressure', 'a normal distribution that reaches positive values', mean)
}
