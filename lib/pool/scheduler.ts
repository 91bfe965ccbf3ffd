/**
 * The pump: gives work to workers that have room, oldest call first.
 *
 *     returned pieces ─┐
 *     jobs, in order ──┴─► pump ─► worker (a few chunks ahead, by how long they take)
 *
 * Tiny tasks are sent many to a frame, so that the wire costs little; long ones one by one (two at a time where the way is
 * long), so that none waits behind a slow one while another worker is idle. What was sent ahead to a worker that turns out
 * slow is called back.
 */
import { type Piece, pieceBytes } from './chunk.js'
import { chunkTime, depthFor, nextChunksize } from './chunk-size.js'
import type { Job } from './job.js'
import type { PoolWorker } from './pool-worker.js'
import { Queue } from './queue.js'

/** A frame of work is closed when its items take this many bytes. */
const FRAME_BYTES = 256 * 1024
/** Work under way at one worker may take this many bytes beyond one chunk. */
const WORKER_BYTES = 4 * 1024 * 1024
/** A worker that is silent for this long while others are idle gives back what it has not begun, ms. */
const RECALL_AFTER = 10
/** Workers that were spared get work after all when those that have it are silent for this long, ms. */
const SPARED_FOR = 100

/** Tasks of less than this, ms, compute: nothing that one waits for is so short. */
const COMPUTING = 0.02

/** What the scheduler needs to know of the pool. */
export interface Crew {
  /** The workers that can be given work. */
  readonly ready: readonly PoolWorker[]
  /** How many more chunks this worker may be given before it is replaced. */
  quota(worker: PoolWorker): number
  /** The configured number of workers. */
  readonly size: number
}

/** A frame of work in the making. */
interface Batch {
  readonly pieces: Piece[]
  /** Of the items, roughly. */
  bytes: number
}

/** Distributes the work of all calls. */
export class Scheduler {
  readonly #crew: Crew
  readonly #cpus: number
  /** Calls that still have something to draw, in the order in which they were made. */
  readonly #jobs = new Set<Job>()
  #returned = new Queue<Piece>()
  #pumping = false
  #again = false
  #recallTimer: NodeJS.Timeout | undefined
  /** A worker was given nothing because others do. */
  #spared = false
  /** `performance.now()` when all that had come from the workers was last known to be read. */
  #heardAt = Number.NEGATIVE_INFINITY

  /** @param cpus how many workers of this machine can compute at the same time */
  constructor(crew: Crew, cpus: number) {
    this.#crew = crew
    this.#cpus = cpus
  }

  /** Pieces that wait to be sent again. */
  get returned(): number {
    return this.#returned.length
  }

  add(job: Job): void {
    this.#jobs.add(job)
    this.pump()
  }

  /** Takes pieces back that a worker did not get to. They go out again before anything new. */
  giveBack(pieces: readonly Piece[]): void {
    const rest = this.#returned.drain()
    for (const piece of [...pieces, ...rest]) this.#returned.push(piece)
  }

  /** Takes what waits to be sent again out of the scheduler's hands. */
  takeReturned(): Piece[] {
    return this.#returned.drain()
  }

