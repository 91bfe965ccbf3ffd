/**
 * Options that are functions, in a form that reaches a worker: the function itself where it runs here, elsewhere a module
 * reference.
 */
import type { ModuleRef } from '../base/module-ref.js'
import { describe, typeError } from '../base/options.js'
import { type CalculatorFactory, type CalculatorSpec, encodeCalculator } from '../calculators/spec.js'

/** An exported function, or where to find one. */
export type FunctionOption<F extends (...args: never[]) => unknown> = F | ModuleRef

/** The function of an option. @throws {OptionTypeError} for what is none, or a reference to none. */
export async function resolveFunction<F extends (...args: never[]) => unknown>(
  name: string,
  option: FunctionOption<F> | undefined,
): Promise<F | undefined> {
  if (option === undefined || typeof option === 'function') return option
  if (typeof option?.url !== 'string' || typeof option.name !== 'string') {
    throw typeError(name, 'a function', option)
  }
  const exports = (await import(option.url)) as Record<string, unknown>
  const found = exports[option.name]
  if (typeof found !== 'function') throw typeError(name, `a function, export '${option.name}' of ${option.url}`, found)
  return found as F
}

/**
 * Options of an operation as plain data for a worker: its calculator encoded, functions replaced by references.
 *
 * @param locate finds the module reference of an exported function or class.
 */
export async function encodeOptions<O extends { calculator: CalculatorSpec }>(
  options: O,
  locate: (func: CalculatorFactory | ((...args: never[]) => unknown)) => ModuleRef | Promise<ModuleRef>,
): Promise<O> {
  if (typeof options !== 'object' || options === null) throw typeError('params', 'an object', options)
  const encoded: Record<string, unknown> = {
    ...options,
    calculator: await encodeCalculator(options.calculator, locate),
  }
  for (const [key, value] of Object.entries(encoded)) {
    if (typeof value === 'function') encoded[key] = await locate(value as (...args: never[]) => unknown)
    else if (typeof value === 'symbol') throw typeError(key, 'data that a worker can be sent', describe(value))
  }
  return encoded as O
}
