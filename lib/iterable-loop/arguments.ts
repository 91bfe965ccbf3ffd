/**
 * Arguments of an operation on their way to the workers.
 *
 * A function among them becomes a reference to its module's export, as pickle does it. A pair `[Constructor, args]` is a
 * constructor reference: it is sent as it is, built once in each worker, and the operation gets the instance.
 */
import { isNdArray } from '../base/ndarray.js'
import { TaskReference } from '../pool/task-function.js'
import { resolveTask, type TaskSpec } from '../pool/task-spec.js'
import { loadExport, loadTask } from '../pool/worker/load-task.js'

/** Stands for a function in encoded arguments. */
interface FunctionMark {
  readonly autoparaFunction: TaskSpec
}

/** Arguments as plain data: functions are marks. */
export async function encodeArguments(args: readonly unknown[]): Promise<unknown[]> {
  return Promise.all(args.map(encode))
}

async function encode(value: unknown): Promise<unknown> {
  if (typeof value === 'function' || value instanceof TaskReference) {
    return { autoparaFunction: await resolveTask(value as (...args: unknown[]) => unknown) } satisfies FunctionMark
  }
  if (Array.isArray(value)) return Promise.all(value.map(encode))
  if (!isPlainObject(value) || isNdArray(value)) return value
  return Object.fromEntries(
    await Promise.all(Object.entries(value).map(async ([key, part]) => [key, await encode(part)])),
  )
}

/** The arguments that {@link encodeArguments} was given, with constructor references built. */
export async function decodeArguments(args: readonly unknown[]): Promise<unknown[]> {
  return Promise.all(args.map(decode))
}

async function decode(value: unknown): Promise<unknown> {
  if (isMark(value)) return load(value.autoparaFunction)
  if (Array.isArray(value)) {
    const [first, rest] = value as unknown[]
    if (value.length === 2 && isMark(first) && Array.isArray(rest)) {
      return build(await load(first.autoparaFunction), await decodeArguments(rest))
    }
    return Promise.all(value.map(decode))
  }
  if (!isPlainObject(value) || isNdArray(value)) return value
  return Object.fromEntries(
    await Promise.all(Object.entries(value).map(async ([key, part]) => [key, await decode(part)])),
  )
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

function isMark(value: unknown): value is FunctionMark {
  return typeof value === 'object' && value !== null && 'autoparaFunction' in value
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
