/** The options of `minim`, and their check. */
import { checkChoice, checkInteger, checkKeys } from '../base/options.js'
import { checkPositive } from '../calculators/parameters.js'
import type { CalculatorSpec } from '../calculators/spec.js'
import { checkUpdateConfigType, type UpdateConfigType } from './config-type.js'
import type { OptimizerName } from './optimizers.js'
import { checkPressure, type PressureOption } from './pressure.js'
import { checkPrefix } from './save-results.js'

/** Options of `minim`. */
export interface MinimOptions {
  /** `[Constructor, args]`, a name, 'MODULE#EXPORT', or an object. Built once per worker. */
  calculator: CalculatorSpec
  /** Converged when no force is longer, eV/Å. Default 1e-3. */
  fmax?: number
  /** With `pressure`: and no component of stress plus pressure is greater, eV/Å³. Default: the number of `fmax`. */
  smax?: number
  /** At most so many steps. Default 1000. */
  steps?: number
  /** Relax the cell too, under this pressure, GPa (0 for none). Default: the cell is fixed. */
  pressure?: PressureOption
  /** Default 'lbfgs-line-search'. */
  optimizer?: OptimizerName
  /** How far an atom may move in a step, Å. Default 0.04 with a line search, else 0.2. */
  maxStep?: number
  /** Steps between stored configurations; the first and the last are always stored. Default 1. */
  trajStepInterval?: number
  /** What becomes of a trajectory: all of it, its last configuration, or that one only if it converged. Default all. */
  trajSubselect?: 'all' | 'last' | 'last_converged'
  /** Begins the keys of energy and forces. Default 'minim_'. */
  outputPrefix?: string
  /** What happens to info.config_type: the minim_config_type is appended, replaces it, or nothing. Default 'append'. */
  updateConfigType?: UpdateConfigType
}

/** Options with their defaults. */
export type CheckedMinimOptions = MinimOptions & Required<Omit<MinimOptions, 'pressure' | 'maxStep'>>

const KEYS: readonly string[] = [
  'calculator',
  'fmax',
  'smax',
  'steps',
  'pressure',
  'optimizer',
  'maxStep',
  'trajStepInterval',
  'trajSubselect',
  'outputPrefix',
  'updateConfigType',
]

/** @throws {OptionTypeError | OptionRangeError} for options that are unknown or impossible. */
export function checkMinimOptions(options: MinimOptions): CheckedMinimOptions {
  checkKeys(options, KEYS, 'minim')
  const fmax = checkPositive('fmax', options.fmax, 1e-3)
  if (options.maxStep !== undefined) checkPositive('maxStep', options.maxStep, Number.NaN)
  if (options.pressure !== undefined) checkPressure(options.pressure)
  const { outputPrefix = 'minim_' } = options
  const optimizers = ['lbfgs-line-search', 'lbfgs', 'bfgs', 'fire'] as const
  return {
    ...options,
    fmax,
    smax: checkPositive('smax', options.smax, fmax),
    steps: checkInteger('steps', options.steps ?? 1000, 0, 'a non-negative integer'),
    optimizer: checkChoice('optimizer', options.optimizer, optimizers, 'lbfgs-line-search'),
    trajStepInterval: checkInteger('trajStepInterval', options.trajStepInterval ?? 1, 1, 'a positive integer'),
    trajSubselect: checkChoice('trajSubselect', options.trajSubselect, ['all', 'last', 'last_converged'], 'all'),
    outputPrefix: checkPrefix(outputPrefix),
    updateConfigType: checkUpdateConfigType(options.updateConfigType),
  }
}
