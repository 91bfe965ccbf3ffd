import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Item } from '../../lib/configset/item.js'
import { type ItemBatch, RangeBatch } from '../../lib/configset/item-batch.js'
import { InFlight } from '../../lib/iterable-loop/in-flight.js'
import type { Outcome } from '../../lib/pool/failure.js'

/** Batches of these lengths, of ranges and of values by turns, and all their items. */
function drawn(lengths: readonly number[]): { batches: ItemBatch[]; items: Item[] } {
  let first = 0
  const batches = lengths.map((length, turn): ItemBatch => {
    const place = { first, file: turn, prefix: [turn] }
    const numbers = Array.from({ length }, (_, k) => first + k)
    first += length
    if (turn % 2 === 1) return numbers.map((index) => ({ kind: 'value', index, loc: [index], file: -1, value: {} }))
    const ranges = numbers.map((n) => ({ start: n, end: n + 1, natoms: 1, frame: n, line: n }))
    return RangeBatch.of(ranges, 0, place)
  })
  return { batches, items: batches.flatMap((batch) => [...batch]) }
}

const done: Outcome<unknown> = { ok: true, value: null }
const failed: Outcome<unknown> = { ok: false, error: new Error('failed'), attempts: 1 }

describe('InFlight', () => {
  it('gives the items of chunks of any size, in any order of finishing', () => {
    const lengths = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 12 })
    const shuffled = fc.infiniteStream(fc.nat())
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 15 }), shuffled, (sizes, chunksize, random) => {
        const { batches, items } = drawn(sizes)
        const inFlight = new InFlight()
        for (const batch of batches) inFlight.add(batch)
        expect(inFlight.drawn).toBe(items.length)
        const starts = Array.from({ length: Math.ceil(items.length / chunksize) }, (_, k) => k * chunksize)
        while (starts.length > 0) {
          const [start] = starts.splice((random.next().value as number) % starts.length, 1) as [number]
          const expected = items.slice(start, start + chunksize)
          expect([...inFlight.take(start, Array(expected.length).fill(failed))]).toEqual(expected)
        }
      }),
    )
  })

  it('lets go of what an item holds when it is done, and keeps it whole when it failed', () => {
    const { batches, items } = drawn([0, 3])
    const inFlight = new InFlight()
    for (const batch of batches) inFlight.add(batch)
    const [first, second] = inFlight.take(0, [done, failed])
    expect(first).toEqual({ kind: 'finished', index: 0, loc: [0], file: -1 })
    expect(second).toBe(items[1])
    expect(inFlight.take(2, [failed]).at(0)).toBe(items[2])
  })

  it('goes on after all that it held was taken', () => {
    const inFlight = new InFlight()
    const { batches, items } = drawn([2, 2])
    inFlight.add(batches[0] as ItemBatch)
    expect([...inFlight.take(0, [done, done])]).toEqual(items.slice(0, 2))
    inFlight.add(batches[1] as ItemBatch)
    expect([...inFlight.take(2, [failed, failed])]).toEqual(items.slice(2))
  })
})
