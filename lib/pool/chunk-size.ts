/** How large chunks are, and how many of them a worker has at a time: rules of Python's pool, and of measured times. */
import type { JobPolicy } from './chunk.js'
import type { RecipeRecord } from './recipe.js'

/** Work that a worker has ahead, ms: enough to hide the way there and back. */
const AHEAD = 2
/** Chunks that take longer than this, ms, are sent one by one, unless the way is long. */
const ONE_BY_ONE = 10
/** The most chunks that a worker has ahead. */
const MAX_DEPTH = 512
/** `auto` aims at chunks of this duration, ms, … */
const AUTO_TIME = 8
/** … makes none of less, unless a worker would get more than its share of what is left, … */
const AUTO_LEAST = 0.25
/** … and makes none larger than this. */
const AUTO_MAX = 65_536

/** Python's rule for `map`: four chunks per worker, `ceil(items / (4 × processes))`. */
export function pythonChunksize(items: number, processes: number): number {
  return Math.max(1, Math.ceil(items / (4 * Math.max(1, processes))))
}

/** A call, as far as chunk sizes depend on it. */
interface Sized {
  readonly recipe: RecipeRecord
  readonly policy: JobPolicy
  remainingChunks(chunksize: number): number | undefined
}

/** The size of the next chunk. `auto`: by the measured time, and shrinking towards the end so that all end together. */
export function nextChunksize(job: Sized, processes: number): number {
  const { chunksize } = job.policy
  if (chunksize !== 'auto') return chunksize
  const { itemTime } = job.recipe
  if (itemTime === undefined) return 1
  const byTime = Math.floor(AUTO_TIME / Math.max(itemTime, AUTO_TIME / AUTO_MAX))
  const remaining = job.remainingChunks(1)
  if (remaining === undefined) return Math.max(1, byTime)
  const share = remaining / Math.max(1, processes)
  const byTail = Math.max(Math.ceil(share / 2), Math.min(Math.ceil(AUTO_LEAST / itemTime), Math.ceil(share)))
  return Math.max(1, Math.min(byTime, byTail))
}

/** What a chunk is expected to take, ms; undefined before anything is known. */
export function chunkTime(job: Sized, chunksize: number): number | undefined {
  const { itemTime } = job.recipe
  return itemTime === undefined ? undefined : itemTime * chunksize
}

/** How many chunks of this duration a worker should have under way; `longWay`: also of long ones the next is to be there. */
export function depthFor(time: number | undefined, longWay = false): number {
  if (time === undefined) return 1
  if (time >= ONE_BY_ONE) return longWay ? 2 : 1
  return Math.max(2, Math.min(MAX_DEPTH, Math.ceil(AHEAD / Math.max(time, 1e-6))))
}
