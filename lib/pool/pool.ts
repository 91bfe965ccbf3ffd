/** The public surface: `multiprocessing.Pool`'s calls, with promises where Python blocks. */
import { isLoadingMainInWorker, madeInert, neverHere, poolCodeLoaded } from '../base/main-module.js'
import { typeError } from '../base/options.js'
import { AsyncResult, withTimeout } from './async-result.js'
import type { Backend } from './backend.js'
import { clusterBackend } from './backends/cluster-backend.js'
import { forkBackend } from './backends/fork-backend.js'
import { serialBackend } from './backends/serial-backend.js'
import { threadBackend } from './backends/thread-backend.js'
import { callAll, lowestError, openStream } from './calls.js'
import { Engine, type PoolState } from './engine.js'
import { type AllOutcomes, type ChunkResult, type Outcome, outcomeOf, resultOf } from './failure.js'
import type { PoolEvents, PoolStats } from './pool-events.js'
import type { PoolIterator } from './pool-iterator.js'
import {
  type CallOptions,
  type CheckedCallOptions,
  type CheckedPoolOptions,
  checkCallOptions,
  checkPoolOptions,
  type PoolOptions,
} from './pool-options.js'
import type { CallMode } from './protocol.js'
import type { TaskFunction } from './task-function.js'
import { providedWorkers } from './worker-provider.js'

poolCodeLoaded()

type AnyTask = TaskFunction<never[], unknown>
type Items<T> = Iterable<T> | AsyncIterable<T>

/** Options of the `…Async` calls. */
export interface AsyncCallOptions<R> extends CallOptions {
  /** Called with the value. What it throws is an uncaught error of the program, not of the pool. */
  callback?: (value: R) => void
  /** Called with the error. */
  errorCallback?: (error: Error) => void
}

/** Options of `imapChunks`. */
export interface ChunkCallOptions extends CallOptions {
  /** Given to the chunk function as its second argument; sent once per worker. */
  args?: readonly unknown[]
  /** Default true. False: chunks as they finish. */
  ordered?: boolean
  /** The iterable is an asynchronous one of lists of items, of any lengths; each list is drawn whole. Default false. */
  batched?: boolean
}

/**
 * Worker processes that calls are distributed to: Python's `multiprocessing.Pool`. Wrong options and arguments are
 * TypeErrors and RangeErrors with a `code`, calls after `close` or `terminate` a `PoolNotRunningError`. What becomes of items
 * that fail, and of workers that die, is in docs/pool.md.
 * @example
 * const pool = new Pool(4)
 * const squares = await pool.map(square, [1, 2, 3])
 * pool.close()
 * await pool.join()
 */
export class Pool implements AsyncDisposable {
  readonly #options: CheckedPoolOptions
  readonly #backend: Backend
  /** Absent where a worker loads a module: see {@link Pool.#live}. */
  #engine: Engine | undefined

  /** @param options the number of processes, or a bag of options */
  constructor(options?: number | PoolOptions) {
    const checked = checkPoolOptions(options)
    const provider = checked.processes === 0 ? undefined : providedWorkers()
    this.#options = provider ? { ...checked, processes: provider.size } : checked
    const asked = typeof options === 'number' ? options : options?.processes
    if (provider && asked !== undefined) provider.ignored('processes', asked)
    this.#backend = provider?.backend ?? backendOf(this.#options)
    if (isLoadingMainInWorker()) madeInert()
    else this.#live()
  }

  /** The configured number of workers; 0 is serial. */
  get processes(): number {
    return this.#options.processes
  }

  /** The process ids of the workers that live now. */
  get pids(): number[] {
    return this.#engine?.pids ?? []
  }

  /** `run`, `close` or `terminate`: which of the latter two was called. */
  get state(): PoolState {
    return this.#engine?.state ?? 'run'
  }

  /** Calls `func(...args)` in a worker. */
  async apply<A extends unknown[], R>(func: TaskFunction<A, R>, args?: A, options?: CallOptions): Promise<R> {
    return await this.applyAsync(func, args, options)
  }

