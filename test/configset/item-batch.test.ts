import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Item, packItem, unpackItem } from '../../lib/configset/item.js'
import { packBatch, RangeBatch } from '../../lib/configset/item-batch.js'

const place = { first: 40, file: 3, prefix: [3] }
const ranges = Array.from({ length: 7 }, (_, k) => ({
  start: 2 ** 40 + 100 * k,
  end: 2 ** 40 + 100 * k + 90,
  natoms: 2,
  frame: 2 * k,
  line: 1 + 8 * k,
}))
const batch = RangeBatch.of(ranges, 5, place)

/** The item of `ranges[k]`, as it stands in the whole input. */
function itemOf(k: number): Item {
  const { start, end, frame, line } = ranges[k]!
  return { kind: 'range', index: 45 + k, file: 3, start, end, frame, line, loc: [3, 5 + k] }
}

describe('RangeBatch', () => {
  it('gives the same items one by one and in a row', () => {
    expect(batch.length).toBe(7)
    const expected = ranges.map((_, k) => itemOf(k))
    expect([...batch]).toEqual(expected)
    expect(expected.map((_, k) => batch.at(k))).toEqual(expected)
    for (const nowhere of [-1, 7, Number.NaN]) expect(batch.at(nowhere)).toBeUndefined()
  })

  it('is cut without a change of its items', () => {
    const part = batch.slice(2, 5)
    expect([...part]).toEqual([itemOf(2), itemOf(3), itemOf(4)])
    expect([...part.slice(1, 2)]).toEqual([itemOf(3)])
    expect([...batch.slice(4, 4)]).toEqual([])
  })
})

describe('packBatch', () => {
  it.each([false, true])('packs ranges as their items one by one, with or without locations (%s)', (located) => {
    const packed = packBatch(batch, located)
    expect(packed).toEqual([...batch].map((item) => packItem(item, located)))
    const loc = (k: number): readonly number[] => (located ? [3, 5 + k] : [])
    expect(packed.map(unpackItem)).toEqual(ranges.map((_, k) => ({ ...itemOf(k), loc: loc(k) })))
  })

  it('leaves other items as they are', () => {
    const value: Item = { kind: 'value', index: 0, loc: [0], file: -1, value: 'x' }
    expect(packBatch([value], false)).toEqual([value])
  })
})

it('a packed range comes back with every number that a file can have', () => {
  const whole = fc.nat({ max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(fc.tuple(whole, whole, whole, whole, whole, whole), fc.array(whole), ([a, b, c, d, e, f], loc) => {
      const item: Item = { kind: 'range', index: a, file: b, start: c, end: d, frame: e, line: f, loc }
      expect(unpackItem(packItem(item, true))).toEqual(item)
      expect(unpackItem(packItem(item, false))).toEqual({ ...item, loc: [] })
    }),
  )
})
