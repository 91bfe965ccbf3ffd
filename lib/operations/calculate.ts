/**
 * The operation `calculate`: a calculator's results for each configuration of a list.
 *
 * A configuration that the calculator can't do becomes an {@link OperationError} in its place of the returned list; the
 * pipeline decides what to do with it. It is left as it was.
 */
import type { Atoms } from '../atoms/atoms.js'
import { latticeVectors } from '../atoms/cell.js'
import { checkKeys, typeError } from '../base/options.js'
import type { Calculator } from '../calculators/calculator.js'
import { checkResults } from '../calculators/check-results.js'
import { calculatorFor } from '../calculators/per-configuration.js'
import { type CalculatorSpec, resolveCalculator } from '../calculators/spec.js'
import { OperationError } from './operation-error.js'
import { checkPrefix, saveResults } from './save-results.js'

/** What `calculate` computes, and how its results are named. */
export interface CalculateOptions {
  /** `[Constructor, args]`, a name, 'MODULE#EXPORT', or an object. Built once per worker. */
  calculator: CalculatorSpec
  /**
   * What to compute and store. Default energy, forces and stress. Stress and stresses are left out for a configuration with
   * no periodic direction or without three lattice vectors.
   */
  properties?: readonly string[]
  /** Begins the keys of the results. Default '_auto_': the calculator's name and '_'. null: ASE's plain names. */
  outputPrefix?: string | null
}

/** @throws {OptionTypeError | OptionRangeError} for options that are unknown or impossible; the calculator is not looked at. */
export function checkCalculateOptions(options: CalculateOptions): CalculateOptions {
  checkKeys(options, ['calculator', 'properties', 'outputPrefix'], 'calculate')
  const { properties, outputPrefix } = options
  if (
    properties !== undefined &&
    !(Array.isArray(properties) && properties.every((name) => typeof name === 'string'))
  ) {
    throw typeError('properties', "an array of names like 'energy'", properties)
  }
  if (outputPrefix !== undefined && outputPrefix !== null) checkPrefix(outputPrefix)
  return options
}

/** Computes and stores properties of each configuration. */
export async function calculateOp(
  list: readonly Atoms[],
  options: CalculateOptions,
): Promise<(Atoms | OperationError)[]> {
  const { properties = ['energy', 'forces', 'stress'] } = checkCalculateOptions(options)
  const usual = await resolveCalculator(options.calculator)
  const usualPrefix = resultPrefix(options.outputPrefix, usual)
  const out: (Atoms | OperationError)[] = []
  for (const atoms of list) {
    let prefix = usualPrefix
    try {
      const calculator = await calculatorFor(atoms, options.calculator, usual)
      prefix = resultPrefix(options.outputPrefix, calculator)
      const possible = possibleProperties(atoms, properties)
      const returned = calculator.calculate(atoms, possible)
      const results = returned instanceof Promise ? await returned : returned
      saveResults(atoms, checkResults(results, calculator.name, atoms.length), possible, prefix)
      out.push(atoms)
    } catch (cause) {
      out.push(new OperationError('calculate', cause, { [`${prefix ?? ''}calculation_failed`]: true }))
    }
  }
  return out
}

// The name that summaries, traces and messages show: the one that the user called.
export { calculateOp as calculate }

/** The prefix of result keys: '_auto_' is the calculator's name. */
export function resultPrefix(prefix: string | null | undefined, calculator: Calculator): string | null {
  return prefix === undefined || prefix === '_auto_' ? `${calculator.name}_` : prefix
}

/** The properties that make sense for `atoms`: a cluster, or a wire without a full cell, has no stress. */
export function possibleProperties(atoms: Atoms, properties: readonly string[]): readonly string[] {
  if (atoms.pbc.includes(true) && latticeVectors(atoms.cell) === 3) return properties
  return properties.filter((property) => property !== 'stress' && property !== 'stresses')
}
