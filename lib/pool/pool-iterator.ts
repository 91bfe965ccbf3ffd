/** The iterators of `imap`, `imapUnordered` and `imapChunks`: one class for every chunksize. */
import type { Chunk } from './chunk.js'
import type { StreamCollector } from './collector.js'
import { TimeoutError } from './pool-errors.js'
import { checkTime } from './pool-options.js'
import { Queue } from './queue.js'

/** What an iterator needs of the call that it reads. */
export interface ResultStream<R> {
  readonly collector: StreamCollector
  /** How many steps a chunk makes: one per item, or one. */
  steps(chunk: Chunk): number
  /** The value of a step; throws the item's error. */
  read(chunk: Chunk, step: number): R
  /** A reader waits, or no longer does. */
  demand(): void
  /** Nobody will read on. */
  cancel(): void
}

interface Waiter<R> {
  resolve(step: IteratorResult<R> | PromiseLike<IteratorResult<R>>): void
  over: boolean
}

/**
 * Results in order (or as they come), as many ahead of the reader as the call's window allows.
 *
 * A failed item rejects its `next()`; the iterator goes on after it. Leaving a `for await` early cancels what is not begun.
 */
export class PoolIterator<R> implements AsyncIterableIterator<R> {
  readonly #stream: ResultStream<R>
  readonly #timeout: number | undefined
  readonly #waiters = new Queue<Waiter<R>>()
  #chunk: Chunk | undefined
  #step = 0
  #ended = false

  /** @param timeout the default limit of `next`, ms */
  constructor(stream: ResultStream<R>, timeout?: number) {
    this.#stream = stream
    this.#timeout = timeout
  }

  /**
   * The next result.
   *
   * @param timeout ms; when they are over, rejects with a `TimeoutError`, and the result comes with a later call
   */
  next(timeout: number | undefined = this.#timeout): Promise<IteratorResult<R>> {
    const { collector } = this.#stream
    let limit: number | undefined
    try {
      limit = checkTime('timeout', timeout)
    } catch (error) {
      return Promise.reject(error)
    }
    collector.paused = false
    if (this.#waiters.length === 0) {
      const step = this.#take()
      if (step) {
        this.#refill()
        return step
      }
    }
    const waiting = new Promise<IteratorResult<R>>((resolve, reject) => this.#wait(resolve, reject, limit))
    collector.waiting = true
    this.#stream.demand()
    return waiting
  }

  /** Cancels what is not begun, and ends the source. */
  return(): Promise<IteratorResult<R>> {
    this.#ended = true
    this.#stream.cancel()
    this.notify()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** The iterator itself. */
  [Symbol.asyncIterator](): this {
    return this
  }

  /** There is something new: serves those who wait. For the collector. @internal */
  notify(): void {
    const { collector } = this.#stream
    for (let waiter = this.#waiters.first; waiter; waiter = this.#waiters.first) {
      if (!waiter.over) {
        const step = this.#take()
        if (!step) break
        waiter.over = true
        waiter.resolve(step)
      }
      this.#waiters.shift()
    }
    collector.waiting = this.#waiters.length > 0
    // An error leaves the others waiting.
    if (collector.waiting) collector.paused = false
  }

  /** A reader that finds what it wants has made room: if that was lacking, it is filled in this turn of the event loop. */
  #refill(): void {
    const { collector, demand } = this.#stream
    if (!collector.full) return
    collector.full = false
    setImmediate(demand)
  }

  #wait(resolve: Waiter<R>['resolve'], reject: (error: Error) => void, limit: number | undefined): void {
    if (limit === undefined) {
      this.#waiters.push({ resolve, over: false })
      return
    }
    const waiter: Waiter<R> = {
      over: false,
      resolve(step) {
        clearTimeout(timer)
        resolve(step)
      },
    }
    const timer = setTimeout(() => {
      waiter.over = true
      this.notify()
      this.#stream.demand()
      reject(new TimeoutError('the next result', limit))
    }, limit)
    this.#waiters.push(waiter)
  }

  /** The next step, if it is there. */
  #take(): Promise<IteratorResult<R>> | undefined {
    const { collector } = this.#stream
    if (this.#ended) return Promise.resolve({ done: true, value: undefined })
    this.#chunk ??= this.#begin()
    const chunk = this.#chunk
    if (chunk === undefined) {
      const { end } = collector
      if (end === undefined) return undefined
      this.#ended = true
      return 'error' in end ? Promise.reject(end.error) : Promise.resolve({ done: true, value: undefined })
    }
    const step = this.#step++
    if (this.#step === this.#stream.steps(chunk)) {
      this.#chunk = undefined
      collector.read()
    }
    try {
      return Promise.resolve({ done: false, value: this.#stream.read(chunk, step) })
    } catch (error) {
      collector.paused = true
      return Promise.reject(error)
    }
  }

  #begin(): Chunk | undefined {
    this.#step = 0
    return this.#stream.collector.take()
  }
}
