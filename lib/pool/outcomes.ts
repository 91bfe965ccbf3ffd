/** Takes a worker's outcomes apart: each goes to the item that it belongs to, the next one without an outcome. */
import { closeIfDone, failItem, type Piece, storeValues } from './chunk.js'
import { blockSize, discard, fromColumn } from './column.js'
import type { PoolWorker } from './pool-worker.js'
import type { Done } from './protocol.js'

/** Applies an outcome message. Throws, and applies nothing, when the worker answers for more than it was asked. */
export function applyOutcomes(worker: PoolWorker, done: Done, parcels: Uint8Array): void {
  if (done.count > openItems(worker, done.count)) {
    throw new RangeError('a worker sent more outcomes than it was sent items')
  }
  const values = fromColumn(done.values, parcels, done.errors.length === 0)
  let at = 0
  let error = 0
  while (at < done.count) {
    const piece = worker.inflight.first as Piece
    const { chunk } = piece
    const taken = Math.min(done.count - at, piece.to - piece.next)
    const end = at + taken
    const shift = piece.next - at
    worker.inflightBytes -= blockSize(chunk.items, piece.next, piece.next + taken)
    // The worker has had all of its frame, so nothing is under way, and what has an outcome is never sent again.
    discard(chunk.items, piece.next, piece.next + taken)
    storeValues(chunk, piece.next, values, at, end)
    chunk.open -= taken
    for (; error < done.errors.length; error++) {
      const [first, count, record] = done.errors[error] as (typeof done.errors)[number]
      if (first >= end) break
      for (let i = Math.max(first, at); i < Math.min(first + count, end); i++) {
        chunk.open++
        const attempts = i + shift === piece.blamed ? piece.attempts + 1 : 1
        failItem(chunk, i + shift, { cause: { record }, ...worker.where, attempts })
      }
      if (first + count > end) break
    }
    at = end
    piece.next += taken
    if (piece.next === piece.to) {
      worker.inflight.shift()
      worker.chunks++
    }
    closeIfDone(chunk)
  }
  worker.items += done.count
  worker.busy += done.busy
}

/** How many items the worker has, or at least `enough`. */
function openItems(worker: PoolWorker, enough: number): number {
  let open = 0
  for (const { next, to } of worker.inflight) {
    open += to - next
    if (open >= enough) break
  }
  return open
}
