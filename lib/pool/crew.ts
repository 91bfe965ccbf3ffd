/**
 * The workers of a pool: started, replaced, recycled, ended.
 *
 *     start ─► starting ─► ready ─┬─► retiring (its heir is ready first) ─► gone
 *                                 └─► gone (it died): what it had is recovered, a new one takes its place
 *
 * A worker that fails to start breaks the pool at once: there is no respawn loop. One that was killed from outside while it
 * started is tried again, a few times.
 */
import { currentProgram } from '../base/main-module.js'
import type { WorkerSettings } from './backend.js'
import type { Piece } from './chunk.js'
import type { CrewOptions } from './crew-options.js'
import { InitializerError } from './initializer-error.js'
import { type WorkerEnd, WorkerLostError } from './pool-errors.js'
import { PoolWorker } from './pool-worker.js'
import { type Done, decodeFromWorker } from './protocol.js'
import type { Loss } from './recovery.js'
import { rebuildError } from './remote-error.js'
import { Succession } from './succession.js'

/** Workers may be killed by a signal while they start so many times in a row. */
const MAX_START_DEATHS = 3

/** What the pool hears of its workers. */
export interface CrewEvents {
  /** Work may be possible that was not before. */
  changed(): void
  outcomes(worker: PoolWorker, done: Done, parcels: Uint8Array): void
  /** The worker gave back what it had not begun. */
  returned(worker: PoolWorker, pieces: readonly Piece[]): void
  /** The worker is gone; what it had is still in its queue. */
  lost(worker: PoolWorker, loss: Loss): void
  /** No worker can be had. */
  broken(error: Error): void
  started(worker: PoolWorker): void
  ready(worker: PoolWorker): void
  exited(worker: PoolWorker, end: WorkerEnd): void
}

/** The workers of one pool. */
export class WorkerCrew {
  readonly #options: CrewOptions
  readonly #events: CrewEvents
  readonly #workers = new Set<PoolWorker>()
  #ready: PoolWorker[] = []
  #nextSerial = 0
  #startDeaths = 0
  #ending = false
  #held = false
  readonly #succession = new Succession()
  #onGone: (() => void)[] = []

  constructor(options: CrewOptions, events: CrewEvents) {
    this.#options = options
    this.#events = events
  }

  /** The configured number of workers. */
  get size(): number {
    return this.#options.size
  }

  /** The workers that can be given work. */
  get ready(): readonly PoolWorker[] {
    return this.#ready
  }

  /** All workers that are alive, as far as is known. */
  get workers(): ReadonlySet<PoolWorker> {
    return this.#workers
  }