  /** Begins `func(...args)` in a worker. */
  applyAsync<A extends unknown[], R>(
    func: TaskFunction<A, R>,
    args?: A,
    options: AsyncCallOptions<R> = {},
  ): AsyncResult<R> {
    if (args !== undefined && !Array.isArray(args)) throw typeError('args', 'an array of arguments', args)
    const result = this.#list<R>(func, 'star', [args ?? []], { ...options, chunksize: 1 }, 'applyAsync')
    return withCallbacks(
      result.then(([value]) => value as R),
      options,
    )
  }

  /** Calls `func` for every item; the results in input order. Rejects with the error of the lowest failing item. */
  async map<T, R>(func: TaskFunction<[T], R>, iterable: Items<T>, options?: CallOptions): Promise<R[]> {
    return await this.mapAsync(func, iterable, options)
  }

  /** Begins a `map`. */
  mapAsync<T, R>(
    func: TaskFunction<[T], R>,
    iterable: Items<T>,
    options: AsyncCallOptions<R[]> = {},
  ): AsyncResult<R[]> {
    return withCallbacks(this.#list<R>(func, 'item', iterable, options, 'map'), options)
  }

  /** As `map`, with each item an array of arguments. */
  async starmap<A extends unknown[], R>(
    func: TaskFunction<A, R>,
    iterable: Items<A>,
    options?: CallOptions,
  ): Promise<R[]> {
    return await this.starmapAsync(func, iterable, options)
  }

  /** Begins a `starmap`. */
  starmapAsync<A extends unknown[], R>(
    func: TaskFunction<A, R>,
    iterable: Items<A>,
    options: AsyncCallOptions<R[]> = {},
  ): AsyncResult<R[]> {
    return withCallbacks(this.#list<R>(func, 'star', iterable, options, 'starmap'), options)
  }

  /** As `map`, but never rejects for an item: one outcome each, as of `Promise.allSettled`. */
  async mapSettled<T, R>(
    func: TaskFunction<[T], R>,
    iterable: Items<T>,
    options: CallOptions = {},
  ): Promise<PromiseSettledResult<R>[]> {
    const checked = checkCallOptions(options, 'mapSettled')
    const { values, errors } = await limited(
      this.#outcomes<R>(func, 'item', iterable, { ...checked, failFast: false }),
      checked,
      'mapSettled',
    )
    return Array.from(values, (value, i) => {
      const reason = errors.get(i)
      return reason === undefined ? { status: 'fulfilled', value } : { status: 'rejected', reason }
    })
  }

  /** Calls `func` for every item, lazily; results in input order. */
  imap<T, R>(func: TaskFunction<[T], R>, iterable: Items<T>, options: CallOptions = {}): PoolIterator<R> {
    return this.#items<R>(func, iterable, checkCallOptions(options, 'imap'), true)
  }

  /** As `imap`, with results as they come. */
  imapUnordered<T, R>(func: TaskFunction<[T], R>, iterable: Items<T>, options: CallOptions = {}): PoolIterator<R> {
    return this.#items<R>(func, iterable, checkCallOptions(options, 'imapUnordered'), false)
  }

  /**
   * Calls a chunk function once per chunk, as `func(items, args)`; it returns one outcome per item. For layers above.
   *
   * @internal
   */
  imapChunks<T, R>(func: AnyTask, iterable: Items<T>, options: ChunkCallOptions = {}): PoolIterator<ChunkResult<R>> {
    const { args = [], ordered = true, batched = false, ...rest } = options
    const checked = checkCallOptions(rest, 'imapChunks')
    const call = { func, mode: 'chunk' as const, args, iterable, batched, options: checked }
    return openStream<ChunkResult<R>>(this.#running(), this.#options, call, ordered, {
      steps: () => 1,
      read: (chunk) => ({
        chunk: chunk.index,
        start: chunk.start,
        outcomes: Array.from({ length: chunk.count }, (_, i) => outcomeOf(chunk, i) as Outcome<R>),
      }),
    })
  }

  /** The pool in numbers. */
  stats(): PoolStats {
    return (
      this.#engine?.stats() ?? { workers: [], exits: 0, calls: 0, waiting: 0, inflightBytes: 0, chunks: 0, items: 0 }
    )
  }

  /** Calls `listener` at every such event: `worker-start`, `worker-ready`, `worker-exit`, `chunk-done`, `retry`. */
  on<E extends keyof PoolEvents>(event: E, listener: (facts: PoolEvents[E]) => void): this {
    this.#engine?.record.on(event, listener)
    return this
  }

  /** Calls `listener` no more. */
  off<E extends keyof PoolEvents>(event: E, listener: (facts: PoolEvents[E]) => void): this {
    this.#engine?.record.off(event, listener)
    return this
  }

  /**
   * Settles when all workers have run their initializers.
   *
   * (A property of its own, and a function: so a pool can't be sent to another process, as it can't be pickled in Python.)
   */
  readonly ready: () => Promise<void> = () => this.#live()?.ready() ?? neverHere()

  /** Takes no more work; what is there is finished, then the workers end. */
  close(): void {
    this.#engine?.close()
  }

  /** Ends the workers now. What is pending rejects with a `PoolTerminatedError`. */
  async terminate(): Promise<void> {
    await (this.#live()?.terminate() ?? neverHere())
  }

  /** Settles when the workers have ended. @throws {PoolRunningError} before `close` or `terminate` */
  join(): Promise<void> {
    return this.#live()?.join() ?? neverHere()
  }

  /** Terminates, as Python's `with` does. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate()
  }

  #list<R>(func: AnyTask, mode: CallMode, iterable: Items<unknown>, options: CallOptions, where: string): Promise<R[]> {
    const checked = checkCallOptions(options, where, ['callback', 'errorCallback'])
    const all = this.#outcomes<R>(func, mode, iterable, checked).then(({ values, errors }) => {
      if (errors.size > 0) throw lowestError(errors)
      return values
    })
    return limited(all, checked, where)
  }

  #outcomes<R>(
    func: AnyTask,
    mode: CallMode,
    iterable: Items<unknown>,
    options: CheckedCallOptions,
  ): Promise<AllOutcomes<R>> {
    const engine = this.#running()
    return engine ? callAll<R>(engine, this.#options, { func, mode, args: [], iterable, options }) : neverHere()
  }

  #items<R>(func: AnyTask, iterable: Items<unknown>, options: CheckedCallOptions, ordered: boolean): PoolIterator<R> {
    const call = { func, mode: 'item' as const, args: [], iterable, options }
    return openStream<R>(this.#running(), this.#options, call, ordered, {
      steps: (chunk) => chunk.count,
      read: (chunk, step) => resultOf(chunk, step) as R,
    })
  }

  /** The engine, if this pool is a live one; throws when it takes no more work. */
  #running(): Engine | undefined {
    const engine = this.#live()
    engine?.checkRunning()
    return engine
  }

  /** Nothing, for what a worker's modules do while they are loaded; a pool that was made there starts when a task uses it. */
  #live(): Engine | undefined {
    if (isLoadingMainInWorker()) return undefined
    this.#engine ??= new Engine(this.#options, this.#backend)
    return this.#engine
  }
}

function backendOf(options: CheckedPoolOptions): Backend {
  if (options.processes === 0) return serialBackend
  return { fork: forkBackend, cluster: clusterBackend, thread: threadBackend }[options.context]
}

function limited<T>(promise: Promise<T>, options: CheckedCallOptions, what: string): Promise<T> {
  return options.timeout === undefined ? promise : withTimeout(promise, options.timeout, what)
}

/** Calls back in a microtask of its own: what a callback throws is the program's uncaught error. */
function withCallbacks<R>(promise: Promise<R>, options: AsyncCallOptions<R>): AsyncResult<R> {
  const { callback, errorCallback } = options
  promise.then(
    (value) => queueMicrotask(() => callback?.(value)),
    (error: Error) => queueMicrotask(() => errorCallback?.(error)),
  )
  return new AsyncResult(promise)
}
