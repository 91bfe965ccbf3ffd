/**
 * One worker as the pool sees it: who it is, what it has been sent and not answered, what it has done.
 *
 * It answers in the order in which it was sent work, so the pieces under way are a queue and the next outcome always
 * belongs to its head.
 */
import type { WorkerHandle } from './backend.js'
import { type ChunkOwner, type Failure, type Piece, pieceBytes } from './chunk.js'
import { type Block, type Packed, toColumn } from './column.js'
import { encodeMessage, type ToWorker, type WorkerIdentity } from './protocol.js'
import { Queue } from './queue.js'
import type { RecipeRecord } from './recipe.js'

/** `retiring`: it finishes what it has and gets nothing more. */
export type WorkerState = 'starting' | 'ready' | 'retiring' | 'gone'

/** A worker's parent-side record. */
export class PoolWorker {
  readonly identity: WorkerIdentity
  state: WorkerState = 'starting'
  /** Pieces that were sent and have items without outcome, oldest first. */
  readonly inflight: Queue<Piece> = new Queue()
  /** Bytes of the items sent and not answered, roughly. */
  inflightBytes = 0
  /** After a death, the first item without an outcome was the one that was running. */
  exact = true
  /** It was asked to give back what it has not begun; it gets nothing until it did. */
  recalled = false
  /** It was asked to stop. */
  stopping = false
  /** `performance.now()` when it last showed progress. */
  lastSign = 0
  chunks = 0
  items = 0
  /** ms spent on items. */
  busy = 0
  /** What the last `chunk-done` had counted. */
  reported: { chunks: number; items: number; busy: number } = { chunks: 0, items: 0, busy: 0 }
  memory = 0
  /** It was killed because of this piece. */
  timedOut: { readonly kind: 'timeout'; readonly piece: Piece; readonly limit: number } | undefined
  /** What it said of its own end. */
  lastWords: unknown
  #handle: WorkerHandle | undefined
  readonly #recipes = new Set<number>()

  constructor(identity: WorkerIdentity) {
    this.identity = identity
  }

  /** The worker was started. */
  attach(handle: WorkerHandle): void {
    this.#handle = handle
  }

  get handle(): WorkerHandle | undefined {
    return this.#handle
  }

  /** How failures name it. */
  get where(): Pick<Failure, 'worker' | 'pid' | 'rank' | 'host'> {
    return { worker: this.identity.id, pid: this.pid, ...this.#handle?.place }
  }

  /** The error, which says where it happened if that is another machine. */
  placed(error: Error): Error {
    const place = this.#handle?.place
    if (place) error.message += ` (rank ${place.rank} on ${place.host})`
    return error
  }

  get pid(): number | null {
    return this.#handle?.pid ?? null
  }

  /** Sends pieces of one recipe in one frame, behind the recipe if the worker doesn't know it. */
  send(recipe: RecipeRecord, pieces: readonly Piece[], exact: boolean | null): void {
    if (!this.#recipes.has(recipe.id)) {
      this.#recipes.add(recipe.id)
      this.#handle?.send(recipe.frame)
    }
    const starts: number[] = []
    const counts: number[] = []
    for (const piece of pieces) {
      starts.push(piece.chunk.start + piece.next)
      counts.push(piece.to - piece.next)
      this.inflight.push(piece)
      this.inflightBytes += pieceBytes(piece)
    }
    const { column, parcels } = toColumn(itemsOf(pieces))
    if (this.inflight.length === pieces.length) this.lastSign = performance.now()
    this.post({ type: 'run', recipe: recipe.id, starts, counts, exact, items: column }, parcels)
  }

  /** Whether it has chunks of the call behind the one that it runs. */
  hasAhead(job: ChunkOwner): boolean {
    const { first } = this.inflight
    for (const piece of this.inflight) if (piece !== first && piece.chunk.job === job) return true
    return false
  }

  /** Nothing can come from it any more, or get to it: unless it is on its way out, it is as good as dead. */
  cutOff(): void {
    if (!this.stopping) this.#handle?.kill('SIGKILL')
  }

  /** Asks for what it has not begun. */
  recall(): void {
    if (this.recalled || this.inflight.length < 2) return
    this.recalled = true
    this.post({ type: 'recall' })
  }

  /** After a recall: it has not begun the last `count` pieces, and won't. */
  takeBack(count: number): Piece[] {
    this.recalled = false
    const pieces: Piece[] = []
    for (let i = 0; i < count; i++) {
      const piece = this.inflight.pop()
      if (piece === undefined) break
      pieces.unshift(piece)
      this.inflightBytes -= pieceBytes(piece)
    }
    return pieces
  }

  /** Tells the worker that a recipe will not be used again. */
  forget(recipe: RecipeRecord): void {
    if (this.#recipes.delete(recipe.id)) this.post({ type: 'forget', recipe: recipe.id })
  }

  post(message: ToWorker, parcels: readonly Uint8Array[] = []): void {
    this.#handle?.send(encodeMessage(message, parcels))
  }
}

/** The items of all pieces in a row. */
function itemsOf(pieces: readonly Piece[]): Block {
  const [first] = pieces
  if (pieces.length === 1 && first && !Array.isArray(first.chunk.items)) {
    return first.chunk.items.subarray(first.next, first.to)
  }
  const items: Packed[] = []
  for (const { chunk, next, to } of pieces) for (let i = next; i < to; i++) items.push(chunk.items[i])
  return items
}
