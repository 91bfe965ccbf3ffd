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

/** How many numbers each distribution has. */
const NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ['uniform', 2],
  ['exponential', 1],
  ['normal_positive', 2],
])

/** @throws {OptionTypeError | OptionRangeError} */
export function checkPressure(option: PressureOption): PressureOption {
  if (typeof option === 'number' && Number.isFinite(option)) return option
  if (!Array.isArray(option)) throw typeError('pressure', FORMS, option)
  const [kind, ...values] = option as readonly unknown[]
  if (kind === 'info' && values.length === 1 && typeof values[0] === 'string') return option
  const count = NUMBERS.get(kind)
  if (count === undefined) throw rangeError('pressure', FORMS, kind)
  if (values.length !== count || !values.every(Number.isFinite)) throw typeError('pressure', FORMS, option)
  return option
}

/** The pressure for one configuration, GPa. @throws {OptionTypeError | OptionRangeError} */
export function samplePressure(option: PressureOption, atoms: Atoms, rng: RandomSource): number {
  if (typeof option === 'number') return option
  switch (option[0]) {
    case 'info': {
      const value = atoms.info[option[1]]
      if (!Number.isFinite(value)) throw typeError(`info.${option[1]}`, 'a pressure in GPa', value)
      return value as number
    }
    case 'uniform':
      return option[1] + (option[2] - option[1]) * rng.random()
    case 'exponential':
      return -option[1] * Math.log(1 - rng.random())
    case 'normal_positive':
      return positiveNormal(option[1], option[2], rng)
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
