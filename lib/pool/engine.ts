/**
 * What stands behind a pool's surface: workers, scheduler and calls, and the pool's states.
 *
 *     call ─► job ─► scheduler ─► worker ─► outcomes ─► job ─► collector ─► caller
 *                        ▲                     │
 *                        └──── recovery ◄──────┴── a worker died
 */
import type { Backend } from './backend.js'
import type { JobPolicy, Piece } from './chunk.js'
import type { Collector } from './collector.js'
import { WorkerCrew } from './crew.js'
import { Deadlines } from './deadline.js'
import { InitializerError } from './initializer-error.js'
import type { ItemSource } from './item-source.js'
import { Job } from './job.js'
import { applyOutcomes } from './outcomes.js'
import { PoolNotRunningError, PoolRunningError, PoolTerminatedError, type WorkerEnd } from './pool-errors.js'
import type { CheckedPoolOptions } from './pool-options.js'
import type { PoolWorker } from './pool-worker.js'
import type { Done } from './protocol.js'
import { RecipeBook, type RecipeRequest } from './recipe-book.js'
import { type Loss, recover } from './recovery.js'
import { Scheduler } from './scheduler.js'
import { workerExecArgv } from './worker-exec-argv.js'

/** How long a worker has after SIGTERM, ms. */
const GRACE = 1000

export type PoolState = 'run' | 'close' | 'terminate'

/** One call, as the surface asks for it. */
export interface CallRequest extends RecipeRequest {
  readonly policy: JobPolicy
  /** Makes the source; it calls `onMore` when items came that were waited for. */
  source(onMore: () => void): ItemSource
  readonly collector: Collector
  readonly signal: AbortSignal | undefined
}

/** A pool without its surface. */
export class Engine {
  readonly #crew: WorkerCrew
  readonly #scheduler: Scheduler
  readonly #recipes: RecipeBook
  readonly #deadlines: Deadlines
  /** Calls that are not over, and whether they are still waiting for their recipe. */
  readonly #jobs = new Set<Job>()
  #state: PoolState = 'run'
  #broken: Error | undefined
  /** How many `join` and `terminate` wait for the workers' end. */
  #joining = 0
  #waiters: { done: () => boolean; resolve: () => void; reject: (error: Error) => void }[] = []

