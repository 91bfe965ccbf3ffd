/**
 * What a pool tells of its life: numbers on demand, and events, to its own listeners and to whoever subscribes to the
 * process's diagnostics channels `autopara:EVENT` (a message there also says which `pool`, by number).
 */
import { type Channel, channel } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import type { WorkerEnd } from './pool-errors.js'
import type { PoolWorker, WorkerState } from './pool-worker.js'

/** A worker in numbers. */
export interface WorkerStats {
  /** The worker's place, 0 … processes - 1. */
  readonly id: number
  /** Its process id; null before it has one. */
  readonly pid: number | null
  /** How many workers had this place before. */
  readonly generation: number
  /** Where it is in its life. */
  readonly state: WorkerState
  /** Chunks that it has done. */
  readonly chunks: number
  /** Items that it has done. */
  readonly items: number
  /** ms that it spent on items. */
  readonly busy: number
  /** Resident bytes, as last reported; 0 unless `maxMemoryPerChild` asks for it. */
  readonly memory: number
  /** Chunks that it was sent and has not done. */
  readonly inflight: number
}

/** A pool in numbers. */
export interface PoolStats {
  /** The workers that live now. */
  readonly workers: readonly WorkerStats[]
  /** How many workers have ended. */
  readonly exits: number
  /** Calls that are not through. */
  readonly calls: number
  /** Chunks that wait to be sent again, after a worker's death or recall. */
  readonly waiting: number
  /** Bytes of items under way to the workers, roughly. */
  readonly inflightBytes: number
  /** Chunks that were done, by all workers that ever were. */
  readonly chunks: number
  /** Items that were done, by all workers that ever were. */
  readonly items: number
}

/** The events of a pool and what they carry. */
export interface PoolEvents {
  /** A worker's process, thread or rank is started. */
  'worker-start': { readonly id: number; readonly generation: number; readonly pid: number | null }
  /** The worker has run its initializers and takes work. */
  'worker-ready': { readonly id: number; readonly generation: number; readonly pid: number | null }
  /** A worker has ended. */
  'worker-exit': {
    readonly id: number
    readonly generation: number
    readonly pid: number | null
    readonly exitCode: number | null
    readonly signal: string | null
  }
  /** Outcomes have arrived; `busy` is the time in ms that the worker spent on them. */
  'chunk-done': { readonly worker: number; readonly chunks: number; readonly items: number; readonly busy: number }
  /** Work of a worker that died is given to another. */
  retry: { readonly worker: number; readonly chunks: number }
}

const CHANNELS: Readonly<Record<keyof PoolEvents, Channel>> = {
  'worker-start': channel('autopara:worker-start'),
  'worker-ready': channel('autopara:worker-ready'),
  'worker-exit': channel('autopara:worker-exit'),
  'chunk-done': channel('autopara:chunk-done'),
  retry: channel('autopara:retry'),
}

let pools = 0

/** What a pool's workers did and do. A listener that throws is an uncaught error of the program, no trouble of the pool's. */
export class PoolRecord {
  readonly #emitter = new EventEmitter()
  readonly #pool = ++pools
  /** Of workers that are gone. */
  readonly #past = { workers: 0, chunks: 0, items: 0 }

  on<E extends keyof PoolEvents>(event: E, listener: (facts: PoolEvents[E]) => void): void {
    this.#emitter.on(event, listener)
  }

  off<E extends keyof PoolEvents>(event: E, listener: (facts: PoolEvents[E]) => void): void {
    this.#emitter.off(event, listener)
  }

  started(worker: PoolWorker): void {
    this.#emit('worker-start', factsOf(worker))
  }

  ready(worker: PoolWorker): void {
    this.#emit('worker-ready', factsOf(worker))
  }

  exited(worker: PoolWorker, { exitCode, signal }: WorkerEnd): void {
    this.#past.workers++
    this.#past.chunks += worker.chunks
    this.#past.items += worker.items
    this.#emit('worker-exit', { ...factsOf(worker), exitCode, signal })
  }

  /** The worker has sent outcomes. */
  done(worker: PoolWorker): void {
    const { reported, chunks, items, busy } = worker
    if (chunks === reported.chunks) return
    worker.reported = { chunks, items, busy }
    if (!this.#isWanted('chunk-done')) return
    this.#emit('chunk-done', {
      worker: worker.identity.id,
      chunks: chunks - reported.chunks,
      items: items - reported.items,
      busy: busy - reported.busy,
    })
  }

  retried(worker: PoolWorker, chunks: number): void {
    if (chunks > 0) this.#emit('retry', { worker: worker.identity.id, chunks })
  }

  stats(alive: Iterable<PoolWorker>, calls: number, waiting: number): PoolStats {
    const workers = [...alive]
    const sum = (of: (worker: PoolWorker) => number): number => workers.reduce((total, worker) => total + of(worker), 0)
    return {
      workers: workers.map(workerStats),
      exits: this.#past.workers,
      calls,
      waiting,
      inflightBytes: sum((worker) => worker.inflightBytes),
      chunks: this.#past.chunks + sum((worker) => worker.chunks),
      items: this.#past.items + sum((worker) => worker.items),
    }
  }

  #isWanted(event: keyof PoolEvents): boolean {
    return this.#emitter.listenerCount(event) > 0 || CHANNELS[event].hasSubscribers
  }

  /** A turn later: who listens to a pool as soon as it is made hears of its first workers too. */
  #emit<E extends keyof PoolEvents>(event: E, facts: PoolEvents[E]): void {
    queueMicrotask(() => {
      if (!this.#isWanted(event)) return
      this.#emitter.emit(event, facts)
      CHANNELS[event].publish({ pool: this.#pool, ...facts })
    })
  }
}

function factsOf(worker: PoolWorker): PoolEvents['worker-start'] {
  const { id, generation } = worker.identity
  return { id, generation, pid: worker.pid }
}

function workerStats(worker: PoolWorker): WorkerStats {
  const { identity, pid, state, chunks, items, busy, memory, inflight } = worker
  const { id, generation } = identity
  return { id, pid, generation, state, chunks, items, busy, memory, inflight: inflight.length }
}
