/**
 * What a task function may ask about its work.
 *
 * A layer above that names items in its own way gives them with {@link withTaskContext}, which follows the asynchronous
 * context.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type CurrentWorker, currentWorker } from '../../base/current-worker.js'
import { AutoparaError } from '../../base/errors.js'
import { Rng } from '../../base/random.js'
import { taskStateOf } from './task-state.js'

/** The items in hand, and what belongs to them. */
export interface TaskContext {
  /** The numbers of the items in hand, in the call's input. */
  readonly index: number[]
  /**
   * A generator for each of them, made when first asked for: item `i` of a call with seed `s` always gets
   * `new Rng(s).spawn(i)`. Without a seed they come from the operating system.
   */
  readonly rng: Rng[]
  /** Aborted when the worker is to end. */
  readonly signal: AbortSignal
  /** Who runs them. */
  readonly worker: CurrentWorker
}

/** Which items are in hand. */
export interface TaskItems {
  readonly index: number[]
  /** Names their random streams; null: drawn from the operating system. */
  readonly seed: number | string | null
}

const given = new AsyncLocalStorage<TaskContext>()

/**
 * The context of the running task. Ask before the first `await`, and keep it.
 *
 * @throws {AutoparaError} `AUTOPARA_NO_TASK` outside of a task
 */
export function taskContext(): TaskContext {
  const context = given.getStore()
  if (context) return context
  const worker = currentWorker()
  const state = worker ? taskStateOf(worker) : undefined
  if (worker === null || !state?.running) {
    throw new AutoparaError('AUTOPARA_NO_TASK', 'taskContext() can only be called in a task that a pool runs')
  }
  const { start, count, seed } = state
  return new Context(worker, { index: Array.from({ length: count }, (_, i) => start + i), seed })
}

/** Calls `run` such that `taskContext()` gives these items in it and in all that it starts. For layers above. */
export function withTaskContext<T>(items: TaskItems, run: () => T): T {
  return given.run(new Context(currentWorker() as CurrentWorker, items), run)
}

class Context implements TaskContext {
  readonly index: number[]
  readonly worker: CurrentWorker
  readonly #seed: TaskItems['seed']
  #rng: Rng[] | undefined

  constructor(worker: CurrentWorker, { index, seed }: TaskItems) {
    this.worker = worker
    this.index = index
    this.#seed = seed
  }

  get signal(): AbortSignal {
    return this.worker.signal
  }

  get rng(): Rng[] {
    if (this.#rng === undefined) {
      const root = this.#seed === null ? new Rng() : new Rng(this.#seed)
      this.#rng = this.index.map((i) => root.spawn(i))
    }
    return this.#rng
  }
}
