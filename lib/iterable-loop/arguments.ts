/**
 * Arguments of an operation on their way to the workers.
 *
 * A function among them becomes a reference to its module's export, as pickle does it. A pair `[Constructor, args]` is a
 * constructor reference: it is sent as it is, built once in each worker, and the operation gets the instance. Where functions
 * stand is said beside the values, not among them: no data, wherever it comes from, can pass for a function.
 */
import { isNdArray } from '../base/ndarray.js'
import { TaskReference } from '../pool/task-function.js'
import { resolveTask, type TaskSpec } from '../pool/task-spec.js'
import { loadExport, loadTask } from '../pool/worker/load-task.js'

/** Where in a value functions stand: it is one, or some of its parts (by key) hold some. */
export type Functions = TaskSpec | ReadonlyMap<string, Functions>

/** A value as plain data, with null in the place of functions. */
interface Encoded {
  readonly value: unknown
  readonly functions?: Functions
}

/** Arguments as plain data. */
export interface EncodedArguments extends Encoded {
  readonly value: readonly unknown[]
}

/** Arguments as plain data, and which functions they hold. */
export async function encodeArguments(args: readonly unknown[]): Promise<EncodedArguments> {
  return (await encodeList(args)) as EncodedArguments
}

async function encode(value: unknown): Promise<Encoded> {
  if (typeof value === 'function' || value instanceof TaskReference)
    return { value: null, functions: await resolveTask(value as (...args: unknown[]) => unknown) }
  if (Array.isArray(value)) return encodeList(value)
  if (!isPlainObject(value) || isNdArray(value)) return { value }
  return encodeParts(Object.entries(value), Object.fromEntries)
}

function encodeList(values: readonly unknown[]): Promise<Encoded> {
  return encodeParts(
    Array.from(values, (part, k) => [String(k), part] as const),
    (parts) => parts.map(([, part]) => part),
  )
}

async function encodeParts(
  parts: readonly (readonly [string, unknown])[],
  join: (parts: [string, unknown][]) => unknown,
): Promise<Encoded> {
  const encoded = await Promise.all(parts.map(async ([key, part]) => [key, await encode(part)] as const))
  const functions = new Map(encoded.flatMap(([key, part]) => (part.functions ? [[key, part.functions] as const] : [])))
  const value = join(encoded.map(([key, part]) => [key, part.value]))
  return functions.size > 0 ? { value, functions } : { value }
}

/** The arguments that {@link encodeArguments} was given, with constructor references built. */
export function decodeArguments(args: readonly unknown[], functions: Functions | undefined): Promise<unknown[]> {
  return decodeList(args, functionsIn(functions))
}

async function decode(value: unknown, functions: Functions | undefined): Promise<unknown> {
  if (functions === undefined) return value
  if (!(functions instanceof Map)) return load(functions as TaskSpec)
  if (!Array.isArray(value)) {
    const parts = Object.entries(value as object).map(async ([key, part]) => [
      key,
      await decode(part, functions.get(key)),
    ])
    return Object.fromEntries(await Promise.all(parts)) as unknown
  }
  const [made, rest] = [functions.get('0'), value[1] as unknown]
  if (value.length === 2 && isFunction(made) && Array.isArray(rest))
    return build(await load(made), await decodeList(rest, functionsIn(functions.get('1'))))
  return decodeList(value, functions)
}

function decodeList(values: readonly unknown[], functions: ReadonlyMap<string, Functions>): Promise<unknown[]> {
  return Promise.all(values.map((part, k) => decode(part, functions.get(String(k)))))
}

function functionsIn(functions: Functions | undefined): ReadonlyMap<string, Functions> {
  return functions instanceof Map ? functions : new Map()
}

function isFunction(functions: Functions | undefined): functions is TaskSpec {
  return functions !== undefined && !(functions instanceof Map)
}

async function load(spec: TaskSpec): Promise<unknown> {
  return spec.kind === 'module' ? loadExport(spec) : loadTask(spec)
}

/** Constructs a class, or calls a function that makes the instance or a promise of it. */
function build(make: unknown, args: unknown[]): unknown {
  const callable = make as (...args: unknown[]) => unknown
  return /^class\b/.test(Function.prototype.toString.call(callable))
    ? Reflect.construct(callable, args)
    : callable(...args)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
