/** `taskTimeout`: one timer per worker, for the chunk at the head of its queue. */
import type { Piece } from './chunk.js'
import type { PoolWorker } from './pool-worker.js'

interface Watched {
  readonly piece: Piece
  readonly timer: NodeJS.Timeout
}

/** Watches how long the workers take for their chunks. */
export class Deadlines {
  readonly #onLate: (worker: PoolWorker, piece: Piece, limit: number) => void
  readonly #watched = new Map<PoolWorker, Watched>()

  /** @param onLate called when a chunk has run for longer than its limit, ms */
  constructor(onLate: (worker: PoolWorker, piece: Piece, limit: number) => void) {
    this.#onLate = onLate
  }

  /** To be called whenever the head of the worker's queue may have changed. */
  watch(worker: PoolWorker): void {
    const head = worker.inflight.first
    const watched = this.#watched.get(worker)
    if (watched?.piece === head) return
    if (watched) {
      clearTimeout(watched.timer)
      this.#watched.delete(worker)
    }
    const limit = head?.chunk.job.policy.taskTimeout
    if (head === undefined || limit === undefined) return
    const timer = setTimeout(() => this.#onLate(worker, head, limit), limit)
    this.#watched.set(worker, { piece: head, timer })
  }

  /** The worker is gone. */
  drop(worker: PoolWorker): void {
    clearTimeout(this.#watched.get(worker)?.timer)
    this.#watched.delete(worker)
  }
}
