/** Where a call's items come from: a list, an iterator, or an asynchronous iterator, each drawn only as far as asked. */
import { typeError } from '../base/options.js'
import { drawNumbers, type Packed, pack } from './column.js'
import { encodingError, readingError } from './encoding-path.js'
import type { EncodingError } from './pool-errors.js'

/** An item as it was when it was drawn, encoded; or why it can't be. */
export type Drawn = Packed | EncodingError

/** Items in a row; a typed array where all are numbers. */
export type DrawnItems = Drawn[] | Int32Array | Float64Array

/** Items on demand. */
export interface ItemSource {
  /** How many items are still to come, where that is known. */
  readonly remaining: number | undefined
  /** No further item will come. */
  readonly ended: boolean
  /** Why the source ended early. */
  readonly failure: { readonly error: unknown } | undefined
  /**
   * The next `count` items: fewer only at the end, none while they are awaited. A source that must be waited for draws up
   * to `ahead` items for the calls to come, if it has them without waiting.
   */
  take(count: number, ahead?: number): DrawnItems
  /** Ends the source before its end; calls the iterator's `return`. */
  close(): void
}

/** Items of an array. It is read as it is when drawn. */
export class ListSource implements ItemSource {
  readonly failure = undefined
  readonly #items: ArrayLike<unknown>
  readonly #length: number
  #next = 0

  constructor(items: ArrayLike<unknown>) {
    this.#items = items
    this.#length = items.length
  }

  get remaining(): number {
    return this.#length - this.#next
  }

  get ended(): boolean {
    return this.#next >= this.#length
  }

  take(count: number): DrawnItems {
    const from = this.#next
    this.#next = Math.min(this.#length, from + count)
    return this.#numbers(from) ?? this.#drawn(from)
  }

  #numbers(from: number): DrawnItems | undefined {
    try {
      return drawNumbers(this.#items, from, this.#next)
    } catch {
      // One can't be read: which, is found one by one.
      return undefined
    }
  }

  #drawn(from: number): Drawn[] {
    const items: Drawn[] = []
    for (let i = from; i < this.#next; i++) {
      try {
        items.push(drawn(this.#items[i]))
      } catch (reason) {
        items.push(readingError('argument', reason))
      }
    }
    return items
  }

  close(): void {
    this.#next = this.#length
  }
}

/** Items of a synchronous iterator. */
export class IteratorSource implements ItemSource {
  readonly remaining = undefined
  readonly #iterable: Iterable<unknown>
  #iterator: Iterator<unknown> | undefined
  ended = false
  failure: { readonly error: unknown } | undefined

  constructor(iterable: Iterable<unknown>) {
    this.#iterable = iterable
  }

  take(count: number): Drawn[] {
    const items: Drawn[] = []
    try {
      this.#iterator ??= this.#iterable[Symbol.iterator]()
      while (items.length < count && !this.ended) {
        const step = this.#iterator.next()
        if (step.done) this.ended = true
        else items.push(drawn(step.value))
      }
    } catch (error) {
      this.ended = true
      this.failure = { error }
    }
    return items
  }

  close(): void {
    if (this.ended) return
    this.ended = true
    if (this.#iterator) endIterator(this.#iterator)
  }
}

/** Items of an asynchronous iterator: one `next` at a time, as many as were asked for and no more. */
export class AsyncSource implements ItemSource {
  readonly remaining = undefined
  readonly #iterable: AsyncIterable<unknown>
  readonly #batched: boolean
  readonly #onMore: () => void
  #iterator: AsyncIterator<unknown> | undefined
  #buffer: Drawn[] = []
  #enough = 0
  #wanted = 0
  #pulling = false
  #announced = false
  #finished = false
  #failure: { readonly error: unknown } | undefined

  /**
   * @param onMore called when items have come, or the end, after `take` gave fewer than asked
   * @param batched whether the iterator gives lists of items, which are drawn whole
   */
  constructor(iterable: AsyncIterable<unknown>, onMore: () => void, batched: boolean) {
    this.#iterable = iterable
    this.#batched = batched
    this.#onMore = onMore
  }

  get ended(): boolean {
    return this.#finished && this.#buffer.length === 0
  }

  get failure(): { readonly error: unknown } | undefined {
    return this.#buffer.length === 0 ? this.#failure : undefined
  }

  take(count: number, ahead: number = count): Drawn[] {
    // A chunk is not cut short because the source is slow: all of it, or nothing yet.
    if (this.#buffer.length < count && !this.#finished) {
      this.#enough = count
      this.#wanted = Math.max(count, ahead)
      void this.#pull()
      return []
    }
    return this.#buffer.splice(0, count)
  }

  close(): void {
    if (this.#finished) return
    this.#finished = true
    this.#buffer = []
    if (this.#iterator) endIterator(this.#iterator)
  }

  async #pull(): Promise<void> {
    if (this.#pulling) return
    this.#pulling = true
    try {
      this.#iterator ??= this.#iterable[Symbol.asyncIterator]()
      while (this.#buffer.length < this.#wanted && !this.#finished) {
        const step = await this.#iterator.next()
        if (this.#finished) break
        if (step.done) this.#finished = true
        else if (this.#batched) for (const item of step.value as unknown[]) this.#buffer.push(drawn(item))
        else this.#buffer.push(drawn(step.value))
        if (this.#buffer.length >= this.#enough) this.#announce()
      }
    } catch (error) {
      if (!this.#finished) this.#failure = { error }
      this.#finished = true
    }
    this.#pulling = false
    this.#announce()
  }

  /** Tells that there is something, once all that comes without waiting has come. */
  #announce(): void {
    if (this.#announced) return
    this.#announced = true
    setImmediate(() => {
      this.#announced = false
      this.#onMore()
    })
  }
}

/**
 * Calls the `return` of an iterator. (A generator that waits in its own `await` takes it when it gets there.) The caller has
 * left: there is nobody to tell of an error.
 */
export function endIterator(iterator: Iterator<unknown> | AsyncIterator<unknown>): void {
  try {
    Promise.resolve(iterator.return?.()).catch(() => {})
  } catch {
    // As if it had been rejected.
  }
}

/**
 * The source of whatever a call was given; `onMore` and `batched` as in {@link AsyncSource}.
 *
 * @throws {TypeError} for what can't be iterated
 */
export function sourceOf(
  iterable: Iterable<unknown> | AsyncIterable<unknown>,
  onMore: () => void,
  batched = false,
): ItemSource {
  if (Array.isArray(iterable)) return new ListSource(iterable)
  const methods = iterable as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null | undefined
  if (typeof methods?.[Symbol.asyncIterator] === 'function') {
    return new AsyncSource(iterable as AsyncIterable<unknown>, onMore, batched)
  }
  if (typeof methods?.[Symbol.iterator] === 'function') return new IteratorSource(iterable as Iterable<unknown>)
  throw typeError('iterable', 'an iterable or an async iterable', iterable)
}

/** Encodes an item at once: what happens to it after it was drawn has no effect. */
function drawn(item: unknown): Drawn {
  try {
    return pack(item)
  } catch (reason) {
    return encodingError('argument', item, reason)
  }
}
