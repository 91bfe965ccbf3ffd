/**
 * A calculator that a configuration asks for itself, as in wfl: keys of its `info` change the calculator of the run.
 *
 *     WFL_CALCULATOR_INITIALIZER   EMT, LennardJones or Morse instead of the run's class
 *     WFL_CALCULATOR_ARGS          a JSON list: instead of the constructor's arguments
 *     WFL_CALCULATOR_KWARGS        a JSON object: added to the constructor's options (of AseCalculator: to its `kwargs`)
 *
 * A data file must not start programs: no other class can be named, and FileCalculator, whose options are a command, takes
 * no changes.
 */
import type { Atoms } from '../atoms/atoms.js'
import { describe } from '../base/options.js'
import { type Calculator, CalculatorError } from './calculator.js'
import { buildCalculator, type CalculatorSpec, type EncodedCalculator, encodeCalculator } from './spec.js'

const INITIALIZER = 'WFL_CALCULATOR_INITIALIZER'
const ARGS = 'WFL_CALCULATOR_ARGS'
const KWARGS = 'WFL_CALCULATOR_KWARGS'
/** The shipped calculators that start no program. */
export const IN_PROCESS: readonly string[] = ['EMT', 'LennardJones', 'Morse']

/** The calculators of the last few different requests: neighbours in a file often ask for the same. */
const recent: Map<string, Promise<Calculator>> = new Map()
const KEPT = 8
/** Numbers of classes and functions that have no name of their own here. */
const numbers: WeakMap<object, number> = new WeakMap()
let nextNumber = 0

/**
 * `usual`, which is the calculator of `spec`, or that which the configuration asks for.
 *
 * @throws {CalculatorError} for a request that is malformed or can't be met.
 */
export async function calculatorFor(atoms: Atoms, spec: CalculatorSpec, usual: Calculator): Promise<Calculator> {
  const { info } = atoms
  if (!(INITIALIZER in info || ARGS in info || KWARGS in info)) return usual
  const encoded = requested(encodeCalculator(spec), atoms)
  const key = JSON.stringify([nameOf(encoded.calculator), encoded.args])
  const made = recent.get(key) ?? buildCalculator(encoded)
  recent.delete(key)
  recent.set(key, made)
  made.catch(() => recent.delete(key))
  for (const [oldest, calculator] of recent) {
    if (recent.size <= KEPT) break
    recent.delete(oldest)
    calculator.then((old) => old.close?.()).catch(() => {})
  }
  return made
}

function nameOf(calculator: EncodedCalculator['calculator']): string | number {
  if (typeof calculator === 'string') return calculator
  const number = numbers.get(calculator) ?? nextNumber++
  numbers.set(calculator, number)
  return number
}

function requested({ calculator, args }: EncodedCalculator, { info }: Atoms): EncodedCalculator {
  let name = calculator
  let list = args
  if (INITIALIZER in info) {
    const wanted = info[INITIALIZER]
    if (typeof wanted !== 'string' || !IN_PROCESS.includes(wanted)) {
      throw new CalculatorError(
        String(wanted),
        `info.${INITIALIZER} must be one of ${IN_PROCESS.join(', ')}, got ${describe(wanted)}`,
      )
    }
    if (wanted !== name) list = []
    name = wanted
  }
  if (name === 'FileCalculator') {
    throw new CalculatorError(
      'FileCalculator',
      `A configuration can't change a FileCalculator (info.${ARGS}, info.${KWARGS})`,
    )
  }
  const newArgs = ARGS in info ? parsed(info[ARGS], ARGS, Array.isArray) : undefined
  const kwargs = KWARGS in info ? parsed(info[KWARGS], KWARGS, isObject) : {}
  if (name === 'AseCalculator') {
    const [options] = list as [{ kwargs?: object }]
    const changed = { ...options, ...(newArgs && { args: newArgs }), kwargs: { ...options.kwargs, ...kwargs } }
    return { calculator: name, args: [changed] }
  }
  const [options, ...others] = newArgs ?? list
  return { calculator: name, args: [{ ...(options as object | undefined), ...kwargs }, ...others] }
}

/** The list or object that a value of `info` is, or that its text says. */
function parsed<T>(value: unknown, key: string, isWanted: (value: unknown) => value is T): T {
  let found = value
  try {
    if (typeof value === 'string') found = JSON.parse(value)
  } catch {
    // What is no JSON is none of both.
  }
  if (!isWanted(found)) {
    const wanted = key === ARGS ? 'list' : 'object'
    throw new CalculatorError('calculator', `info.${key} must be a JSON ${wanted}, got ${describe(value)}`)
  }
  return found
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
