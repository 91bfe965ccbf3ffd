/**
 * What a task can know of itself: which items it has in hand, their random streams, and the worker that it runs in.
 *
 * A layer above that groups items in its own way names them with {@link withTaskContext}; it follows the asynchronous context.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type CurrentWorker, currentWorker } from '../base/current-worker.js'
import { AutoparaError } from '../base/errors.js'
import { Rng, randomSeed } from '../base/random.js'
import { taskStateOf } from './worker/task-state.js'

/** The items in hand, and what belongs to them. */
export interface TaskContext {
  /** The items' numbers in the input. */
  readonly index: readonly number[]
  /** A random stream for each item, named by the call's seed and the item's number: the same whoever runs it. */
  readonly rng: readonly Rng[]
  /** Aborted when the worker is to end. */
  readonly signal: AbortSignal
  readonly worker: CurrentWorker
}

/** Which items are in hand, for {@link withTaskContext}. */
export interface TaskItems {
  readonly index: readonly number[]
  /** Names the items' random streams; null: drawn from the operating system. */
  readonly seed: number | string | null
}

const override = new AsyncLocalStorage<TaskContext>()

/**
 * The context of the task that calls this. `rng` is made when it is first asked for.
 *
 * @throws {AutoparaError} outside a task.
 */
export function taskContext(): TaskContext {
  const given = override.getStore()
  if (given) return given
  const worker = currentWorker()
  const state = worker && taskStateOf(worker)
  if (!state)
    throw new AutoparaError(
      'AUTOPARA_NO_TASK',
      'taskContext() is there only inside a task; call it in the function that a pool or loop runs',
    )
  const { start, count, seed } = state
  return contextOf({ index: Array.from({ length: count }, (_, k) => start + k), seed }, worker)
}

/** Calls `run` with these items in hand. */
export function withTaskContext<T>(items: TaskItems, run: () => T): T {
  const worker = currentWorker()
  if (!worker) throw new AutoparaError('AUTOPARA_NO_TASK', 'withTaskContext() is there only inside a task')
  return override.run(contextOf(items, worker), run)
}

function contextOf({ index, seed }: TaskItems, worker: CurrentWorker): TaskContext {
  let rng: Rng[] | undefined
  return {
    index,
    get rng() {
      if (!rng) {
        const root = new Rng(seed ?? randomSeed())
        rng = index.map((item) => root.spawn(item))
      }
      return rng
    },
    signal: worker.signal,
    worker,
  }
}
