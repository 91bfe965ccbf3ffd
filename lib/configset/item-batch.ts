/**
 * Items in a row: a list, or byte ranges of one file in columns.
 *
 *     numbers   ┌ index, file, start, end, frame, line ┬ index, file, … ┐     six doubles a range, as they are sent
 *
 * A range's object and its location are made when somebody asks for them: objects for all would be most of what the parent
 * keeps, and what its garbage collector moves.
 */
import type { PlacedRange } from '../extxyz/frame-index.js'
import {
  type Item,
  type PackedItem,
  packItem,
  packRanges,
  putRange,
  RANGE_NUMBERS,
  type RangeItem,
  rangeAt,
} from './item.js'
import type { Location } from './location.js'

/** Some items in order. Every array is one. */
export interface ItemBatch<T = Item> extends Iterable<T> {
  readonly length: number
  at(k: number): T | undefined
}

/** The place of a source of items in a set. */
export interface SourcePlace {
  /** The number of its first item. */
  readonly first: number
  /** The number of its file; -1: none. */
  readonly file: number
  /** What its items' locations begin with. */
  readonly prefix: Location
}

/** Byte ranges of one file. */
export class RangeBatch implements ItemBatch<RangeItem> {
  readonly length: number
  readonly #numbers: Float64Array
  readonly #place: SourcePlace

  private constructor(numbers: Float64Array, place: SourcePlace) {
    this.length = numbers.length / RANGE_NUMBERS
    this.#numbers = numbers
    this.#place = place
  }

  /** The frames `ranges`, of which the first is the place's item number `position`. */
  static of(ranges: readonly PlacedRange[], position: number, place: SourcePlace): RangeBatch {
    const { first, file } = place
    const numbers = new Float64Array(RANGE_NUMBERS * ranges.length)
    ranges.forEach(({ start, end, frame, line }, k) => {
      putRange(numbers, RANGE_NUMBERS * k, { index: first + position + k, file, start, end, frame, line })
    })
    return new RangeBatch(numbers, place)
  }

  at(k: number): RangeItem | undefined {
    if (!(k >= 0 && k < this.length)) return undefined
    const { prefix, first } = this.#place
    const loc = [...prefix, 0]
    const item = rangeAt(this.#numbers, RANGE_NUMBERS * k, loc)
    loc[prefix.length] = item.index - first
    return item
  }

  *[Symbol.iterator](): Generator<RangeItem> {
    for (let k = 0; k < this.length; k++) yield this.at(k) as RangeItem
  }

  /** The ranges from `from` to before `to`, in the same memory. */
  slice(from: number, to: number): RangeBatch {
    return new RangeBatch(this.#numbers.subarray(RANGE_NUMBERS * from, RANGE_NUMBERS * to), this.#place)
  }

  /** The ranges as a worker is sent them, without their locations. */
  packed(): string[] {
    return packRanges(this.#numbers)
  }
}

/** The items of a batch as a worker is sent them; the locations of byte ranges stay behind unless `located`. */
export function packBatch(batch: ItemBatch, located: boolean): PackedItem[] {
  if (batch instanceof RangeBatch && !located) return batch.packed()
  return Array.from(batch, (item) => packItem(item, located))
}