  get pids(): number[] {
    return [...this.#workers].map((worker) => worker.pid).filter((pid) => pid !== null)
  }

  /** How many chunks this worker may have had in all. */
  quota(worker: PoolWorker): number {
    const { maxtasksperchild } = this.#options
    return maxtasksperchild === undefined ? Number.POSITIVE_INFINITY : maxtasksperchild - worker.chunks
  }

  startAll(): void {
    for (let id = 0; id < this.#options.size; id++) this.#start(id, 0)
  }

  /** Whether the workers keep the program alive. */
  hold(held: boolean): void {
    if (held === this.#held) return
    this.#held = held
    for (const { handle } of this.#workers) held ? handle?.ref() : handle?.unref()
  }

  /** Ends every worker in order, once it has done what it has. */
  stop(): void {
    this.#end()
    for (const worker of this.#workers) this.#dismiss(worker)
  }

  /** Ends every worker by force: SIGTERM, and SIGKILL after `grace` ms. */
  kill(grace: number): void {
    this.#end()
    for (const { handle } of this.#workers) handle?.kill(grace > 0 ? 'SIGTERM' : 'SIGKILL')
    if (grace > 0 && this.#workers.size > 0) {
      const timer = setTimeout(() => {
        for (const { handle } of this.#workers) handle?.kill('SIGKILL')
      }, grace)
      this.#onGone.push(() => clearTimeout(timer))
    }
    this.#settleIfGone()
  }

  /** Starts no more workers. One that waits for a plug-in's `spawn` has nothing to end. */
  #end(): void {
    this.#ending = true
    for (const worker of this.#workers) if (!worker.handle) this.#remove(worker)
  }

  /** Settles when no worker is left. */
  gone(): Promise<void> {
    return new Promise((resolve) => {
      this.#onGone.push(resolve)
      this.#settleIfGone()
    })
  }

  /** Kills a worker whose chunk ran too long. Until that is done it gets nothing more. */
  timeout(worker: PoolWorker, piece: Piece, limit: number): void {
    worker.timedOut = { kind: 'timeout', piece, limit }
    this.#ready = this.#ready.filter((other) => other !== worker)
    worker.handle?.kill('SIGKILL')
  }

  /** After outcomes: is it time to replace this worker? */
  review(worker: PoolWorker): void {
    if (worker.state === 'ready' && !this.#ending) {
      const spent = this.quota(worker) - worker.inflight.length <= 0
      const heavy = worker.memory > (this.#options.maxMemoryPerChild ?? Number.POSITIVE_INFINITY)
      if (spent || heavy) this.#retire(worker)
      if (heavy) worker.recall()
    }
    this.#dismissIfDone(worker)
  }

  #retire(worker: PoolWorker): void {
    worker.state = 'retiring'
    this.#ready = this.#ready.filter((other) => other !== worker)
    this.#succession.begin(worker, this.#start(worker.identity.id, worker.identity.generation + 1))
  }

  /** One that retires goes when its work is done and its heir is ready: then that gets work, and no earlier. */
  #dismissIfDone(worker: PoolWorker | undefined): void {
    if (worker?.state !== 'retiring' || worker.inflight.length > 0) return
    const heir = this.#succession.heirOf(worker)
    if (heir?.state === 'starting') return
    this.#dismiss(worker)
    if (heir) this.#admit(heir)
  }

  /** From here on the worker is given work, unless the one in whose place it comes still has some. */
  #admit(worker: PoolWorker): void {
    if (worker.state !== 'ready' || this.#ready.includes(worker)) return
    const busy = this.#succession.predecessorOf(worker)?.inflight.length
    if (!busy) this.#ready.push(worker)
  }

  #dismiss(worker: PoolWorker): void {
    if (worker.stopping) return
    worker.stopping = true
    this.#ready = this.#ready.filter((other) => other !== worker)
    if (worker.state !== 'gone') worker.state = 'retiring'
    worker.post({ type: 'stop' })
  }

  #start(id: number, generation: number): PoolWorker {
    const { name, backend } = this.#options
    const worker = new PoolWorker({ id, generation, serial: this.#nextSerial++, name, context: backend.context })
    this.#workers.add(worker)
    if (this.#options.initializers.hasPlugins) void this.#startPrepared(worker)
    else this.#spawn(worker, this.#options.settings)
    return worker
  }

  /** Starts a worker once the plug-ins have said how. */
  async #startPrepared(worker: PoolWorker): Promise<void> {
    try {
      const settings = await this.#options.initializers.settingsFor(worker.identity, this.#options.settings)
      if (!this.#ending) this.#spawn(worker, settings)
    } catch (error) {
      if (this.#ending) return
      this.#remove(worker)
      this.#events.broken(error as Error)
    }
  }

  #spawn(worker: PoolWorker, settings: WorkerSettings): void {
    const handle = this.#options.backend.start(worker.identity, settings, {
      frame: (bytes) => this.#onFrame(worker, bytes),
      cutOff: () => worker.cutOff(),
      exit: (end) => this.#onExit(worker, end),
    })
    worker.attach(handle)
    if (!this.#held) handle.unref()
    this.#events.started(worker)
    void this.#greet(worker)
  }

  async #greet(worker: PoolWorker): Promise<void> {
    const { initializers, maxMemoryPerChild, depth } = this.#options
    try {
      const specs = initializers.length > 0 ? await initializers.specs() : []
      worker.post({
        type: 'hello',
        worker: worker.identity,
        program: currentProgram(),
        initializers: specs,
        reportMemory: maxMemoryPerChild !== undefined,
        depth,
      })
    } catch (error) {
      this.#events.broken(error as Error)
    }
  }

  #onFrame(worker: PoolWorker, bytes: Uint8Array): void {
    const { message, parcels } = decodeFromWorker(bytes)
    switch (message.type) {
      case 'ready':
        this.#startDeaths = 0
        if (worker.state === 'starting' && !this.#ending) {
          worker.state = 'ready'
          this.#admit(worker)
          this.#events.ready(worker)
        }
        this.#dismissIfDone(this.#succession.predecessorOf(worker))
        break
      case 'failed':
        this.#events.broken(worker.placed(rebuildError(message.error)))
        break
      case 'done':
        worker.exact = message.exact
        worker.lastSign = performance.now()
        worker.memory = message.memory ?? worker.memory
        this.#events.outcomes(worker, message, parcels)
        this.review(worker)
        break
      case 'returned':
        this.#events.returned(worker, worker.takeBack(message.pieces))
        this.#dismissIfDone(worker)
        break
      case 'fatal':
        worker.lastWords = rebuildError(message.error)
    }
    this.#events.changed()
  }

  #onExit(worker: PoolWorker, end: WorkerEnd): void {
    const { state } = worker
    const full = worker.lastWords === undefined ? end : { ...end, cause: worker.lastWords }
    this.#remove(worker)
    this.#events.exited(worker, full)
    if (!this.#ending && !worker.stopping) {
      if (state === 'starting' && (end.signal === null || ++this.#startDeaths >= MAX_START_DEATHS)) {
        const cause = new WorkerLostError(null, 1, full)
        this.#events.broken(new InitializerError('(start)', cause.message, { cause }))
      } else if (state !== 'retiring') {
        this.#succession.replace(worker, this.#start(worker.identity.id, worker.identity.generation + 1))
      }
    }
    this.#events.lost(worker, worker.timedOut ?? { kind: 'died', end: full })
    this.#events.changed()
  }

  #remove(worker: PoolWorker): void {
    worker.state = 'gone'
    this.#workers.delete(worker)
    this.#ready = this.#ready.filter((other) => other !== worker)
    const heir = this.#succession.end(worker)
    if (heir) this.#admit(heir)
    this.#settleIfGone()
  }

  #settleIfGone(): void {
    if (this.#workers.size > 0) return
    for (const resolve of this.#onGone.splice(0)) resolve()
  }
}
