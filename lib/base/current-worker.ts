/**
 * Who runs this code: set by the worker's side of a pool, read by initializers and task functions.
 *
 * It stands in `base` because initializers are plug-ins that may import nothing higher. It follows the asynchronous
 * context, because the workers of serial pools live in one process with each other and with the program itself, and an MPI
 * rank serves several pools.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

/** The worker that the calling code runs in. */
export interface CurrentWorker {
  /** 0 … processes - 1: the worker's place in the pool; a replacement takes over its predecessor's. */
  readonly id: number
  /** How many workers had this place before. */
  readonly generation: number
  /** A number that no other worker of this pool ever had. */
  readonly serial: number
  /** The pool's name. */
  readonly name: string
  /** What the worker is: a process, a thread, an MPI rank, or (`serial`) this program. */
  readonly context: 'serial' | 'fork' | 'cluster' | 'thread' | 'mpi'
  /** The id of the process that it is, or is in. */
  readonly pid: number
  /** The MPI rank, under MPI. */
  readonly rank?: number
  /** The name of its machine, under MPI. */
  readonly host?: string
  /** Aborted when the worker is to end. */
  readonly signal: AbortSignal
}

let processWorker: CurrentWorker | null = null
let scopedWorkers: AsyncLocalStorage<CurrentWorker> | undefined

/** The worker that this code runs in, or null in the main process. */
export function currentWorker(): CurrentWorker | null {
  return scopedWorkers?.getStore() ?? processWorker
}

/** Says who runs the code of this process from here on. For the pool's worker side. */
export function setCurrentWorker(next: CurrentWorker | null): void {
  processWorker = next
}

/** Runs `action` as `worker`: all of a process that is one, and only `action` and what it starts where a process is several. */
export function withCurrentWorker<T>(worker: CurrentWorker, action: () => T): T {
  if (worker.context !== 'serial' && worker.context !== 'mpi') {
    processWorker = worker
    return action()
  }
  scopedWorkers ??= new AsyncLocalStorage()
  return scopedWorkers.run(worker, action)
}
