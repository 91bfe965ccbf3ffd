/**
 * What becomes of the work that a dead worker had: the crash policy.
 *
 *     exact        the first item without an outcome was running: it is blamed, everything behind it is sent elsewhere
 *     not exact    nobody knows: all of it is sent again, exactly this time, so that the next death names the killer
 *     whole chunks (a chunk function sees all items at once): halved until the killer stands alone
 *
 * An item that is blamed is tried `retries` times more, then it fails; nothing else does. A worker that was killed because
 * its chunk ran too long is treated alike where there are retries; without them the whole chunk has had its time and fails.
 * If the chunk came through while the worker was being killed, nobody is to blame; nor where what ran belonged to a call that
 * is over.
 */
import { closeIfDone, type Failure, failItem, makePiece, type Piece } from './chunk.js'
import { TaskTimeoutError, type WorkerEnd, WorkerLostError } from './pool-errors.js'
import type { PoolWorker } from './pool-worker.js'

/** Why the worker is gone. */
export type Loss =
  | { readonly kind: 'died'; readonly end: WorkerEnd }
  /** It was killed because `piece` took longer than `limit`, ms. */
  | { readonly kind: 'timeout'; readonly piece: Piece; readonly limit: number }

/** Settles the pieces that `worker` had; returns those that must be sent again, in order. */
export function recover(worker: PoolWorker, loss: Loss): Piece[] {
  const pieces = worker.inflight.drain()
  const lost = pieces.filter((piece) => !piece.chunk.job.over)
  worker.inflightBytes = 0
  const [head, ...behind] = lost
  if (head === undefined) return []
  if (loss.kind === 'timeout' && head !== loss.piece) return lost.map(resent)
  if (loss.kind === 'timeout' && head.chunk.job.policy.retries === 0) {
    failRest(worker, head, loss.limit)
    return behind.map(resent)
  }
  if (head !== pieces[0]) return lost.map(worker.exact ? resent : exactly)
  const alone = behind.length === 0 && head.to - head.next === 1
  const whole = head.chunk.job.recipe.mode === 'chunk'
  if (!worker.exact && !alone && !(whole && behind.length === 0)) return lost.map(exactly)
  return [...(whole && head.to - head.next > 1 ? halves(head) : blame(worker, head, loss)), ...behind.map(resent)]
}

/** The piece without what is done of it. */
function resent(piece: Piece): Piece {
  const rest = makePiece(piece.chunk, piece.next, piece.to, piece.exact, piece.attempts)
  rest.blamed = piece.blamed
  return rest
}

function exactly(piece: Piece): Piece {
  return { ...resent(piece), exact: true }
}

function halves(piece: Piece): Piece[] {
  const middle = (piece.next + piece.to) >> 1
  return [makePiece(piece.chunk, piece.next, middle, true), makePiece(piece.chunk, middle, piece.to, true)]
}

/** Blames the piece's first open item: another try for it, or its failure. */
function blame(worker: PoolWorker, piece: Piece, loss: Loss): Piece[] {
  const { chunk, next, to } = piece
  const attempts = (piece.blamed === next ? piece.attempts : 0) + 1
  if (attempts <= chunk.job.policy.retries) {
    // Alone, so that its retries don't count against those behind it.
    const again = makePiece(chunk, next, next + 1, true, attempts)
    return next + 1 < to ? [again, makePiece(chunk, next + 1, to, piece.exact)] : [again]
  }
  const index = chunk.start + next
  failItem(chunk, next, {
    cause: {
      make: () =>
        loss.kind === 'timeout'
          ? new TaskTimeoutError(loss.limit, index)
          : new WorkerLostError(index, attempts, loss.end),
    },
    ...worker.where,
    attempts,
  })
  closeIfDone(chunk)
  return next + 1 < to ? [makePiece(chunk, next + 1, to, piece.exact)] : []
}

/** Fails all items of a piece that ran too long. */
function failRest(worker: PoolWorker, piece: Piece, limit: number): void {
  failOpen(piece, (index) => new TaskTimeoutError(limit, index), { ...worker.where, attempts: 1 })
}

/** Fails pieces that nobody will run any more. */
export function abandon(pieces: readonly Piece[], makeError: () => Error): void {
  for (const piece of pieces) failOpen(piece, makeError, { worker: null, pid: null, attempts: 0 })
}

/** Fails every item of a piece that has no outcome yet. */
function failOpen(piece: Piece, makeError: (index: number) => Error, place: Omit<Failure, 'cause'>): void {
  const { chunk } = piece
  for (let at = piece.next; at < piece.to; at++) {
    const index = chunk.start + at
    failItem(chunk, at, { cause: { make: () => makeError(index) }, ...place })
  }
  closeIfDone(chunk)
}
