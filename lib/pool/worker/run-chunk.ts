/**
 * Runs pieces of work: the same code in a child process, a thread, an MPI rank and in-process, so that backends can't
 * drift apart.
 *
 *     packed items ─► call the function, item by item or once per piece ─► outbox
 *
 * An item's failure is its outcome; nothing here throws for one.
 */
import { describe } from '../../base/options.js'
import { type Packed, pack, unpack } from '../column.js'
import { encodingError } from '../encoding-path.js'
import { type ErrorRecord, toErrorRecord } from '../error-record.js'
import type { Recipe } from '../protocol.js'
import type { LoadedTask } from './load-task.js'
import type { Outbox } from './outbox.js'
import type { TaskState } from './task-state.js'

/** A recipe, ready to be used. */
export interface LoadedRecipe {
  readonly recipe: Recipe
  /** The function, or why it can't be had: then every item has this error. */
  readonly task: LoadedTask | ErrorRecord
  /** The exports of its module, by which errors of its own classes are named. */
  readonly module: Readonly<Record<string, unknown>>
}

/** One outcome as a chunk function returns it. */
type ReturnedOutcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown }

/** Runs one piece; `state` says which items are in hand. A promise only if there is something to wait for. */
export function runPiece(
  loaded: LoadedRecipe,
  items: ArrayLike<Packed>,
  from: number,
  to: number,
  outbox: Outbox,
  state: TaskState,
): Promise<void> | undefined {
  const { task } = loaded
  if (typeof task !== 'function') {
    outbox.fail(task, to - from)
    return outbox.tick(to - from)
  }
  if (loaded.recipe.mode === 'chunk') return runWhole(loaded, task, items, from, to, outbox)
  return runItems(loaded, task, items, from, to, outbox, state)
}

/** Calls the function for each item; goes on asynchronously from the first thing that must be waited for. */
function runItems(
  loaded: LoadedRecipe,
  task: LoadedTask,
  items: ArrayLike<Packed>,
  from: number,
  to: number,
  outbox: Outbox,
  state: TaskState,
): Promise<void> | undefined {
  const star = loaded.recipe.mode === 'star'
  let at = from
  while (at < to) {
    const stop = Math.min(to, at + outbox.burst)
    const began = at
    for (; at < stop; at++) {
      state.start = state.pieceStart + at - from
      const value = callOne(loaded, task, items[at], star, outbox)
      if (value === SETTLED) continue
      const rest = at + 1
      const units = rest - began
      return settle(loaded, value, outbox)
        .then(() => outbox.tick(units, rest < to))
        .then(() => {
          state.pieceStart += rest - from
          return runItems(loaded, task, items, rest, to, outbox, state)
        })
    }
    const pause = outbox.tick(stop - began, at < to)
    if (pause && at < to) {
      return pause.then(() => {
        state.pieceStart += at - from
        return runItems(loaded, task, items, at, to, outbox, state)
      })
    }
    if (pause) return pause
  }
  return undefined
}

/** Says that the outcome is in the outbox already. */
const SETTLED: unique symbol = Symbol('settled')

/** One call. Returns a promise to wait for, or SETTLED. */
function callOne(
  loaded: LoadedRecipe,
  task: LoadedTask,
  item: Packed,
  star: boolean,
  outbox: Outbox,
): PromiseLike<unknown> | typeof SETTLED {
  try {
    const argument = unpack(item)
    const value = star ? task(...argumentsOf(argument)) : task(argument)
    if (isThenable(value)) return value
    deliver(value, outbox)
  } catch (error) {
    outbox.fail(toErrorRecord(error, loaded.module))
  }
  return SETTLED
}

function argumentsOf(item: unknown): unknown[] {
  if (Array.isArray(item)) return item
  throw new TypeError(`starmap's items must be arrays of arguments, got ${describe(item)}`)
}

async function settle(loaded: LoadedRecipe, value: PromiseLike<unknown>, outbox: Outbox): Promise<void> {
  try {
    deliver(await value, outbox)
  } catch (error) {
    outbox.fail(toErrorRecord(error, loaded.module))
  }
}

/** Puts a result into the outbox, encoded as it is now. */
function deliver(value: unknown, outbox: Outbox): void {
  let packed: Packed
  try {
    packed = pack(value)
  } catch (reason) {
    outbox.fail(toErrorRecord(encodingError('result', value, reason)))
    return
  }
  outbox.ok(packed)
}

/** Calls a chunk function once, for all items of the piece. */
async function runWhole(
  loaded: LoadedRecipe,
  task: LoadedTask,
  items: ArrayLike<Packed>,
  from: number,
  to: number,
  outbox: Outbox,
): Promise<void> {
  const count = to - from
  try {
    const list = Array.from({ length: count }, (_, i) => unpack(items[from + i]))
    const outcomes: unknown = await task(list, loaded.recipe.args)
    if (!Array.isArray(outcomes) || outcomes.length !== count) {
      throw new TypeError(`a chunk function must return one outcome per item: ${count} were given`)
    }
    for (const outcome of outcomes as ReturnedOutcome[]) {
      if (outcome.ok) deliver(outcome.value, outbox)
      else outbox.fail(toErrorRecord(outcome.error, loaded.module))
    }
  } catch (error) {
    outbox.fail(toErrorRecord(error, loaded.module), count)
  }
  await outbox.tick(1)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
