/**
 * An error as plain data, made where it was thrown: what can be said of it survives, what can't be encoded is left out.
 *
 * remote-error.ts makes an error of it again on the other side.
 */
import { isPackageFrame } from '../base/package-url.js'
import { encodeValue } from './codec.js'

/** Which class the error was of: one that every program has, one that the task's module exports, or neither. */
export type ErrorClass = { readonly kind: 'known' | 'export' | 'other'; readonly name: string }

/** A thrown value as plain data. */
export interface ErrorRecord {
  readonly class: ErrorClass
  readonly name: string
  readonly message: string
  readonly stack?: string
  /** Own properties besides those named here, as far as they can be encoded. */
  readonly props: Readonly<Record<string, unknown>>
  readonly cause?: ErrorRecord
  /** Of an AggregateError. */
  readonly errors?: readonly ErrorRecord[]
  /** What was thrown, or was the cause, if that is no error. */
  readonly value?: { readonly value: unknown }
}

/** Whether a value from another process is an error record, with all that it holds. */
export function isErrorRecord(value: unknown): value is ErrorRecord {
  if (typeof value !== 'object' || value === null) return false
  const { class: of, name, message, stack, props, cause, errors } = value as Record<string, unknown>
  const { kind, name: className } = Object(of) as Record<string, unknown>
  return (
    ['known', 'export', 'other'].includes(kind as string) &&
    [className, name, message, stack ?? ''].every((text) => typeof text === 'string') &&
    typeof props === 'object' &&
    props !== null &&
    (cause === undefined || isErrorRecord(cause)) &&
    (errors === undefined || (Array.isArray(errors) && errors.every(isErrorRecord)))
  )
}

const MAX_DEPTH = 16
const NAMED = new Set(['message', 'stack', 'cause', 'errors'])

/**
 * Describes a thrown value.
 *
 * @param module the exports of the task's module, by which an error class of its own is named
 */
export function toErrorRecord(thrown: unknown, module: Readonly<Record<string, unknown>> = {}, depth = 0): ErrorRecord {
  if (!isError(thrown)) return recordOfValue(thrown)
  const record = {
    class: classOf(thrown, module),
    name: text(() => thrown.name),
    message: text(() => thrown.message),
    stack: ownPart(text(() => thrown.stack)),
    props: ownProps(thrown),
  }
  const more = depth < MAX_DEPTH ? { ...inner(thrown, module, depth + 1) } : {}
  return { ...record, ...more }
}

function inner(error: Error, module: Readonly<Record<string, unknown>>, depth: number): Partial<ErrorRecord> {
  const list = (error as { errors?: unknown }).errors
  const errors = error instanceof AggregateError && Array.isArray(list) ? list : undefined
  return {
    ...(Object.hasOwn(error, 'cause') ? { cause: toErrorRecord(error.cause, module, depth) } : {}),
    ...(errors ? { errors: errors.map((one) => toErrorRecord(one, module, depth)) } : {}),
  }
}

function recordOfValue(value: unknown): ErrorRecord {
  const kept = encodable(value) ? { value: { value } } : {}
  return { class: { kind: 'other', name: '' }, name: '', message: shown(value), props: {}, ...kept }
}

/** An error of this realm or of another (a test runner's sandbox, a `vm` context). */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

function classOf(error: Error, module: Readonly<Record<string, unknown>>): ErrorClass {
  const made: unknown = error.constructor
  if (typeof made !== 'function') return { kind: 'other', name: '' }
  const code: unknown = (error as { code?: unknown }).code
  if (typeof code === 'string' && code.startsWith('AUTOPARA_')) return { kind: 'known', name: made.name }
  if ((globalThis as Record<string, unknown>)[made.name] === made) return { kind: 'known', name: made.name }
  for (const name of Object.keys(module)) {
    if (exportOf(module, name) === made) return { kind: 'export', name }
  }
  return { kind: 'other', name: made.name }
}

/** An export, also while its module has not finished loading (reading it then throws). */
function exportOf(module: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return module[name]
  } catch {
    return undefined
  }
}

function ownProps(error: Error): Record<string, unknown> {
  // Without a prototype, for a key may be __proto__.
  const props: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(error)) {
    if (NAMED.has(key)) continue
    const value = exportOf(error as unknown as Record<string, unknown>, key)
    if (encodable(value)) props[key] = value
  }
  return props
}

function encodable(value: unknown): boolean {
  try {
    encodeValue(value)
    return true
  } catch {
    return false
  }
}

/** The stack up to where this package called the task: what lies below is the same in every error. */
function ownPart(stack: string): string {
  const lines = stack.split('\n')
  const last = lines.findLastIndex((line) => !isPackageFrame(line) && !line.includes('(node:'))
  return /^\s+at /.test(lines[last] ?? '') ? lines.slice(0, last + 1).join('\n') : stack
}

/** A property of an error as text: a getter that throws must not hide the error. */
function text(read: () => unknown): string {
  try {
    return String(read())
  } catch {
    return ''
  }
}

function shown(value: unknown): string {
  return text(() => (typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : value))
}
