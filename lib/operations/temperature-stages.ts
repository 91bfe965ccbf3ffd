/** Temperature ramps: a run is cut into stages, each at one temperature. */
import { checkInteger, rangeError, typeError } from '../base/options.js'
import { checkNonNegative, checkPositive } from '../calculators/parameters.js'

/** A ramp over a part of a run. */
export interface TemperatureRamp {
  /** K. */
  from: number
  /** K. */
  to: number
  /** The part of the steps, 0 to 1; the fractions of all ramps add up to 1. Default: an equal share. */
  fraction?: number
  /** How many temperatures, evenly spaced from `from` to `to`. Default 10 (1 if they are equal). */
  stages?: number
}

/** One temperature, K; a ramp `[from, to, stages]`; or several ramps. */
export type TemperatureOption =
  | number
  | readonly [from: number, to: number, stages?: number]
  | readonly TemperatureRamp[]

/** Steps at one temperature. */
export interface TemperatureStage {
  readonly temperature: number
  /** The number of the step that the stage ends at. */
  readonly end: number
}

/** The stages of a run of `steps` steps; the last ends there. @throws {OptionTypeError | OptionRangeError} */
export function temperatureStages(option: TemperatureOption, steps: number): TemperatureStage[] {
  const ramps = rampsOf(option)
  const share = 1 / ramps.length
  const stages: TemperatureStage[] = []
  let done = 0
  for (const ramp of ramps) {
    const fraction = checkNonNegative('temperature[].fraction', ramp.fraction, share)
    const from = checkNonNegative('temperature', ramp.from, Number.NaN)
    const to = checkNonNegative('temperature', ramp.to, Number.NaN)
    const count = ramp.stages ?? (from === to ? 1 : 10)
    checkInteger('temperature[].stages', count, 1, 'a positive integer')
    for (let s = 0; s < count; s++) {
      const temperature = count === 1 ? from : from + ((to - from) * s) / (count - 1)
      stages.push({ temperature, end: Math.round((done + (fraction * (s + 1)) / count) * steps) })
    }
    done += fraction
  }
  if (Math.abs(done - 1) > 1e-9) throw rangeError('temperature[].fraction', 'numbers that add up to 1', done)
  return stages
}

/** The temperature that a run begins at, K. */
export function firstTemperature(option: TemperatureOption): number {
  return rampsOf(option)[0]!.from
}

function rampsOf(option: TemperatureOption): readonly TemperatureRamp[] {
  if (typeof option === 'number') {
    checkPositive('temperature', option, Number.NaN)
    return [{ from: option, to: option }]
  }
  if (Array.isArray(option) && typeof option[0] === 'number') {
    const [from, to, stages] = option as unknown as readonly [number, number, number?]
    return [stages === undefined ? { from, to } : { from, to, stages }]
  }
  const isList = Array.isArray(option) && option.length > 0 && option.every((ramp) => typeof ramp === 'object' && ramp)
  if (!isList)
    throw typeError('temperature', 'a number (K), [from, to, stages], or ramps { from, to, fraction, stages }', option)
  return option as readonly TemperatureRamp[]
}