  /** Fills every worker that has room. Called whenever something may have changed. */
  pump(): void {
    if (this.#pumping) {
      this.#again = true
      return
    }
    this.#pumping = true
    try {
      do {
        this.#again = false
        this.#spared = false
        for (const worker of this.#crew.ready) this.#fill(worker)
      } while (this.#again)
    } finally {
      this.#pumping = false
    }
    this.#watch()
  }

  stop(): void {
    clearTimeout(this.#recallTimer)
    this.#recallTimer = undefined
    this.#returned = new Queue()
  }

  #fill(worker: PoolWorker): void {
    if (worker.recalled) return
    for (;;) {
      const { pieces } = this.#collect(worker)
      const [first] = pieces
      if (first === undefined) return
      const { recipe, policy } = first.chunk.job
      worker.send(recipe, pieces, first.exact || policy.exact)
    }
  }

  /** The pieces of the next frame for this worker: of one recipe, and no more than it should have. */
  #collect(worker: PoolWorker): Batch {
    const batch: Batch = { pieces: [], bytes: 0 }
    while (!isFull(batch, worker)) {
      const before = batch.pieces.length
      if (this.#returned.length > 0) this.#takeBack(worker, batch)
      // It may be that nobody wants any of what came back.
      if (batch.pieces.length === before && this.#returned.length === 0) this.#draw(worker, batch)
      if (batch.pieces.length === before) break
    }
    return batch
  }

  /** A piece that came back goes alone to a worker that has nothing: it may be a killer's. */
  #takeBack(worker: PoolWorker, batch: Batch): void {
    if (batch.pieces.length > 0 || worker.inflight.length > 0 || this.#crew.quota(worker) <= 0) return
    for (;;) {
      const piece = this.#returned.shift()
      if (piece === undefined) return
      if (piece.chunk.job.over) continue
      batch.pieces.push(piece)
      batch.bytes += pieceBytes(piece)
      return
    }
  }

  #draw(worker: PoolWorker, batch: Batch): void {
    const { pieces } = batch
    const [first] = pieces
    for (const job of this.#jobs) {
      if (job.drawn || job.over) {
        this.#jobs.delete(job)
        continue
      }
      // First come, first served, although the function of this call is still being found.
      if (!job.isReady) return
      if (first !== undefined && !alike(first, job)) return
      const hands = this.#handsFor(worker, job)
      if (hands < this.#crew.size && this.#othersAt(job, worker) >= hands) {
        this.#spared = true
        continue
      }
      const before = pieces.length
      for (let progress = true; progress && pieces.length === before; ) {
        const size = nextChunksize(job, hands)
        const depth = depthFor(chunkTime(job, size), this.#isFed(worker, job, size))
        const free = this.#freeOf(worker, depth, pieces.length)
        // Not for a later call either: that would have to wait behind this one.
        if (free <= 0) return
        const room = Math.min(free, this.#shareOf(worker, job, size, pieces.length, hands))
        if (room <= 0) break
        progress = drawChunks(job, size, room, batch, worker)
      }
      if (pieces.length > before) return
    }
  }

  /**
   * Whether the worker should have its next chunk while one runs, however long that takes: over MPI nobody is woken by a
   * message, so the way there and back takes longer. Not at the end, where another may be free earlier.
   */
  #isFed(worker: PoolWorker, job: Job, size: number): boolean {
    if (worker.handle?.place === undefined) return false
    return (job.remainingChunks(size) ?? Number.POSITIVE_INFINITY) >= 2 * this.#crew.size
  }

  /** How many more chunks the worker should be given, if it is to have `depth` of them. */
  #freeOf(worker: PoolWorker, depth: number, collected: number): number {
    const has = worker.inflight.length + collected
    // Not one by one: wait until half of what it has is done, then fill up.
    if (collected === 0 && worker.inflight.length > depth / 2) return 0
    if (worker.inflightBytes >= WORKER_BYTES && worker.inflight.length > 1) return 0
    return Math.min(depth, this.#crew.quota(worker)) - has
  }

  /**
   * How many workers should work at a call. Where `'auto'` finds that its tasks only compute, more of them than CPUs would take
   * turns, each with caches to fill and code to compile.
   */
  #handsFor(worker: PoolWorker, job: Job): number {
    const { size } = this.#crew
    const { itemTime } = job.recipe
    const computes = job.policy.chunksize === 'auto' && itemTime !== undefined && itemTime < COMPUTING
    return computes && worker.handle?.place === undefined ? Math.min(size, this.#cpus) : size
  }

  /** How many others work at the call's function, and were heard of lately: an item of another kind may hold one up. */
  #othersAt({ recipe }: Job, worker: PoolWorker): number {
    const since = this.#heardAt - SPARED_FOR
    let others = 0
    for (const other of this.#crew.ready) {
      if (other === worker || other.lastSign < since) continue
      if (other.inflight.first?.chunk.job.recipe === recipe) others++
    }
    return others
  }

  /** How many chunks of the job's window, or of what is left of it, this worker should take. */
  #shareOf(worker: PoolWorker, job: Job, size: number, collected: number, hands: number): number {
    const window = job.room(true)
    const remaining = job.remainingChunks(size) ?? Number.POSITIVE_INFINITY
    const all = Math.min(window, remaining + worker.inflight.length + collected)
    return Math.min(window, Math.max(1, Math.ceil(all / hands)) - collected)
  }

  /** While a worker has nothing and another more than it runs, or all that there is, the other is watched. */
  #watch(): void {
    if (this.#recallTimer !== undefined || !(this.#spared || this.#unbalanced())) return
    // What came from the workers while this process was busy is read between a timer and an immediate.
    this.#recallTimer = setTimeout(() => setImmediate(() => this.#recallSilent()), RECALL_AFTER)
  }

  #recallSilent(): void {
    if (this.#recallTimer === undefined) return
    this.#recallTimer = undefined
    this.#heardAt = performance.now()
    if (this.#unbalanced()) {
      for (const worker of this.#crew.ready) {
        if (this.#heardAt - worker.lastSign >= RECALL_AFTER) worker.recall()
      }
    }
    if (this.#spared) this.pump()
    else this.#watch()
  }

  #unbalanced(): boolean {
    const { ready } = this.#crew
    return (
      ready.some((worker) => worker.inflight.length === 0) &&
      ready.some((worker) => worker.inflight.length > 1 && !worker.recalled)
    )
  }
}

/** Nothing more should be sent to the worker with this frame. */
function isFull(batch: Batch, worker: PoolWorker): boolean {
  return batch.bytes >= FRAME_BYTES || (batch.bytes > 0 && worker.inflightBytes + batch.bytes >= WORKER_BYTES)
}

/**
 * Adds up to `room` chunks; one where sizes follow what is left. False: there are none at the moment, or no more.
 */
function drawChunks(job: Job, size: number, room: number, batch: Batch, worker: PoolWorker): boolean {
  const { pieces } = batch
  const last = job.policy.chunksize === 'auto' ? room - 1 : 0
  for (let left = room; left > last && !isFull(batch, worker); left--) {
    const before = pieces.length
    if (!job.draw(size, size * left, pieces)) return false
    for (let i = before; i < pieces.length; i++) batch.bytes += pieceBytes(pieces[i] as Piece)
  }
  return true
}

/** Whether pieces of `job` may share a frame with `first`. */
function alike(first: Piece, job: Job): boolean {
  const owner = first.chunk.job
  return owner === job || (owner.recipe === job.recipe && owner.policy.exact === job.policy.exact)
}
