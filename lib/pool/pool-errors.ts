/** The errors of the pool: of its state, of its workers, and of items that can't cross. */
import { AutoparaError } from '../base/errors.js'

/** Where an item ran: hangs as `task` on every error that an item was rejected with. */
export interface TaskPlace {
  /** The item's number in the input. */
  readonly index: number
  /** The number of its chunk. */
  readonly chunk: number
  /** The worker's `id`, or null if no worker had it. */
  readonly worker: number | null
  /** That worker's process id. */
  readonly pid: number | null
  /** The rank that had it, under MPI. */
  readonly rank?: number
  /** The rank's machine. */
  readonly host?: string
}

/** The pool was closed or terminated, and takes no more work. */
export class PoolNotRunningError extends AutoparaError {
  override readonly name = 'PoolNotRunningError'
  constructor(message = 'the pool is not running: it was closed or terminated') {
    super('AUTOPARA_POOL_NOT_RUNNING', message)
  }
}

/** `join()` on a pool that was neither closed nor terminated. */
export class PoolRunningError extends AutoparaError {
  override readonly name = 'PoolRunningError'
  constructor() {
    super('AUTOPARA_POOL_RUNNING', 'the pool is still running: call close() or terminate() before join()')
  }
}

/** The pool was terminated while this was pending. */
export class PoolTerminatedError extends AutoparaError {
  override readonly name = 'PoolTerminatedError'
  constructor(message = 'the pool was terminated before this was finished', options?: ErrorOptions) {
    super('AUTOPARA_POOL_TERMINATED', message, options)
  }
}

/** `successful()` before the result is there. */
export class ResultNotReadyError extends AutoparaError {
  override readonly name = 'ResultNotReadyError'
  constructor() {
    super('AUTOPARA_RESULT_NOT_READY', 'the result is not ready yet: await wait() or ask ready() first')
  }
}

/** A time limit of `get`, `next` or a call is over. The task itself goes on. */
export class TimeoutError extends AutoparaError {
  override readonly name = 'TimeoutError'
  /** The limit, in ms. */
  readonly timeout: number
  constructor(what: string, timeout: number) {
    super('AUTOPARA_TIMEOUT', `${what} took longer than ${timeout} ms; it goes on`)
    this.timeout = timeout
  }
}

/** A chunk ran longer than `taskTimeout`; its worker was killed. */
export class TaskTimeoutError extends AutoparaError {
  override readonly name = 'TaskTimeoutError'
  /** The limit, in ms. */
  readonly timeout: number
  /** The number of the item in the input. */
  readonly index: number
  constructor(timeout: number, index: number) {
    super('AUTOPARA_TASK_TIMEOUT', `the chunk with item ${index} ran longer than ${timeout} ms; its worker was killed`)
    this.timeout = timeout
    this.index = index
  }
}

/** How a worker ended. */
export interface WorkerEnd {
  readonly exitCode: number | null
  readonly signal: string | null
  /** The last lines that it wrote to stderr. */
  readonly stderrTail: string
  /** What the worker itself last said, such as an uncaught exception. */
  readonly cause?: unknown
}

/** The worker died while it ran this item, or, as a cause of an `InitializerError`, before it ran any. */
export class WorkerLostError extends AutoparaError implements WorkerEnd {
  override readonly name = 'WorkerLostError'
  /** Its exit code; null if a signal ended it. */
  readonly exitCode: number | null
  /** The signal that ended it. */
  readonly signal: string | null
  /** The number of the item in the input; null: it ran none. */
  readonly index: number | null
  readonly stderrTail: string

  constructor(index: number | null, attempts: number, end: WorkerEnd) {
    const tries = attempts > 1 ? ` (${attempts} tries)` : ''
    const which = index === null ? 'a worker that was starting' : `the worker that ran item ${index}`
    const text = `${which} ${describeEnd(end)}${tries}`
    super('AUTOPARA_WORKER_LOST', text, end.cause === undefined ? undefined : { cause: end.cause })
    this.exitCode = end.exitCode
    this.signal = end.signal
    this.index = index
    this.stderrTail = end.stderrTail
  }
}

/** An argument or a result can't cross to another process. */
export class EncodingError extends AutoparaError {
  override readonly name = 'EncodingError'
  /** Where the culprit is: `result.calc.handle`. */
  readonly path: string

  constructor(path: string, what: string, options?: ErrorOptions) {
    const text = `${path} can't be sent to another process: it is ${what}`
    super('AUTOPARA_ENCODING', `${text}; send plain data, typed arrays, Maps, Sets, Dates or Errors`, options)
    this.path = path
  }
}

/** The run was interrupted by SIGINT; what was running then was finished. */
export class InterruptedError extends AutoparaError {
  override readonly name = 'InterruptedError'
  constructor() {
    super('AUTOPARA_INTERRUPTED', 'interrupted by SIGINT: what was running is finished, the rest was not begun')
  }
}

/** *exited with code 3*, *was killed by SIGKILL*, with the last line of its stderr. */
export function describeEnd(end: WorkerEnd): string {
  const how = end.signal ? `was killed by ${end.signal}` : `exited with code ${end.exitCode ?? 'unknown'}`
  if (end.cause instanceof Error) return `${how} after ${end.cause.name}: ${end.cause.message}`
  const lines = end.stderrTail.trim().split('\n')
  const last = lines[lines.length - 1]
  return last ? `${how}; its last line on stderr: ${last}` : how
}
