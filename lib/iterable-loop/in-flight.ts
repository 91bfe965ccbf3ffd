/**
 * The items that were drawn and whose outcomes are not in, by their numbers in the order of drawing.
 *
 *     add      [0 … 1799][1800 … 3599] …      batches, as they were drawn
 *     take          [ 1750 … 1849 ]           the items of a chunk, which may be of several
 */
import type { Item } from '../configset/item.js'
import { type ItemBatch, RangeBatch } from '../configset/item-batch.js'
import type { Outcome } from '../pool/failure.js'
import type { FinishedItem } from './reorder.js'

interface Drawn {
  /** The number of its first item. */
  readonly first: number
  readonly end: number
  batch: ItemBatch
  /** How many of its items have no outcome. */
  left: number
}

/** What is kept of a batch all outcomes of which are in. */
const NOTHING: ItemBatch = []

/** Remembers items between their drawing and their outcomes. */
export class InFlight {
  #batches: Drawn[] = []
  #drawn = 0

  /** How many items were drawn. */
  get drawn(): number {
    return this.#drawn
  }

  /** The next items that are drawn. */
  add(batch: ItemBatch): void {
    const { length } = batch
    if (length === 0) return
    this.#batches.push({ first: this.#drawn, end: this.#drawn + length, batch, left: length })
    this.#drawn += length
  }

  /**
   * The items from number `start` on, of which these are the outcomes. What is done is given without its configuration,
   * which may be large; what failed whole, since it may be passed on.
   */
  take(start: number, outcomes: readonly Outcome<unknown>[]): ItemBatch<Item | FinishedItem> {
    const parts: ItemBatch<Item | FinishedItem>[] = []
    const end = start + outcomes.length
    for (let next = start, place = this.#placeOf(start); next < end; place++) {
      const drawn = this.#batches[place] as Drawn
      const until = Math.min(end, drawn.end)
      parts.push(itemsOf(drawn, next, until, (number) => outcomes[number - start]?.ok === true))
      drawn.left -= until - next
      if (drawn.left === 0) drawn.batch = NOTHING
      next = until
    }
    const done = this.#batches.findIndex(({ left }) => left > 0)
    this.#batches.splice(0, done < 0 ? this.#batches.length : done)
    return parts.length === 1 ? (parts[0] as ItemBatch) : parts.flatMap((part) => [...part])
  }

  /** Where the batch of item `number` stands. */
  #placeOf(number: number): number {
    let low = 0
    let high = this.#batches.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#batches[middle] as Drawn).first <= number) low = middle
      else high = middle - 1
    }
    return low
  }
}

/** The items from number `from` to before `to` of one batch. */
function itemsOf(
  { first, batch }: Drawn,
  from: number,
  to: number,
  isDone: (number: number) => boolean,
): ItemBatch<Item | FinishedItem> {
  if (batch instanceof RangeBatch) return batch.slice(from - first, to - first)
  return Array.from({ length: to - from }, (_, k) => {
    const item = batch.at(from - first + k) as Item
    return isDone(from + k) ? finished(item) : item
  })
}

function finished(item: Item): Item | FinishedItem {
  if (item.kind === 'range') return item
  const { index, loc, file } = item
  return { kind: 'finished', index, loc, file }
}