  constructor(options: CheckedPoolOptions, backend: Backend, depth: number) {
    const size = Math.max(1, options.processes)
    this.#crew = new WorkerCrew(
      {
        size,
        name: options.name,
        backend,
        settings: {
          env: { ...process.env, ...options.env },
          execArgv: options.execArgv ?? workerExecArgv(),
          cwd: options.cwd,
          stdio: options.stdio,
        },
        initializers: options.initializers,
        maxtasksperchild: options.maxtasksperchild,
        maxMemoryPerChild: options.maxMemoryPerChild,
        depth,
      },
      {
        changed: () => this.changed(),
        outcomes: (worker, done, parcels) => this.#onOutcomes(worker, done, parcels),
        returned: (worker, pieces) => this.#onReturned(worker, pieces),
        lost: (worker, loss) => this.#onLost(worker, loss),
        broken: (error) => this.#break(error),
        started: () => {},
        exited: (_worker: PoolWorker, _end: WorkerEnd) => {},
      },
    )
    this.#scheduler = new Scheduler(this.#crew)
    this.#deadlines = new Deadlines((worker, limit) => this.#crew.timeout(worker, limit))
    this.#recipes = new RecipeBook((recipe) => {
      for (const worker of this.#crew.workers) worker.forget(recipe)
    })
    this.#crew.startAll()
  }

  get state(): PoolState {
    return this.#state
  }

  get size(): number {
    return this.#crew.size
  }

  get pids(): number[] {
    return this.#crew.pids
  }

  /** Throws unless the pool takes work. A broken pool takes it, and fails it. */
  checkRunning(): void {
    if (this.#state !== 'run' && this.#broken === undefined) throw new PoolNotRunningError()
  }

  /** Begins a call. A TypeError at once for what is no function; all else reaches the collector. */
  submit(request: CallRequest): Job {
    const recipe = this.#recipes.get(request)
    const { signal, collector, policy } = request
    const onAbort = (): void => job.abort(abortReason(signal))
    const job: Job = new Job(
      policy,
      request.source(() => this.changed()),
      collector,
      () => {
        signal?.removeEventListener('abort', onAbort)
        this.#jobs.delete(job)
        recipe.then((made) => this.#recipes.release(request, made)).catch(() => {})
        this.#settleWaiters()
        this.#endIfDone()
      },
    )
    this.#jobs.add(job)
    recipe.then(
      (made) => {
        job.recipe = made
        if (!job.over) this.#scheduler.add(job)
        this.changed()
      },
      (error: Error) => job.abort(error),
    )
    if (this.#broken) job.abort(this.#brokenError())
    else if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
    return job
  }

  /** Something may be possible that was not: work is given out, and the program kept alive while somebody waits. */
  changed(): void {
    this.#scheduler.pump()
    for (const worker of this.#crew.workers) this.#deadlines.watch(worker)
    this.#settleWaiters()
    this.#updateHold()
  }

  /** Settles when every worker has run its initializers; rejects when one can't. */
  ready(): Promise<void> {
    return this.#until(() => this.#crew.ready.length >= this.#crew.size || this.#state !== 'run')
  }

  close(): void {
    if (this.#state !== 'run') return
    this.#state = 'close'
    this.#endIfDone()
  }

  terminate(error: () => Error = () => new PoolTerminatedError()): Promise<void> {
    if (this.#state !== 'terminate') {
      this.#state = 'terminate'
      this.#scheduler.stop()
      for (const job of [...this.#jobs]) job.abort(error())
      this.#crew.kill(GRACE)
      this.#settleWaiters()
    }
    return this.#gone()
  }

  async join(): Promise<void> {
    if (this.#state === 'run') throw new PoolRunningError()
    for (const job of this.#jobs) job.lift()
    const settled = this.#until(() => [...this.#jobs].every((job) => job.resting))
    this.changed()
    if (this.#broken === undefined) await settled
    else await settled.catch(() => {})
    for (const job of [...this.#jobs]) job.stopDrawing()
    this.#crew.stop()
    await this.#gone()
  }

  async #gone(): Promise<void> {
    this.#joining++
    this.#updateHold()
    await this.#crew.gone()
    this.#joining--
  }

  #onOutcomes(worker: PoolWorker, done: Done, parcels: Uint8Array): void {
    const recipe = worker.inflight.first?.chunk.job.recipe
    applyOutcomes(worker, done, parcels)
    if (done.count > 0) recipe?.learn(done.count, done.busy)
  }

  #onReturned(worker: PoolWorker, count: number): void {
    const pieces: Piece[] = []
    for (let i = 0; i < count; i++) {
      const piece = worker.inflight.pop()
      if (piece) pieces.unshift(piece)
    }
    this.#scheduler.giveBack(pieces)
  }

  #onLost(worker: PoolWorker, loss: Loss): void {
    this.#deadlines.drop(worker)
    this.#scheduler.giveBack(recover(worker, loss))
  }

  /** No worker can be had: everything pending and later fails, at once. */
  #break(error: Error): void {
    if (this.#broken || this.#state === 'terminate') return
    this.#broken = error
    void this.terminate(() => this.#brokenError())
  }

  /** Its own object for every rejection. */
  #brokenError(): Error {
    const reason = this.#broken as Error
    const name = reason instanceof InitializerError ? reason.initializer : '(start)'
    return new InitializerError(name, reason.message, { cause: reason.cause ?? reason })
  }

  #endIfDone(): void {
    if (this.#state === 'close' && this.#jobs.size === 0) this.#crew.stop()
    this.#updateHold()
  }

  #updateHold(): void {
    let held = this.#waiters.length > 0 || this.#joining > 0
    for (const job of this.#jobs) {
      if (held) break
      held = job.urgent
    }
    for (const worker of this.#crew.workers) {
      if (held) break
      held = worker.inflight.length > 0
    }
    this.#crew.hold(held)
  }

  #until(done: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ done, resolve, reject })
      this.#settleWaiters()
      this.#updateHold()
    })
  }

  #settleWaiters(): void {
    if (this.#waiters.length === 0) return
    const broken = this.#broken
    const open = this.#waiters.filter((waiter) => {
      if (broken) waiter.reject(this.#brokenError())
      else if (waiter.done()) waiter.resolve()
      else return true
      return false
    })
    this.#waiters = open
  }
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new DOMException(String(reason), 'AbortError')
}
