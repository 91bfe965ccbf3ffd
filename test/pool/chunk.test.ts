import { describe, expect, it } from 'vitest'
import {
  type Chunk,
  closeIfDone,
  type Failure,
  failItem,
  makePiece,
  pieceBytes,
  storeValues,
} from '../../lib/pool/chunk.js'

function chunkOf(count: number, job: object = {}): Chunk {
  const items = Array.from({ length: count }, (_, i) => `item ${i}`)
  return {
    job,
    index: 0,
    start: 0,
    count,
    items,
    values: undefined,
    failures: undefined,
    open: count,
    bytes: 0,
  } as Chunk
}

const ours: Failure = { cause: { make: () => new Error('ours') }, worker: null, pid: null, attempts: 1 }
const theirs = { ...ours, cause: { record: { name: 'Theirs' } } } as unknown as Failure

describe('makePiece', () => {
  it('has everything before it, and is blamed on its first item', () => {
    const chunk = chunkOf(9)
    expect(makePiece(chunk, 2, 5)).toEqual({ chunk, from: 2, to: 5, next: 2, attempts: 0, blamed: 2, exact: false })
  })
})

describe('pieceBytes', () => {
  it('counts the items without an outcome', () => {
    const piece = makePiece(chunkOf(9), 2, 5)
    expect(pieceBytes(piece)).toBe(18)
    piece.next = 4
    expect(pieceBytes(piece)).toBe(6)
  })
})

describe('failItem', () => {
  it('is an outcome', () => {
    const chunk = chunkOf(3)
    failItem(chunk, 1, ours)
    failItem(chunk, 2, theirs)
    expect([[...(chunk.failures ?? [])], chunk.open]).toEqual([
      [
        [1, ours],
        [2, theirs],
      ],
      1,
    ])
  })
})

describe('storeValues', () => {
  const count = 40
  const numbers = Array.from({ length: count }, (_, i) => i)

  it('keeps a block of numbers that is the whole chunk, without a copy', () => {
    for (const block of [Int32Array.from(numbers), Float64Array.from(numbers)]) {
      const chunk = chunkOf(count)
      storeValues(chunk, 0, block, 0, count)
      expect(chunk.values).toBe(block)
      expect(chunk.bytes).toBe(8 * count)
    }
  })

  it('copies a part of a block: of numbers into one of the kind, of a few into a list', () => {
    const longer = Int32Array.from([...numbers, 77])
    const chunk = chunkOf(count)
    storeValues(chunk, 0, longer, 0, count)
    expect(chunk.values).toEqual(Int32Array.from(numbers))
    const shifted = chunkOf(count)
    storeValues(shifted, 0, longer, 1, 1 + count)
    expect(shifted.values).toEqual(Int32Array.from([...numbers.slice(1), 77]))
    const doubles = chunkOf(count)
    storeValues(doubles, 38, Float64Array.of(0.5, 1.5), 0, 2)
    expect(doubles.values).toEqual(Float64Array.from([...new Array(38).fill(0), 0.5, 1.5]))
    expect(doubles.bytes).toBe(16)
    const few = chunkOf(3)
    storeValues(few, 1, Int32Array.of(5, 6), 0, 2)
    expect(Array.isArray(few.values)).toBe(true)
    expect([few.values?.[0], few.values?.[1], few.values?.[2]]).toEqual([undefined, 5, 6])
    const behind = chunkOf(count)
    storeValues(behind, 1, Int32Array.from(numbers).fill(9), 1, count)
    expect(behind.values).toEqual(Int32Array.from([0, ...new Array(39).fill(9)]))
    const edge = chunkOf(32)
    storeValues(edge, 0, Int32Array.of(5), 0, 1)
    expect(edge.values).toBeInstanceOf(Int32Array)
  })

  it('puts pieces together, in the widest kind of them', () => {
    const chunk = chunkOf(count)
    storeValues(chunk, 0, Int32Array.of(1, 2), 0, 2)
    storeValues(chunk, 2, Int32Array.of(3), 0, 1)
    expect(chunk.values).toBeInstanceOf(Int32Array)
    storeValues(chunk, 3, Float64Array.of(0.5), 0, 1)
    expect(chunk.values).toBeInstanceOf(Float64Array)
    storeValues(chunk, 4, Int32Array.of(9, 4), 1, 2)
    expect(chunk.values).toBeInstanceOf(Float64Array)
    storeValues(chunk, 5, ['no', 'a', 'b'], 1, 3)
    storeValues(chunk, 7, Int32Array.of(8), 0, 1)
    expect(Array.from(chunk.values ?? []).slice(0, 8)).toEqual([1, 2, 3, 0.5, 4, 'a', 'b', 8])
    expect(chunk.values).toHaveLength(count)
  })

  it('makes a list where there is something else than numbers, of as many places as there are items', () => {
    const whole = chunkOf(2)
    storeValues(whole, 0, ['a', 'b'], 0, 2)
    expect(whole.values).toEqual(['a', 'b'])
    const cut = chunkOf(2)
    storeValues(cut, 0, ['a', 'b', 'c'], 0, 2)
    expect(cut.values).toEqual(['a', 'b'])
    const chunk = chunkOf(count)
    storeValues(chunk, 1, ['abc'], 0, 1)
    expect([chunk.values?.length, chunk.values?.[1], chunk.bytes]).toEqual([count, 'abc', 3])
  })
})

describe('closeIfDone', () => {
  function closing(prepare: () => Promise<void> | undefined): { chunk: Chunk; finished: Chunk[] } {
    const finished: Chunk[] = []
    const job = {
      recipe: { classes: { prepare } },
      finished: (chunk: Chunk) => finished.push(chunk),
      finishedLate: (chunk: Chunk) => finished.push(chunk),
    }
    return { chunk: chunkOf(2, job), finished }
  }

  it('waits for the last outcome', () => {
    const { chunk, finished } = closing(() => undefined)
    closeIfDone(chunk)
    chunk.open = 1
    closeIfDone(chunk)
    expect(finished).toEqual([])
    chunk.open = 0
    closeIfDone(chunk)
    expect(finished).toEqual([chunk])
  })

  it('finishes at once when nothing must be found for its errors', () => {
    const { chunk, finished } = closing(() => undefined)
    failItem(chunk, 0, ours)
    failItem(chunk, 1, theirs)
    closeIfDone(chunk)
    expect(finished).toEqual([chunk])
  })

  it('finishes once, when the classes of its errors are at hand', async () => {
    let found = (): void => {}
    const waiting = new Promise<void>((resolve) => {
      found = resolve
    })
    const { chunk, finished } = closing(() => waiting)
    failItem(chunk, 0, theirs)
    failItem(chunk, 1, theirs)
    closeIfDone(chunk)
    expect(finished).toEqual([])
    found()
    await waiting
    await Promise.resolve()
    expect(finished).toEqual([chunk])
  })
})
