import { describe, expect, it } from 'vitest'
import { type Chunk, type ChunkOwner, makePiece, type Piece } from '../../lib/pool/chunk.js'
import { TaskTimeoutError, type WorkerEnd, WorkerLostError } from '../../lib/pool/pool-errors.js'
import { PoolWorker } from '../../lib/pool/pool-worker.js'
import type { WorkerIdentity } from '../../lib/pool/protocol.js'
import { abandon, type Loss, recover } from '../../lib/pool/recovery.js'

const end: WorkerEnd = { exitCode: 7, signal: null, stderrTail: '' }
const died: Loss = { kind: 'died', end }

/** It was killed because of this piece. */
const late = (piece: Piece): Loss => ({ kind: 'timeout', piece, limit: 50 })

/** A chunk of four items, the first of which is number 10; `finished` are those that were told to be through. */
function chunkOf(finished: Chunk[], { retries = 0, mode = 'item', over = false, count = 4 } = {}): Chunk {
  const job = {
    recipe: { mode },
    policy: { chunksize: 4, exact: null, retries, taskTimeout: undefined },
    over,
    finished: (chunk: Chunk) => finished.push(chunk),
  } as unknown as ChunkOwner
  const items = Array.from({ length: count }, (_, i) => i)
  return { job, index: 0, start: 10, count, items, values: undefined, failures: undefined, open: count, bytes: 0 }
}

function workerWith(exact: boolean, pieces: readonly Piece[]): PoolWorker {
  const worker = new PoolWorker({ id: 3 } as WorkerIdentity)
  worker.exact = exact
  worker.inflightBytes = 99
  for (const piece of pieces) worker.inflight.push(piece)
  return worker
}

/** A piece whose first `done` items have their outcomes. */
function begun(piece: Piece, done: number): Piece {
  piece.next = piece.from + done
  piece.chunk.open -= done
  return piece
}

const facts = ({ from, to, next, attempts, blamed, exact }: Piece): unknown[] => [
  from,
  to,
  next,
  attempts,
  blamed,
  exact,
]

function failuresOf(chunk: Chunk): { place: number; error: Error; worker: number | null; attempts: number }[] {
  return [...(chunk.failures ?? [])].map(([place, { cause, worker, attempts }]) => {
    if (!('make' in cause)) throw new Error('an error of the worker')
    return { place, error: cause.make(), worker, attempts }
  })
}

