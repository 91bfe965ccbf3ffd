/** All items of asynchronous iterables, for calls that need them before they begin. */
import { type Deferred, deferred } from '../base/deferred.js'
import { abortReason } from './abort-reason.js'
import { endIterator } from './item-source.js'

/** What the calls of a pool are collecting. */
export class Collections {
  readonly #all = new Set<Collection>()

  get size(): number {
    return this.#all.size
  }

  /** The items of `iterable`. Rejects with its error, with the signal's reason, or when all is stopped. */
  async collect(iterable: AsyncIterable<unknown>, signal: AbortSignal | undefined): Promise<unknown[]> {
    if (signal?.aborted) throw abortReason(signal)
    const collection = new Collection(iterable)
    const onAbort = (): void => collection.stop(abortReason(signal))
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#all.add(collection)
    try {
      return await collection.collect()
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#all.delete(collection)
    }
  }

  stop(makeError: () => Error): void {
    for (const collection of this.#all) collection.stop(makeError())
  }
}

class Collection {
  readonly #iterator: AsyncIterator<unknown>
  readonly #items: Deferred<unknown[]> = deferred<unknown[]>()
  #stopped = false

  constructor(iterable: AsyncIterable<unknown>) {
    this.#iterator = iterable[Symbol.asyncIterator]()
  }

  collect(): Promise<unknown[]> {
    this.#draw().catch((error: unknown) => this.#items.reject(error))
    return this.#items.promise
  }

  /** Draws nothing more, and ends the source. */
  stop(error: Error): void {
    this.#stopped = true
    endIterator(this.#iterator)
    this.#items.reject(error)
  }

  async #draw(): Promise<void> {
    const items: unknown[] = []
    while (!this.#stopped) {
      const step = await this.#iterator.next()
      if (step.done) {
        this.#items.resolve(items)
        return
      }
      items.push(step.value)
    }
  }
}
