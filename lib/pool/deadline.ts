/** `taskTimeout`: one timer per worker, for the chunk at the head of its queue. */
import type { Piece } from './chunk.js'
import type { PoolWorker } from './pool-worker.js'

/** A timer that comes so much too late, ms, shows that this program was suspended or busy, and perhaps the worker too. */
const TOO_LATE = 1000

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
    this.#begin(worker, head, limit)
  }

  #begin(worker: PoolWorker, piece: Piece, limit: number): void {
    const due = performance.now() + limit
    const timer = setTimeout(() => {
      // What came from the worker meanwhile is read between a timer and an immediate.
      setImmediate(() => {
        if (this.#watched.get(worker)?.timer !== timer) return
        if (performance.now() > due + TOO_LATE) this.#begin(worker, piece, limit)
        else this.#onLate(worker, piece, limit)
      })
    }, limit)
    this.#watched.set(worker, { piece, timer })
  }

  /** The worker is gone. */
  drop(worker: PoolWorker): void {
    clearTimeout(this.#watched.get(worker)?.timer)
    this.#watched.delete(worker)
  }
}
