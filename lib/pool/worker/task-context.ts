/** What a task function may ask about its work. */
import { type CurrentWorker, currentWorker } from '../../base/current-worker.js'
import { AutoparaError } from '../../base/errors.js'
import { Rng } from '../../base/random.js'
import { type TaskState, taskStateOf } from './task-state.js'

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
  readonly worker: CurrentWorker
}

/**
 * The context of the running task. Ask before the first `await`, and keep it.
 *
 * @throws {AutoparaError} `AUTOPARA_NO_TASK` outside of a task
 */
export function taskContext(): TaskContext {
  const worker = currentWorker()
  const state = worker ? taskStateOf(worker) : undefined
  if (worker === null || !state?.running) {
    throw new AutoparaError('AUTOPARA_NO_TASK', 'taskContext() can only be called in a task that a pool runs')
  }
  return new Context(worker, state)
}

class Context implements TaskContext {
  readonly index: number[]
  readonly worker: CurrentWorker
  readonly #seed: TaskState['seed']
  #rng: Rng[] | undefined

  constructor(worker: CurrentWorker, state: TaskState) {
    this.worker = worker
    this.index = Array.from({ length: state.count }, (_, i) => state.start + i)
    this.#seed = state.seed
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
