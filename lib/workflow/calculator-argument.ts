/**
 * A calculator among the arguments of an operation: checked here, built in each worker before its first item.
 */

import { AutoparaError } from '../base/errors.js'
import { type CalculatorSpec, encodeCalculator } from '../calculators/spec.js'
import { task } from '../pool/task-function.js'
import { resolveTask } from '../pool/task-spec.js'

const RESOLVE = task(new URL('../calculators/spec.js', import.meta.url), 'resolveCalculator')

/** A constructor reference for `iterableLoop` that builds the calculator of `spec`. Throws CalculatorError for an unknown one. */
export async function calculatorArgument(spec: CalculatorSpec): Promise<readonly [unknown, readonly unknown[]]> {
  const encoded = await encodeCalculator(spec, async (factory) => {
    const located = await resolveTask(factory as (...args: never[]) => unknown)
    if (located.kind === 'module') return { url: located.url, name: located.name }
    throw new AutoparaError('AUTOPARA_CALCULATOR', 'a calculator must be the export of a module, not inline source')
  })
  return [RESOLVE, [encoded]]
}