describe('recover', () => {
  it('has nothing to do for a worker that had nothing, or only what interests nobody', () => {
    const finished: Chunk[] = []
    for (const pieces of [[], [makePiece(chunkOf(finished, { over: true }), 0, 4)]]) {
      const worker = workerWith(true, pieces)
      expect(recover(worker, died)).toEqual([])
      expect([worker.inflightBytes, worker.inflight.length, finished]).toEqual([0, 0, []])
    }
  })

  it('blames nobody where what ran belonged to a call that is over', () => {
    for (const [exact, mode] of [true, false].flatMap((each) => [[each, 'item'] as const, [each, 'chunk'] as const])) {
      const [over, next] = [chunkOf([], { over: true }), chunkOf([], { mode, count: 1 })]
      const again = recover(workerWith(exact, [makePiece(over, 0, 4), makePiece(next, 0, 1)]), died)
      expect(again.map(facts)).toEqual([[0, 1, 0, 0, 0, !exact]])
      expect(next.failures).toBeUndefined()
    }
  })

  it('blames the first item without an outcome where that is the one that ran; the rest goes elsewhere', () => {
    const [chunk, next] = [chunkOf([]), chunkOf([])]
    const behind = begun(makePiece(next, 0, 4, false, 2), 1)
    const again = recover(workerWith(true, [begun(makePiece(chunk, 0, 4), 1), behind]), died)
    expect(again.map(facts)).toEqual([
      [2, 4, 2, 0, 2, false],
      [1, 4, 1, 2, 0, false],
    ])
    expect(again.map((piece) => piece.chunk)).toEqual([chunk, next])
    const [failure, ...others] = failuresOf(chunk)
    expect(others).toEqual([])
    expect(failure).toMatchObject({ place: 1, worker: 3, attempts: 1, error: { index: 11, exitCode: 7 } })
    expect(failure?.error).toBeInstanceOf(WorkerLostError)
    expect([chunk.open, next.failures]).toEqual([2, undefined])
  })

  it('finishes the chunk when the blamed item was the last that was open', () => {
    const finished: Chunk[] = []
    const chunk = chunkOf(finished)
    expect(recover(workerWith(true, [begun(makePiece(chunk, 0, 4), 3)]), died)).toEqual([])
    expect(finished).toEqual([chunk])
  })

  it('tries a blamed item again, alone and as often as it may, and counts only the deaths on it', () => {
    const chunk = chunkOf([], { retries: 2 })
    const first = recover(workerWith(true, [makePiece(chunk, 0, 4)]), died)
    expect(first.map(facts)).toEqual([
      [0, 1, 0, 1, 0, true],
      [1, 4, 1, 0, 1, false],
    ])
    const second = recover(workerWith(true, first.slice(0, 1)), died)
    expect(second.map(facts)).toEqual([[0, 1, 0, 2, 0, true]])
    expect(chunk.failures).toBeUndefined()
    expect(recover(workerWith(true, second), died)).toEqual([])
    expect(failuresOf(chunk)).toMatchObject([{ place: 0, attempts: 3, error: { index: 10 } }])
    expect(failuresOf(chunk)[0]?.error.message).toContain('3 tries')
    // Two deaths were blamed on the item before this one.
    const later = begun(makePiece(chunkOf([], { retries: 1 }), 0, 4, true, 1), 1)
    expect(recover(workerWith(true, [later]), died).map(facts)).toEqual([
      [1, 2, 1, 1, 1, true],
      [2, 4, 2, 0, 2, true],
    ])
  })

  it('sends everything again, exactly, where nobody knows which item ran', () => {
    const [chunk, next] = [chunkOf([]), chunkOf([])]
    const pieces = [begun(makePiece(chunk, 0, 4), 1), makePiece(next, 0, 4, false, 1)]
    expect(recover(workerWith(false, pieces), died).map(facts)).toEqual([
      [1, 4, 1, 0, 0, true],
      [0, 4, 0, 1, 0, true],
    ])
    expect(recover(workerWith(false, [makePiece(chunkOf([]), 0, 4)]), died).map(facts)).toEqual([[0, 4, 0, 0, 0, true]])
    const last = begun(makePiece(chunk, 0, 4), 3)
    expect(recover(workerWith(false, [last, makePiece(next, 0, 4)]), died)).toHaveLength(2)
    expect([chunk.failures, next.failures]).toEqual([undefined, undefined])
  })

  it('knows which item ran when there was only one', () => {
    const chunk = chunkOf([])
    expect(recover(workerWith(false, [begun(makePiece(chunk, 0, 3), 2)]), died)).toEqual([])
    expect(failuresOf(chunk)).toMatchObject([{ place: 2 }])
  })

  it('halves a whole chunk until the killer stands alone', () => {
    const chunk = chunkOf([], { mode: 'chunk', count: 5 })
    const next = chunkOf([], { mode: 'chunk' })
    const halves = recover(workerWith(false, [makePiece(chunk, 0, 5)]), died)
    expect(halves.map(facts)).toEqual([
      [0, 2, 0, 0, 0, true],
      [2, 5, 2, 0, 2, true],
    ])
    expect(recover(workerWith(true, [makePiece(chunk, 2, 5), makePiece(next, 0, 4)]), died).map(facts)).toEqual([
      [2, 3, 2, 0, 2, true],
      [3, 5, 3, 0, 3, true],
      [0, 4, 0, 0, 0, false],
    ])
    expect(recover(workerWith(false, [makePiece(chunk, 0, 5), makePiece(next, 0, 4)]), died).map(facts)).toEqual([
      [0, 5, 0, 0, 0, true],
      [0, 4, 0, 0, 0, true],
    ])
    expect(chunk.failures).toBeUndefined()
    expect(recover(workerWith(true, [makePiece(chunk, 3, 4)]), died)).toEqual([])
    expect(failuresOf(chunk)).toMatchObject([{ place: 3, error: { index: 13 } }])
  })

  it('fails what is open of a chunk that ran too long, where there are no retries', () => {
    const finished: Chunk[] = []
    const [chunk, next] = [chunkOf(finished), chunkOf(finished)]
    const piece = begun(makePiece(chunk, 0, 4), 2)
    const pieces = [piece, makePiece(next, 1, 4)]
    expect(recover(workerWith(false, pieces), late(piece)).map(facts)).toEqual([[1, 4, 1, 0, 1, false]])
    const failures = failuresOf(chunk)
    expect(failures).toMatchObject([
      { place: 2, worker: 3, attempts: 1, error: { timeout: 50, index: 12 } },
      { place: 3, worker: 3, attempts: 1, error: { timeout: 50, index: 13 } },
    ])
    for (const { error } of failures) expect(error).toBeInstanceOf(TaskTimeoutError)
    expect(finished).toEqual([chunk])
  })

  it('treats a chunk that ran too long as a death where there are retries', () => {
    const chunk = chunkOf([], { retries: 1 })
    const piece = makePiece(chunk, 0, 2)
    const again = recover(workerWith(true, [piece]), late(piece))
    expect(again.map(facts)).toEqual([
      [0, 1, 0, 1, 0, true],
      [1, 2, 1, 0, 1, false],
    ])
    expect(recover(workerWith(true, again.slice(0, 1)), late(again[0] as Piece))).toEqual([])
    const [failure] = failuresOf(chunk)
    expect(failure).toMatchObject({ place: 0, attempts: 2, error: { timeout: 50, index: 10 } })
    expect(failure?.error).toBeInstanceOf(TaskTimeoutError)
  })

  it('blames nobody where the chunk that ran too long came through while its worker was killed', () => {
    const [first, chunk] = [chunkOf([]), chunkOf([])]
    const pieces = [makePiece(chunk, 0, 2), makePiece(chunk, 2, 4)]
    expect(recover(workerWith(true, pieces), late(makePiece(first, 0, 4))).map(facts)).toEqual([
      [0, 2, 0, 0, 0, false],
      [2, 4, 2, 0, 2, false],
    ])
    expect(failuresOf(chunk)).toEqual([])
  })
})

describe('abandon', () => {
  it('fails what is open of pieces that nobody will run', () => {
    const finished: Chunk[] = []
    const chunk = chunkOf(finished)
    abandon([begun(makePiece(chunk, 0, 2), 1), makePiece(chunk, 2, 4)], () => new Error('closed'))
    expect(failuresOf(chunk)).toEqual(
      [1, 2, 3].map((place) => ({ place, error: new Error('closed'), worker: null, attempts: 0 })),
    )
    expect([chunk.failures?.get(1)?.pid, finished]).toEqual([null, [chunk]])
  })
})
