/**
 * One call of the pool: cuts its source into chunks as they are asked for, and hands finished ones to its collector.
 */
import { type Chunk, type ChunkOwner, failItem, type JobPolicy, makePiece, type Piece } from './chunk.js'
import type { Collector } from './collector.js'
import type { Block } from './column.js'
import type { DrawnItems, ItemSource } from './item-source.js'
import { EncodingError } from './pool-errors.js'
import type { RecipeRecord } from './recipe.js'

/** The items of a finished chunk: it keeps none in memory. */
const NO_ITEMS: Block = []

/** What the pool hears of a call. */
export interface JobEvents {
  /** Nothing of this job is left to do; called once. */
  ended(): void
  /** A chunk was finished while nothing came from a worker. */
  finishedLate(): void
}

/** A call in progress. */
export class Job implements ChunkOwner {
  readonly policy: JobPolicy
  readonly #source: ItemSource
  readonly #collector: Collector
  readonly #events: JobEvents
  #recipe: RecipeRecord | undefined
  #nextChunk = 0
  #nextItem = 0
  /** Chunks that are drawn and not finished. */
  #open = 0
  #sourceEnded = false
  #over = false
  /** The source is being drawn: it may call the pool itself. */
  #drawing = false

  constructor(policy: JobPolicy, source: ItemSource, collector: Collector, events: JobEvents) {
    this.policy = policy
    this.#source = source
    this.#collector = collector
    this.#events = events
  }

  /** Its function is found: pieces can be drawn. */
  get isReady(): boolean {
    return this.#recipe !== undefined
  }

  /** What is common to its pieces; known before any is drawn. */
  get recipe(): RecipeRecord {
    return this.#recipe as RecipeRecord
  }

  set recipe(recipe: RecipeRecord) {
    this.#recipe = recipe
  }

  /** Somebody waits for this now. */
  get urgent(): boolean {
    return this.#collector.urgent
  }

  /** Nothing will happen to this job unless a reader comes back. */
  get resting(): boolean {
    return this.#over || (this.#collector.paused && this.#open === 0)
  }

  /** A `join()` waits for all of it. */
  lift(): void {
    this.#collector.lift()
  }

  /** The job is through: finished or aborted. */
  get over(): boolean {
    return this.#over
  }

  /** Nothing more will be drawn. */
  get drawn(): boolean {
    return this.#sourceEnded
  }

  /** How many chunks are still to be drawn, where that is known. */
  remainingChunks(chunksize: number): number | undefined {
    const items = this.#source.remaining
    return items === undefined ? undefined : Math.ceil(items / chunksize)
  }

  /** How many chunks may be drawn now. */
  room(hungry: boolean): number {
    return this.#over || this.#sourceEnded || this.#drawing ? 0 : this.#collector.room(hungry)
  }

  /**
   * Draws one chunk of `size` items; `ahead` are the items that may be drawn with it. Adds what is to be sent to `pieces`:
   * nothing when no item of the chunk can be encoded. False: the source is slow, or at its end.
   */
  draw(size: number, ahead: number, pieces: Piece[]): boolean {
    this.#drawing = true
    let items: DrawnItems
    try {
      items = this.#source.take(size, ahead)
    } finally {
      this.#drawing = false
    }
    if (this.#over) return false
    if (items.length > 0) this.#addChunk(items, pieces)
    if (this.#source.ended && !this.#sourceEnded) {
      this.#sourceEnded = true
      this.#collector.sourceEnded(this.#source.failure)
      this.#settle()
    }
    return items.length > 0
  }

  /** All outcomes of a chunk are in. */
  finished(chunk: Chunk): void {
    chunk.items = NO_ITEMS
    this.#open--
    if (this.#over) return
    this.#collector.closed(chunk)
    this.#settle()
  }

  finishedLate(chunk: Chunk): void {
    this.finished(chunk)
    this.#events.finishedLate()
  }

  /** Ends the call: nothing more is drawn, what is under way is ignored when it comes. */
  abort(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#source.close()
    this.#collector.aborted(error)
    this.#events.ended()
  }

  /** Draws nothing more; what was drawn is finished. */
  stopDrawing(failure?: { readonly error: unknown }): void {
    if (this.#over || this.#sourceEnded) return
    this.#source.close()
    this.#sourceEnded = true
    this.#collector.sourceEnded(failure)
    this.#settle()
  }

  #addChunk(items: DrawnItems, pieces: Piece[]): void {
    const count = items.length
    const chunk: Chunk = {
      job: this,
      index: this.#nextChunk++,
      start: this.#nextItem,
      count,
      items: items as Block,
      values: undefined,
      failures: undefined,
      open: count,
      bytes: 0,
    }
    this.#nextItem += count
    this.#open++
    let from = 0
    for (let i = 0; Array.isArray(items) && i < count; i++) {
      const item = items[i]
      if (typeof item !== 'object' || !(item instanceof EncodingError)) continue
      failItem(chunk, i, { cause: { make: () => item }, worker: null, pid: null, attempts: 0 })
      if (from < i) pieces.push(makePiece(chunk, from, i))
      from = i + 1
    }
    if (from < count) pieces.push(makePiece(chunk, from, count))
    this.#collector.opened(chunk)
    if (chunk.open === 0) this.finished(chunk)
  }

  #settle(): void {
    if (this.#over || !this.#sourceEnded || this.#open > 0) return
    this.#over = true
    this.#events.ended()
  }
}
