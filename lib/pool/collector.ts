/**
 * Puts finished chunks into the reader's order, and bounds how far the pool may run ahead of the reader.
 *
 *     drawn ──► [ chunk 7 | chunk 8 done | chunk 9 | … ] ──► read
 *               └──── ahead: drawn and not yet read ───┘
 *
 * While nobody waits, `ahead` stays within `prefetch` chunks per worker. While a reader waits and a worker would go idle
 * (one slow chunk at the head), it may grow to `maxAhead`, so that uneven tasks don't starve the workers. Every chunk comes
 * out exactly once.
 */
import type { Chunk } from './chunk.js'
import { Queue } from './queue.js'

/** The bounds, for the whole pool. */
export interface Window {
  /** Chunks ahead of a reader that does not wait. */
  readonly chunks: number
  /** Chunks ahead of a reader that waits. */
  readonly maxChunks: number
  /** Bytes of finished results ahead of a reader that waits. */
  readonly maxBytes: number
}

/** What a call does with its finished chunks. */
export interface Collector {
  /** How many chunks may be drawn now. `hungry`: a worker would go idle otherwise. */
  room(hungry: boolean): number
  /** A chunk was drawn. */
  opened(chunk: Chunk): void
  /** All outcomes of a chunk are in. */
  closed(chunk: Chunk): void
  /** No more chunks will be drawn; `failure` says that the source ended in an error. */
  sourceEnded(failure: { readonly error: unknown } | undefined): void
  /** The call is over before its end. */
  aborted(error: Error): void
  /** A `join()` waits: everything is to be computed, whether it is read or not. */
  lift(): void
  /** Somebody waits for this now: it keeps the program alive. */
  readonly urgent: boolean
  /** The reader has left after an error, without a word: nothing more is drawn unless it comes back. */
  readonly paused: boolean
}

/** The collector of `imap`, `imapUnordered` and `imapChunks`. */
export class StreamCollector implements Collector {
  readonly #window: Window
  readonly #ordered: boolean
  /** Called when there is something new for a reader: a chunk, the end, an abortion. */
  onChange: () => void = () => {}
  /** Ordered: all that was drawn, in order of drawing. Unordered: what is finished, in order of finishing. */
  readonly #line = new Queue<Chunk>()
  #ahead = 0
  #unfinished = 0
  #finishedBytes = 0
  #end: { readonly failure: { readonly error: unknown } | undefined } | undefined
  #abortion: Error | undefined
  #unbounded = false
  /** A reader waits for the next chunk. */
  waiting = false
  paused = false
  /** More would have been drawn than there was room for, since this was last seen to. */
  full = false

  constructor(window: Window, ordered: boolean) {
    this.#window = window
    this.#ordered = ordered
  }

  /** Chunks drawn and not yet read. */
  get ahead(): number {
    return this.#ahead
  }

  get urgent(): boolean {
    return this.waiting
  }

  lift(): void {
    this.#unbounded = true
  }

  room(hungry: boolean): number {
    if (this.paused) return 0
    if (this.#unbounded) return Number.POSITIVE_INFINITY
    const { chunks, maxChunks, maxBytes } = this.#window
    const grow = hungry && this.waiting && this.#finishedBytes < maxBytes
    const room = Math.max(0, (grow ? Math.max(chunks, maxChunks) : chunks) - this.#ahead)
    if (room === 0) this.full = true
    return room
  }

  opened(chunk: Chunk): void {
    this.#ahead++
    this.#unfinished++
    if (this.#ordered) this.#line.push(chunk)
  }

  closed(chunk: Chunk): void {
    this.#unfinished--
    this.#finishedBytes += chunk.bytes
    if (!this.#ordered) this.#line.push(chunk)
    if (!this.#ordered || this.#line.first === chunk) this.onChange()
  }

  sourceEnded(failure: { readonly error: unknown } | undefined): void {
    this.#end = { failure }
    this.onChange()
  }

  aborted(error: Error): void {
    this.#abortion ??= error
    this.onChange()
  }

  /** The next chunk for the reader, if it is finished. */
  take(): Chunk | undefined {
    const first = this.#line.first
    if (first === undefined || first.open > 0) return undefined
    this.#line.shift()
    this.#finishedBytes -= first.bytes
    return first
  }

  /** The reader is through with a chunk that it took. */
  read(): void {
    this.#ahead--
  }

  /** The end, once every chunk is taken: of the source, by its error, or by an abortion. */
  get end(): { readonly error?: unknown } | undefined {
    if (this.#abortion) return { error: this.#abortion }
    if (!this.#end || this.#unfinished > 0 || this.#line.length > 0) return undefined
    return this.#end.failure ?? {}
  }
}

/** The collector of `map` and its kin: unbounded, and at the end one list. */
export class ListCollector implements Collector {
  readonly paused = false
  readonly #onChunk: (chunk: Chunk) => void
  readonly #onEnd: (error: { readonly error: unknown } | undefined) => void
  #unfinished = 0
  #end: { readonly failure: { readonly error: unknown } | undefined } | undefined
  #over = false

  /**
   * @param onChunk called with each finished chunk, in any order
   * @param onEnd called once: all chunks are finished, or the call was aborted
   */
  constructor(onChunk: (chunk: Chunk) => void, onEnd: (failure: { readonly error: unknown } | undefined) => void) {
    this.#onChunk = onChunk
    this.#onEnd = onEnd
  }

  get urgent(): boolean {
    return !this.#over
  }

  lift(): void {}

  room(): number {
    return Number.POSITIVE_INFINITY
  }

  opened(): void {
    this.#unfinished++
  }

  closed(chunk: Chunk): void {
    this.#unfinished--
    this.#onChunk(chunk)
    this.#settle()
  }

  sourceEnded(failure: { readonly error: unknown } | undefined): void {
    this.#end = { failure }
    this.#settle()
  }

  aborted(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#onEnd({ error })
  }

  #settle(): void {
    if (!this.#end || this.#unfinished > 0 || this.#over) return
    this.#over = true
    this.#onEnd(this.#end.failure)
  }
}
