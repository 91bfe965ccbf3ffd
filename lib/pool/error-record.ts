/**
 * An error as plain data, made where it was thrown: what can be said of it survives, what can't be encoded is left out.
 *
 * Nothing in a record changes with what the task does next: its values are copies. An error that is met again (a shared
 * cause, a circle) has one record, so that records form the graph that the errors form. remote-error.ts makes errors of it
 * again on the other side. What throws when it is read, a getter or a proxy of the task's, must not hide the error.
 */
import { attempt } from '../base/attempt.js'
import { isPackageFrame } from '../base/package-url.js'
import { decodeValue, encodeValue } from './codec.js'

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
export function isErrorRecord(value: unknown, seen: Set<unknown> = new Set()): value is ErrorRecord {
  if (typeof value !== 'object' || value === null) return false
  if (seen.has(value)) return true
  seen.add(value)
  const { class: of, name, message, stack, props, cause, errors } = value as Record<string, unknown>
  const { kind, name: className } = Object(of) as Record<string, unknown>
  return (
    ['known', 'export', 'other'].includes(kind as string) &&
    [className, name, message, stack ?? ''].every((text) => typeof text === 'string') &&
    typeof props === 'object' &&
    props !== null &&
    (cause === undefined || isErrorRecord(cause, seen)) &&
    (errors === undefined || (Array.isArray(errors) && errors.every((one) => isErrorRecord(one, seen))))
  )
}

const MAX_DEPTH = 16
const NAMED = new Set(['message', 'stack', 'cause', 'errors'])

/** The exports of the task's module, by which an error class of its own is named. */
type ModuleExports = Readonly<Record<string, unknown>>

/** Describes a thrown value. It never throws, whatever that is. */
export function toErrorRecord(thrown: unknown, module: ModuleExports = {}): ErrorRecord {
  return describe(thrown, module, 0, new Map())
}

/** @param made the records of the errors met so far */
function describe(thrown: unknown, module: ModuleExports, depth: number, made: Map<unknown, ErrorRecord>): ErrorRecord {
  if (!isError(thrown)) return recordOfValue(thrown)
  const known = made.get(thrown)
  if (known) return known
  const record: { -readonly [K in keyof ErrorRecord]: ErrorRecord[K] } = {
    class: attempt(() => classOf(thrown, module)) ?? NO_CLASS,
    name: text(() => thrown.name),
    message: text(() => thrown.message),
    stack: ownPart(text(() => thrown.stack)),
    props: ownProps(thrown),
  }
  made.set(thrown, record)
  if (depth === MAX_DEPTH) return record
  const inner = (value: unknown): ErrorRecord => describe(value, module, depth + 1, made)
  const cause = attempt(() => (Object.hasOwn(thrown, 'cause') ? inner(thrown.cause) : undefined))
  const errors = attempt(() => listOf(thrown)?.map(inner))
  if (cause) record.cause = cause
  if (errors) record.errors = errors
  return record
}

/** The errors of an AggregateError. */
function listOf(error: Error): unknown[] | undefined {
  if (!(error instanceof AggregateError)) return undefined
  return Array.isArray(error.errors) ? error.errors : undefined
}

function recordOfValue(value: unknown): ErrorRecord {
  const kept = attempt(() => ({ value: { value: copyOf(value) } }))
  return { class: NO_CLASS, name: '', message: shown(value), props: {}, ...kept }
}

/** An error of this realm or of another (a test runner's sandbox, a `vm` context). */
function isError(value: unknown): value is Error {
  const is = (): boolean => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
  return attempt(is) ?? false
}

const NO_CLASS: ErrorClass = { kind: 'other', name: '' }

function classOf(error: Error, module: ModuleExports): ErrorClass {
  const made: unknown = error.constructor
  if (typeof made !== 'function') return NO_CLASS
  const ownName = String(made.name)
  const code: unknown = (error as { code?: unknown }).code
  if (typeof code === 'string' && code.startsWith('AUTOPARA_')) return { kind: 'known', name: ownName }
  if ((globalThis as Record<string, unknown>)[ownName] === made) return { kind: 'known', name: ownName }
  for (const name of Object.keys(module)) {
    // Reading an export of a module that has not finished loading throws.
    if (attempt(() => module[name]) === made) return { kind: 'export', name }
  }
  return { kind: 'other', name: ownName }
}

function ownProps(error: Error): Record<string, unknown> {
  const entries = (attempt(() => Object.keys(error)) ?? []).flatMap((key): [string, unknown][] => {
    if (NAMED.has(key)) return []
    const read = attempt(() => ({ value: (error as unknown as Record<string, unknown>)[key] }))
    return read ? [[key, read.value]] : []
  })
  // All in one, so that what stands under two keys stays one; where something can't be encoded, one by one.
  return attempt(() => copyOf(Object.fromEntries(entries)) as Record<string, unknown>) ?? encodableOf(entries)
}

function encodableOf(entries: readonly [string, unknown][]): Record<string, unknown> {
  return Object.fromEntries(
    entries.flatMap(([key, value]): [string, unknown][] => {
      const copy = attempt(() => ({ value: copyOf(value) }))
      return copy ? [[key, copy.value]] : []
    }),
  )
}

/** The value as it is now: the task may change its own, or throw it again. Throws for what can't be encoded. */
function copyOf(value: unknown): unknown {
  return decodeValue(encodeValue(value))
}

/** The stack up to where this package called the task: what lies below is the same in every error. */
function ownPart(stack: string): string {
  const lines = stack.split('\n')
  const last = lines.findLastIndex((line) => !isPackageFrame(line) && !line.includes('(node:'))
  return /^\s+at /.test(lines[last] ?? '') ? lines.slice(0, last + 1).join('\n') : stack
}

/** A property of an error as text. */
function text(read: () => unknown): string {
  return attempt(() => String(read())) ?? ''
}

function shown(value: unknown): string {
  const show = (): string => String(typeof value === 'object' ? JSON.stringify(value) : value)
  return attempt(show) ?? "a value that can't be looked into"
}
