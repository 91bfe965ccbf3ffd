/** The options of `md`, and their check. */
import type { Atoms } from '../atoms/atoms.js'
import { checkChoice, checkInteger, checkKeys, rangeError, typeError } from '../base/options.js'
import { checkPositive } from '../calculators/parameters.js'
import type { CalculatorSpec } from '../calculators/spec.js'
import { type AbortLimits, checkAbortLimits } from './abort-checks.js'
import { checkUpdateConfigType, type UpdateConfigType } from './config-type.js'
import { checkPressure, type PressureOption } from './pressure.js'
import { checkPrefix } from './save-results.js'
import { type TemperatureOption, temperatureStages } from './temperature-stages.js'

/** Says whether a configuration of a trajectory is stored. */
export type SelectDuring = (atoms: Atoms) => boolean | Promise<boolean>

/** Picks from the configurations of a finished trajectory. */
export type SelectAfter = (trajectory: Atoms[]) => Atoms[] | Promise<Atoms[]>

/** Options of `md`. */
export interface MdOptions {
  /** `[Constructor, args]`, a name, 'MODULE#EXPORT', or an object. Built once per worker. */
  calculator: CalculatorSpec
  /** The number of time steps. */
  steps: number
  /** The time step, fs. */
  dt: number
  /** The thermostat, used with `temperatureTau`; without that the energy is constant (velocity Verlet). Default 'berendsen'. */
  integrator?: 'berendsen' | 'langevin'
  /** K: of the first momenta, and of the thermostat, which can follow ramps. */
  temperature?: TemperatureOption
  /** The time constant of the thermostat, fs. */
  temperatureTau?: number
  /** GPa, with the Berendsen thermostat: constant pressure. */
  pressure?: PressureOption
  /** The time constant of the pressure coupling, fs. Default 3 × temperatureTau. */
  pressureTau?: number
  /** Of the material, 1/GPa. Default: from the energies of cells 1 % longer and shorter. */
  compressibility?: number
  /** Draw momenta of the (first) temperature, or keep those that there are. Default: draw, if there is a temperature. */
  initialMomenta?: 'maxwell-boltzmann' | 'keep'
  /** Steps between stored configurations; the first and the last are always stored. Default 1. */
  trajStepInterval?: number
  /** Begins the keys of energy and forces. Default 'md_'. */
  outputPrefix?: string
  /** What happens to info.config_type: `:MD` is appended, it becomes 'MD', or nothing. Default 'append'. */
  updateConfigType?: UpdateConfigType
  /** Whether a configuration is stored, asked for each that is due. An exported function, as everything that goes to workers. */
  trajSelectDuring?: SelectDuring
  /** Which configurations of the finished trajectory are kept. */
  trajSelectAfter?: SelectAfter
  /** Limits that end the trajectory; it is kept, its last configuration with MD_aborted=REASON. */
  abort?: AbortLimits
  /** Steps between checks of `abort`. Default 10. */
  abortInterval?: number
}

/** Options with their defaults. */
export type CheckedMdOptions = MdOptions & Required<Pick<MdOptions, Defaulted>>

type Defaulted =
  | 'integrator'
  | 'initialMomenta'
  | 'trajStepInterval'
  | 'outputPrefix'
  | 'updateConfigType'
  | 'abort'
  | 'abortInterval'

const KEYS: readonly string[] = [
  'calculator',
  'steps',
  'dt',
  'integrator',
  'temperature',
  'temperatureTau',
  'pressure',
  'pressureTau',
  'compressibility',
  'initialMomenta',
  'trajStepInterval',
  'outputPrefix',
  'updateConfigType',
  'trajSelectDuring',
  'trajSelectAfter',
  'abort',
  'abortInterval',
]

/** @throws {OptionTypeError | OptionRangeError} for options that are unknown, impossible or don't go together. */
export function checkMdOptions(options: MdOptions): CheckedMdOptions {
  checkKeys(options, KEYS, 'md')
  checkInteger('steps', options.steps, 0, 'a non-negative integer')
  checkPositive('dt', options.dt, Number.NaN)
  const integrator = checkChoice('integrator', options.integrator, ['berendsen', 'langevin'], 'berendsen')
  const { temperature, temperatureTau, pressure, pressureTau, compressibility, outputPrefix = 'md_' } = options
  if (temperature !== undefined) {
    const stages = temperatureStages(temperature, options.steps)
    if (temperatureTau === undefined && stages.some((stage) => stage.temperature !== stages[0]!.temperature)) {
      throw rangeError('temperatureTau', 'given (fs) for a ramp of temperature', temperatureTau)
    }
  }
  if (temperatureTau !== undefined) {
    checkPositive('temperatureTau', temperatureTau, Number.NaN)
    if (temperature === undefined) throw rangeError('temperature', 'given (K) for a thermostat', temperature)
  }
  if (pressure !== undefined && (integrator !== 'berendsen' || temperatureTau === undefined)) {
    throw rangeError('pressure', "used with integrator 'berendsen' and a temperatureTau", pressure)
  }
  if (pressure !== undefined) checkPressure(pressure)
  if (pressureTau !== undefined) checkPositive('pressureTau', pressureTau, Number.NaN)
  if (compressibility !== undefined) checkPositive('compressibility', compressibility, Number.NaN)
  return {
    ...options,
    integrator,
    outputPrefix: checkPrefix(outputPrefix),
    initialMomenta: checkChoice(
      'initialMomenta',
      options.initialMomenta,
      ['maxwell-boltzmann', 'keep'],
      temperature === undefined ? 'keep' : 'maxwell-boltzmann',
    ),
    trajStepInterval: checkInteger('trajStepInterval', options.trajStepInterval ?? 1, 1, 'a positive integer'),
    updateConfigType: checkUpdateConfigType(options.updateConfigType),
    abort: checkAbortLimits(options.abort ?? {}),
    abortInterval: checkInteger('abortInterval', options.abortInterval ?? 10, 1, 'a positive integer'),
  }
}

/** What a configuration can't choose: functions, and what says where results go. */
const FIXED: readonly string[] = ['calculator', 'outputPrefix', 'trajSelectDuring', 'trajSelectAfter']

/**
 * The options of one configuration: those of the run, changed by a JSON object in its `info.WFL_MD_KWARGS` (as in wfl, whose
 * names with underscores are understood too).
 *
 * @throws {OptionTypeError | OptionRangeError} for options that are unknown, impossible, or not a configuration's to choose.
 */
export function optionsFor({ info }: Atoms, options: MdOptions, checked: CheckedMdOptions): CheckedMdOptions {
  const text = info['WFL_MD_KWARGS']
  if (text === undefined) return checked
  let own: unknown = text
  try {
    if (typeof text === 'string') own = JSON.parse(text)
  } catch {
    // Not an object, which is said below.
  }
  if (typeof own !== 'object' || own === null || Array.isArray(own)) {
    throw typeError('info.WFL_MD_KWARGS', 'a JSON object of options', text)
  }
  const named = Object.entries(own).map(([key, value]) => [key.replace(/_([a-z])/g, (_, c) => c.toUpperCase()), value])
  const fixed = named.find(([key]) => FIXED.includes(key))
  if (fixed) throw rangeError('info.WFL_MD_KWARGS', `without ${FIXED.join(', ')}`, fixed[0])
  return checkMdOptions({ ...options, ...Object.fromEntries(named) })
}
