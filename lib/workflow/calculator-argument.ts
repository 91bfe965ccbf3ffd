/**
 * A calculator among the arguments of an operation: checked here, built in each worker before its first item.
 */
import { packageUrl } from '../base/package-url.js'
import { type CalculatorSpec, encodeCalculator } from '../calculators/spec.js'
import { task } from '../pool/task-function.js'

const RESOLVE = task(packageUrl('lib/calculators/spec.js'), 'resolveCalculator')

/** A constructor reference for `iterableLoop` that builds the calculator of `spec`. Throws CalculatorError for an unknown one. */
export async function calculatorArgument(spec: CalculatorSpec): Promise<readonly [unknown, readonly unknown[]]> {
  return [RESOLVE, [encodeCalculator(spec)]]
}
