/**
 * What stands behind a pool's surface: workers, scheduler and calls, and the pool's states.
 *
 *     call ─► job ─► scheduler ─► worker ─► outcomes ─► job ─► collector ─► caller
 *                        ▲                     │
 *                        └──── recovery ◄──────┴── a worker died
 */
import { AbortSignals } from './abort-signals.js'
import type { Backend } from './backend.js'
import type { ChunkOwner, JobPolicy, Piece } from './chunk.js'
import { Collections } from './collection.js'
import type { Collector } from './collector.js'
import { Conditions } from './conditions.js'
import { cpuCount } from './cpu-count.js'
import { WorkerCrew } from './crew.js'
import { crewOptions } from './crew-options.js'
import { Deadlines } from './deadline.js'
import { InitializerError } from './initializer-error.js'
import type { ItemSource } from './item-source.js'
import { Job } from './job.js'
import { Lifeline } from './lifeline.js'
import { checkDepth } from './nesting.js'
import { applyOutcomes } from './outcomes.js'
import { InterruptedError, PoolNotRunningError, PoolRunningError, PoolTerminatedError } from './pool-errors.js'
import { PoolRecord, type PoolStats } from './pool-events.js'
import type { CheckedPoolOptions } from './pool-options.js'
import type { PoolWorker } from './pool-worker.js'
import type { Done } from './protocol.js'
import { RecipeBook, type RecipeRequest } from './recipe-book.js'
import { abandon, type Loss, recover } from './recovery.js'
import { Scheduler } from './scheduler.js'

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
  /** Calls that are not over. */
  readonly #jobs = new Set<Job>()
  #state: PoolState = 'run'
  #broken: Error | undefined
  /** The calls that a SIGINT found here: nothing more of them is begun. */
  readonly #interrupted = new WeakSet<ChunkOwner>()
  readonly #lifeline: Lifeline
  /** Numbers and events. */
  readonly record: PoolRecord = new PoolRecord()
  /** How many `join` and `terminate` wait for the workers' end. */
  #joining = 0
  /** The items of calls that must have them all before they begin. */
  readonly #signals = new AbortSignals()
  readonly #collections = new Collections(this.#signals)
  readonly #conditions = new Conditions()
  /** Lets go of the caller's signal, which may live longer than many pools. */
  readonly #letGo: () => void

  constructor(options: CheckedPoolOptions, backend: Backend) {
    checkDepth()
    this.#crew = new WorkerCrew(crewOptions(options, backend), {
      changed: () => this.changed(),
      outcomes: (worker, done, parcels) => this.#onOutcomes(worker, done, parcels),
      returned: (_worker, pieces) => this.#giveBack(pieces),
      lost: (worker, loss) => this.#onLost(worker, loss),
      broken: (error) => this.#break(error),
      started: (worker) => this.record.started(worker),
      ready: (worker) => this.record.ready(worker),
      exited: (worker, end) => this.record.exited(worker, end),
    })
    this.#lifeline = new Lifeline(options.name, this.#crew, () => this.#jobs, {
      interrupt: () => this.#interrupt(),
      kill: () => void this.terminate(() => new InterruptedError(), 0),
    })
    this.#scheduler = new Scheduler(this.#crew, cpuCount())
    this.#deadlines = new Deadlines((worker, piece, limit) => this.#crew.timeout(worker, piece, limit))
    this.#recipes = new RecipeBook((recipe) => {
      for (const worker of this.#crew.workers) worker.forget(recipe)
    })
    this.#crew.startAll()
    const { signal } = options
    const onAbort = (): void => void this.terminate(() => new PoolTerminatedError(undefined, { cause: signal?.reason }))
    if (signal?.aborted) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#letGo = () => signal?.removeEventListener('abort', onAbort)
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

  /** The items of a call that must have them before it begins: till then the pool does not end in order. */
  async collect(iterable: AsyncIterable<unknown>, signal: AbortSignal | undefined): Promise<unknown[]> {
    if (this.#broken) throw this.#brokenError()
    try {
      const items = this.#collections.collect(iterable, signal)
      this.#updateHold()
      return await items
    } finally {
      // After whoever waits for the items has submitted the call, or not.
      setImmediate(() => this.changed())
    }
  }

  /** Begins a call. A TypeError at once for what is no function or can't be iterated; all else reaches the collector. */
  submit(request: CallRequest): Job {
    const { signal, collector, policy } = request
    const source = request.source(() => this.changed())
    const recipe = this.#recipes.get(request)
    const onAbort = (reason: Error): void => job.abort(reason)
    const job: Job = new Job(policy, source, collector, {
      ended: () => {
        this.#signals.forget(signal, onAbort)
        this.#jobs.delete(job)
        recipe.then((made) => this.#recipes.release(request, made)).catch(() => {})
        this.#recallFrom(job)
        this.#conditions.check()
        this.#endIfDone()
      },
      finishedLate: () => this.changed(),
    })
    this.#jobs.add(job)
    this.#scheduler.add(job)
    recipe.then(
      (made) => {
        job.recipe = made
        this.changed()
      },
      (error: Error) => {
        job.abort(error)
        this.changed()
      },
    )
    if (this.#broken) job.abort(this.#brokenError())
    else if (this.#state === 'terminate') job.abort(new PoolTerminatedError())
    else this.#signals.heed(signal, onAbort)
    return job
  }

  /** Something may be possible that was not: work is given out, and the program kept alive while somebody waits. */
  changed(): void {
    this.#scheduler.pump()
    for (const worker of this.#crew.workers) this.#deadlines.watch(worker)
    this.#conditions.check()
    this.#endIfDone()
  }

  /** Settles when every worker has run its initializers; rejects when one can't, or the pool is closed before. */
  async ready(): Promise<void> {
    const isReady = (): boolean => this.#crew.ready.length >= this.#crew.size
    await this.#until(() => this.#state === 'close' || isReady())
    if (!isReady()) throw new PoolNotRunningError()
  }

  stats(): PoolStats {
    return this.record.stats(this.#crew.workers, this.#jobs.size, this.#scheduler.returned)
  }

  close(): void {
    if (this.#state !== 'run') return
    this.#state = 'close'
    this.#conditions.check()
    this.#endIfDone()
  }

  terminate(error: () => Error = () => new PoolTerminatedError(), grace: number = GRACE): Promise<void> {
    if (this.#state !== 'terminate') {
      this.#state = 'terminate'
      this.#scheduler.stop()
      for (const job of [...this.#jobs]) job.abort(error())
      this.#collections.stop(error)
      this.#crew.kill(grace)
      this.#conditions.fail(error)
    }
    return this.#gone()
  }

  async join(): Promise<void> {
    if (this.#state === 'run') throw new PoolRunningError()
    if (this.#state === 'close') {
      for (const job of this.#jobs) job.lift()
      // Ended by `terminate` or a failing initializer: then the workers end all the same.
      const isDone = (): boolean => this.#collections.size === 0 && [...this.#jobs].every((job) => job.resting)
      do {
        await this.#until(isDone).catch(() => {})
        // A reader that has just heard of an error may come back for more.
        await new Promise((resolve) => setImmediate(resolve))
      } while (this.state === 'close' && !isDone())
      for (const job of [...this.#jobs]) job.stopDrawing({ error: new PoolNotRunningError() })
      this.#crew.stop()
    }
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
    this.record.done(worker)
  }

  /** The call is over: what workers have of it and have not begun is not to hold up others. */
  #recallFrom(job: Job): void {
    if (this.#state === 'terminate') return
    for (const worker of this.#crew.workers) if (worker.hasAhead(job)) worker.recall()
  }

  #giveBack(pieces: readonly Piece[]): void {
    const isCut = (piece: Piece): boolean => this.#interrupted.has(piece.chunk.job)
    this.#scheduler.giveBack(pieces.filter((piece) => !isCut(piece)))
    abandon(pieces.filter(isCut), () => new InterruptedError())
  }

  /** The first SIGINT: what runs is finished, nothing more is begun. */
  #interrupt(): void {
    for (const job of this.#jobs) this.#interrupted.add(job)
    for (const worker of this.#crew.workers) worker.recall()
    this.#giveBack(this.#scheduler.takeReturned())
    for (const job of [...this.#jobs]) job.stopDrawing({ error: new InterruptedError() })
    this.#collections.stop(() => new InterruptedError())
  }

  #onLost(worker: PoolWorker, loss: Loss): void {
    this.#deadlines.drop(worker)
    const pieces = recover(worker, loss)
    this.#giveBack(pieces)
    this.record.retried(worker, pieces.length)
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
    if (this.#state === 'close' && this.#jobs.size === 0 && this.#collections.size === 0) this.#crew.stop()
    this.#updateHold()
  }

  async #until(holds: () => boolean): Promise<void> {
    if (this.#broken) throw this.#brokenError()
    if (this.#state === 'terminate') throw new PoolTerminatedError()
    const settled = this.#conditions.until(holds)
    this.changed()
    await settled
  }

  #updateHold(): void {
    if (this.#state !== 'run' && this.#crew.workers.size === 0) this.#letGo()
    this.#lifeline.update(this.#conditions.awaited || this.#joining > 0, this.#collections.size > 0)
  }
}
