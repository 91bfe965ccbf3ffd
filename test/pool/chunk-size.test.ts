import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkTime, depthFor, nextChunksize, pythonChunksize } from '../../lib/pool/chunk-size.js'

type Sized = Parameters<typeof nextChunksize>[0]

function sized(itemTime: number | undefined, remaining: number | undefined): Sized {
  return {
    recipe: { itemTime },
    policy: { chunksize: 'auto' },
    remainingChunks: (size: number) => (remaining === undefined ? undefined : Math.ceil(remaining / size)),
  } as unknown as Sized
}

describe('pythonChunksize', () => {
  it.each([
    [8, 1, 2],
    [9, 1, 3],
    [33, 2, 5],
    [0, 4, 1],
    [1, 4, 1],
    [1_000_000, 2, 125_000],
  ])('2.4 of %i items on %i workers is %i', (items, processes, size) => {
    expect(pythonChunksize(items, processes)).toBe(size)
  })
})

describe('nextChunksize', () => {
  it('begins with one item, and then goes by the time that items take', () => {
    expect(nextChunksize(sized(undefined, 1000), 2)).toBe(1)
    expect(nextChunksize(sized(1, undefined), 2)).toBe(8)
    expect(nextChunksize(sized(100, undefined), 2)).toBe(1)
    expect(nextChunksize(sized(0, undefined), 2)).toBeLessThanOrEqual(65_536)
  })

  it('takes half of a share towards the end, and more only of items that take next to nothing', () => {
    expect(nextChunksize(sized(0.1, 40), 2)).toBe(10)
    expect(nextChunksize(sized(0.1, 4), 2)).toBe(2)
    expect(nextChunksize(sized(0.05, 12), 2)).toBe(5)
  })

  it('is what the caller says', () => {
    expect(nextChunksize({ ...sized(1, 10), policy: { chunksize: 7 } } as unknown as Sized, 2)).toBe(7)
  })

  it('is a positive integer, and at the end leaves something for every worker', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 64 }),
        (time, remaining, processes) => {
          const size = nextChunksize(sized(time, remaining), processes)
          expect(Number.isInteger(size) && size >= 1).toBe(true)
          const half = Math.ceil(remaining / (2 * processes))
          if (size > half) {
            expect((size - 1) * time).toBeLessThan(0.25)
            expect(size).toBeLessThanOrEqual(Math.ceil(remaining / processes))
          }
        },
      ),
    )
  })
})

describe('chunkTime', () => {
  it('is the time of its items, once an item was measured', () => {
    expect(chunkTime(sized(0.5, 10), 6)).toBe(3)
    expect(chunkTime(sized(undefined, 10), 6)).toBeUndefined()
  })
})

describe('depthFor', () => {
  it('is deep for tiny chunks, and one by one for long ones', () => {
    expect([undefined, 1000, 10, 5, 0.5, 0.001, 0].map((time) => depthFor(time))).toEqual([1, 1, 1, 2, 4, 512, 512])
  })

  it('is two for long ones where the way is long', () => {
    expect([undefined, 1000, 10, 5, 0.5].map((time) => depthFor(time, true))).toEqual([1, 2, 2, 2, 4])
  })
})
