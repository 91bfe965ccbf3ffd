/**
 * Makes errors of error records: of the same class where this process knows it, with message, stack, own properties and
 * causes of the original. No constructor of a user's class is called, so none can fail or do something.
 */
import { AutoparaError, EnvironmentError, OptionRangeError, OptionTypeError } from '../base/errors.js'
import type { ErrorRecord } from './error-record.js'
import { InitializerError } from './initializer-error.js'
import * as poolErrors from './pool-errors.js'
import { BootstrapError, TaskFunctionError } from './task-errors.js'

type ErrorConstructor = abstract new (...args: never[]) => Error

/** An error whose class is not known here, or a thrown value that was no error (then it is in `value`). */
export class RemoteError extends AutoparaError {
  /** The name of the original error's class. */
  override readonly name: string
  /** What was thrown, if that was no error. */
  readonly value: unknown

  constructor(name: string, message: string, value?: unknown) {
    super('AUTOPARA_REMOTE', message)
    this.name = name
    this.value = value
  }
}

const { describeEnd: _, ...poolClasses } = poolErrors
const KNOWN: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AutoparaError,
  EnvironmentError,
  OptionRangeError,
  OptionTypeError,
  BootstrapError,
  InitializerError,
  TaskFunctionError,
  RemoteError,
  ...poolClasses,
}

/** Finds a class that the task's module exports under this name. */
export type FindClass = (name: string) => unknown

/** The error that the record describes: a new object at each call. */
export function rebuildError(record: ErrorRecord, findClass: FindClass = () => undefined): Error {
  return rebuild(record, findClass, new Map())
}

/** @param made the errors made so far: what has one record becomes one error */
function rebuild(record: ErrorRecord, findClass: FindClass, made: Map<ErrorRecord, Error>): Error {
  const known = made.get(record)
  if (known) return known
  const error = makeError(record, findClass)
  made.set(record, error)
  define(error, 'stack', record.stack ?? `${record.name}: ${record.message}`)
  for (const [key, value] of Object.entries(record.props)) {
    // Defined, not assigned: a key may be __proto__, or have a setter in the error's class.
    Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: key !== 'name' })
  }
  // A cause that was no error stays the value that it was.
  const inner = (one: ErrorRecord): unknown => (one.value ? one.value.value : rebuild(one, findClass, made))
  const { cause, errors } = record
  if (cause) define(error, 'cause', inner(cause))
  if (errors) define(error, 'errors', errors.map(inner))
  return error
}

function makeError(record: ErrorRecord, findClass: FindClass): Error {
  const { kind, name } = record.class
  if (kind === 'known' && name === 'DOMException') return new DOMException(record.message, record.name) as Error
  const found =
    kind === 'known' && Object.hasOwn(KNOWN, name) ? KNOWN[name] : kind === 'export' ? findClass(name) : undefined
  if (typeof found === 'function' && found.prototype instanceof Error) {
    return Reflect.construct(Error, [record.message], found) as Error
  }
  if (found === Error) return new Error(record.message)
  const error = new RemoteError(record.name || 'RemoteError', record.message, record.value?.value)
  if (!record.value) Reflect.deleteProperty(error, 'value')
  return error
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false })
}
