/**
 * A chunk: the items that one call of the caller's takes together, their outcomes as they come, and the pieces of it that
 * are sent. A chunk is one piece, unless an item can't be encoded or a death has to be traced to one.
 */
import { type Block, blockSize, FEW } from './column.js'
import type { ErrorRecord } from './error-record.js'
import type { RecipeRecord } from './recipe.js'

/** Why an item failed: an error from the worker, or one made here. Made into an Error when it is given out. */
export interface Failure {
  readonly cause: { readonly record: ErrorRecord } | { readonly make: () => Error }
  /** The worker that had the item, or null. */
  readonly worker: number | null
  readonly pid: number | null
  /** The rank that had it and its machine, under MPI. */
  readonly rank?: number
  readonly host?: string
  /** How often the item was tried. */
  readonly attempts: number
}

/** How a call's work is handled. */
export interface JobPolicy {
  /** Items per chunk; `auto` adapts it to the time that items take. */
  readonly chunksize: number | 'auto'
  readonly exact: boolean | null
  readonly retries: number
  /** ms for a chunk, or undefined. */
  readonly taskTimeout: number | undefined
}

/** The call that a chunk belongs to. */
export interface ChunkOwner {
  readonly recipe: RecipeRecord
  readonly policy: JobPolicy
  /** The call has ended: its outcomes interest nobody. */
  readonly over: boolean
  /** All outcomes of a chunk are in. */
  finished(chunk: Chunk): void
  /** The same, some time after the message that brought the last of them. */
  finishedLate(chunk: Chunk): void
}

/** Items that were drawn together. */
export interface Chunk {
  readonly job: ChunkOwner
  /** 0, 1, 2 … in input order. */
  readonly index: number
  /** The input number of the first item. */
  readonly start: number
  readonly count: number
  /** The packed items, until all outcomes are in. */
  items: Block
  /** The packed results, as far as they are in. */
  values: Block | undefined
  failures: Map<number, Failure> | undefined
  /** How many items have no outcome yet. */
  open: number
  /** How many bytes the results take, roughly. */
  bytes: number
}

/** A part of a chunk that is sent as one. */
export interface Piece {
  readonly chunk: Chunk
  /** Places within the chunk. */
  readonly from: number
  readonly to: number
  /** The first place that has no outcome yet. */
  next: number
  /** How often a worker died with this piece, blamed on its item at `blamed`. */
  attempts: number
  blamed: number
  /** Overrides the call's `exact`, after a death. */
  exact: boolean
}

/** A piece of `chunk`, not yet sent. */
export function makePiece(chunk: Chunk, from: number, to: number, exact = false, attempts = 0): Piece {
  return { chunk, from, to, next: from, attempts, blamed: from, exact }
}

/** Records the failure of the item at `place`. */
export function failItem(chunk: Chunk, place: number, failure: Failure): void {
  chunk.failures ??= new Map()
  chunk.failures.set(place, failure)
  chunk.open--
}

/** Puts the packed results from `from` to before `to` of `block` at `place` and behind. */
export function storeValues(chunk: Chunk, place: number, block: Block, from: number, to: number): void {
  chunk.bytes += blockSize(block, from, to)
  const numbers = Array.isArray(block) ? undefined : block
  if (numbers && from === 0 && to === chunk.count && to === block.length) {
    chunk.values = numbers
    return
  }
  let { values } = chunk
  if (values === undefined) values = emptyValues(chunk.count, numbers)
  else if (!Array.isArray(values) && !numbers) values = Array.from(values)
  else if (values instanceof Int32Array && numbers instanceof Float64Array) values = Float64Array.from(values)
  chunk.values = values
  if (numbers && !Array.isArray(values)) values.set(numbers.subarray(from, to), place)
  else for (let i = from; i < to; i++) values[place + i - from] = block[i] as number
}

/** Room for the results; a typed array for a few would cost more than it saves. */
function emptyValues(count: number, numbers: Int32Array | Float64Array | undefined): Block {
  if (count < FEW) return []
  return numbers ? new (kindOf(numbers))(count) : new Array(count)
}

function kindOf(numbers: Int32Array | Float64Array): Int32ArrayConstructor | Float64ArrayConstructor {
  return numbers instanceof Int32Array ? Int32Array : Float64Array
}

/** To be called when a chunk may be through: tells its call, once the classes of its errors are at hand. */
export function closeIfDone(chunk: Chunk): void {
  if (chunk.open > 0) return
  const { job, failures } = chunk
  if (failures === undefined) {
    job.finished(chunk)
    return
  }
  for (const { cause } of failures.values()) {
    const waiting = 'record' in cause ? job.recipe.classes.prepare(cause.record) : undefined
    if (waiting) {
      void waiting.then(() => job.finishedLate(chunk))
      return
    }
  }
  job.finished(chunk)
}

/** The bytes of a piece's items that have no outcome yet, roughly. */
export function pieceBytes(piece: Piece): number {
  return blockSize(piece.chunk.items, piece.next, piece.to)
}
