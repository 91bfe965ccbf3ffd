/** Which items a worker has in hand: written by the worker's session, read by `taskContext()`. */
import type { CurrentWorker } from '../../base/current-worker.js'

/** The piece that runs now. */
export interface TaskState {
  /** A task is running. */
  running: boolean
  /** The input number of the first item of the piece, or of what is left of it. */
  pieceStart: number
  /** The input number of the first item in hand. */
  start: number
  /** How many items are in hand. */
  count: number
  /** Names the random streams of this call's items; null: drawn from the operating system. */
  seed: number | string | null
}

const states = new WeakMap<CurrentWorker, TaskState>()

/** Registers the state of a worker. */
export function setTaskState(worker: CurrentWorker, state: TaskState): void {
  states.set(worker, state)
}

/** The state of a worker, or undefined where none runs tasks. */
export function taskStateOf(worker: CurrentWorker): TaskState | undefined {
  return states.get(worker)
}
