/**
 * The error classes that a task's module exports, as the parent has them: looked for when the first error of such a class
 * comes.
 *
 * A module that is still being evaluated (a main module under a top-level `await`) would wait on us for ever: after a short
 * while its classes count as unknown, and the error becomes a RemoteError.
 */
import type { ErrorRecord } from './error-record.js'
import { loadedModule } from './loaded-module.js'
import type { TaskSpec } from './task-spec.js'

/** How long the parent waits for a module that it may have to load first, ms; and for one that may be waiting for us. */
const LOAD_LIMIT = 5000
const EVALUATING_LIMIT = 200

/** The classes of one task's module. */
export class ErrorClasses {
  readonly #spec: TaskSpec
  #loading: Promise<void> | undefined
  #exports: Readonly<Record<string, unknown>> | undefined

  constructor(spec: TaskSpec) {
    this.#spec = spec
  }

  /** A promise if the record needs the module and it isn't here yet. It never rejects. */
  prepare(record: ErrorRecord): Promise<void> | undefined {
    if (this.#exports !== undefined || this.#spec.kind === 'inline' || !needsModule(record)) return undefined
    const { url, secondInstance } = this.#spec
    this.#loading ??= loadedModule(url, secondInstance ? EVALUATING_LIMIT : LOAD_LIMIT)
      .catch(() => null)
      .then((exports) => {
        this.#exports = exports ?? {}
      })
    return this.#loading
  }

  /** The export of this name, if the module is here. */
  readonly find = (name: string): unknown => this.#exports?.[name]
}

function needsModule(record: ErrorRecord, seen: Set<ErrorRecord> = new Set()): boolean {
  if (record.class.kind === 'export') return true
  if (seen.has(record)) return false
  seen.add(record)
  return [record.cause, ...(record.errors ?? [])].some((inner) => inner !== undefined && needsModule(inner, seen))
}
