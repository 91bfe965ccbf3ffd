/** All items of asynchronous iterables, for calls that need them before they begin. */
import { type Deferred, deferred } from '../base/deferred.js'
import type { AbortSignals } from './abort-signals.js'
import { endIterator } from './item-source.js'

/** What the calls of a pool are collecting. */
export class Collections {
  readonly #signals: AbortSignals
  readonly #all = new Set<Collection>()

  constructor(signals: AbortSignals) {
    this.#signals = signals
  }

  get size(): number {
    return this.#all.size
  }

  /** The items of `iterable`. Rejects with its error, with the signal's reason, or when all is stopped. */
  async collect(iterable: AsyncIterable<unknown>, signal: AbortSignal | undefined): Promise<unknown[]> {
    const collection = new Collection(iterable)
    const onAbort = (reason: Error): void => collection.stop(reason)
    this.#signals.heed(signal, onAbort)
    this.#all.add(collection)
    try {
      return await collection.collect()
    } finally {
      this.#signals.forget(signal, onAbort)
      this.#all.delete(collection)
    }
  }

  stop(makeError: () => Error): void {
    for (const collection of this.#all) collection.stop(makeError())
  }
}

class Collection {
  readonly #iterable: AsyncIterable<unknown>
  readonly #items: Deferred<unknown[]> = deferred<unknown[]>()
  #iterator: AsyncIterator<unknown> | undefined
  #stopped = false

  constructor(iterable: AsyncIterable<unknown>) {
    this.#iterable = iterable
  }

  collect(): Promise<unknown[]> {
    this.#draw().catch((error: unknown) => this.#items.reject(error))
    return this.#items.promise
  }

  /** Draws nothing more, and ends the source. */
  stop(error: Error): void {
    this.#stopped = true
    if (this.#iterator) endIterator(this.#iterator)
    this.#items.reject(error)
  }

  async #draw(): Promise<void> {
    if (this.#stopped) return
    const items: unknown[] = []
    const iterator = this.#iterable[Symbol.asyncIterator]()
    this.#iterator = iterator
    while (!this.#stopped) {
      const step = await iterator.next()
      if (step.done) {
        this.#items.resolve(items)
        return
      }
      items.push(step.value)
    }
  }
}
