/** Makes the errors that callers get of the failures that chunks hold, and says in them which item it was. */
import type { Chunk, Failure } from './chunk.js'
import { unpack } from './column.js'
import type { TaskPlace } from './pool-errors.js'
import { rebuildError } from './remote-error.js'

/** The error of an item: a new object at each call, with `task`. */
function errorOf(chunk: Chunk, place: number, failure: Failure): Error {
  const { cause, attempts: _, ...where } = failure
  const error = 'record' in cause ? rebuildError(cause.record, chunk.job.recipe.classes.find) : cause.make()
  const task: TaskPlace = { index: chunk.start + place, chunk: chunk.index, ...where }
  Object.defineProperty(error, 'task', { value: task, configurable: true, enumerable: true, writable: true })
  return error
}

/** An item's result, or its error. Damaged bytes are the item's error. */
export function outcomeOf(chunk: Chunk, place: number): Outcome<unknown> {
  const failure = chunk.failures?.get(place)
  if (failure) {
    return { ok: false, error: errorOf(chunk, place, failure), attempts: failure.attempts }
  }
  try {
    return { ok: true, value: unpack(chunk.values?.[place]) }
  } catch (error) {
    return { ok: false, error: error as Error, attempts: 1 }
  }
}

/** An item's result; throws its error. */
export function resultOf(chunk: Chunk, place: number): unknown {
  const failure = chunk.failures?.get(place)
  if (failure) throw errorOf(chunk, place, failure)
  return unpack(chunk.values?.[place])
}

/** Puts a chunk's results into `all.values`, and the errors of its failed items into `all.errors`. */
export function collectOutcomes(chunk: Chunk, all: AllOutcomes<unknown>): void {
  const { start, count, values, failures } = chunk
  if (!failures && values && !Array.isArray(values)) {
    for (let i = 0; i < count; i++) all.values[start + i] = values[i]
    return
  }
  for (let i = 0; i < count; i++) {
    const outcome = outcomeOf(chunk, i)
    if (outcome.ok) all.values[start + i] = outcome.value
    else all.errors.set(start + i, outcome.error)
  }
}

/** The outcomes of a whole call. */
export interface AllOutcomes<R> {
  /** In input order; nothing at the places of failed items. */
  readonly values: R[]
  /** By input number. */
  readonly errors: Map<number, Error>
}

/** One item's outcome. */
export type Outcome<R> =
  | { readonly ok: true; readonly value: R }
  | { readonly ok: false; readonly error: Error; readonly attempts: number }

/** The outcomes of a chunk of `imapChunks`. */
export interface ChunkResult<R> {
  /** 0, 1, 2 … in input order. */
  readonly chunk: number
  /** The input number of its first item. */
  readonly start: number
  /** One per item. */
  readonly outcomes: Outcome<R>[]
}
