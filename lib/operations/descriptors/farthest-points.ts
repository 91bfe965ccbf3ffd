/**
 * Greedy farthest-point selection: each next point is the one whose nearest selected point is farthest away.
 *
 * The points are read as a stream, several times, and only those selected and about as many candidates are held. After a
 * pass the best candidates are known exactly, and no other point can come before the worst of them (a distance to the
 * nearest selected point only shrinks): so from one pass many points are selected, until that bound is reached.
 *
 *     pass: stream ──► candidates (a heap of the farthest)  ──► select, update distances, select … ──► bound ──► next pass
 */
import { checkInteger, rangeError } from '../../base/options.js'
import { checkSameLength, squaredDistance } from './similarity.js'

/** Options of {@link farthestPoints}. */
export interface FarthestPointsOptions {
  /** The index of the first point, where there are no previous ones. Default 0. */
  start?: number
  /** Points that were selected before: the new ones are far from them too. */
  previous?: readonly Float64Array[]
  /** Indices that must not be selected. */
  exclude?: ReadonlySet<number>
}

/** What was selected, in the order of selection. */
export interface FarthestPoints {
  /** The selected points' numbers in the stream, in the order of selection. */
  indices: number[]
  /** The Euclidean distance of each point to the nearest one selected before it; Infinity for the first of all. */
  distances: number[]
}

/** Yields all points, in the same order at each call. */
export type PointStream = () => Iterable<Float64Array> | AsyncIterable<Float64Array>

interface Candidate {
  readonly index: number
  readonly point: Float64Array
  /** Squared distance to the nearest selected point. */
  distance: number
}

/** At least so many candidates are held, so that a small selection does not need a pass for each point. */
const MIN_CANDIDATES = 32

/**
 * Selects `count` points; of equally far ones the first. Memory: the selection and as many candidates.
 *
 * @throws {OptionRangeError} when there are fewer points, points of different lengths, or some that aren't finite.
 */
export async function farthestPoints(
  points: PointStream,
  count: number,
  options: FarthestPointsOptions = {},
): Promise<FarthestPoints> {
  checkInteger('count', count, 0, 'an integer of at least 0')
  const selection = new Selection(options)
  if (count > 0 && selection.points.length === 0) await selectFirst(points, selection, options.start ?? 0)
  while (selection.indices.length < count) {
    const candidates = await farthest(points, selection, Math.max(MIN_CANDIDATES, count))
    const bound = candidates.full ? candidates.items[0] : undefined
    const limit = bound && { ...bound }
    const before = selection.indices.length
    let best = takeBest(candidates.items)
    while (best && selection.indices.length < count && !(limit && isBefore(limit, best))) {
      selection.add(best)
      for (const other of candidates.items) {
        other.distance = Math.min(other.distance, squaredDistance(other.point, best.point))
      }
      best = takeBest(candidates.items)
    }
    if (selection.indices.length === before) throw rangeError('count', `at most ${before}, the number of points`, count)
  }
  return { indices: selection.indices, distances: selection.distances }
}

/** The selected points. */
class Selection {
  readonly points: Float64Array[]
  readonly indices: number[] = []
  readonly distances: number[] = []
  readonly #excluded: Set<number>

  constructor({ previous = [], exclude = new Set() }: FarthestPointsOptions) {
    this.points = [...previous]
    for (const [k, point] of this.points.entries()) checkFinitePoint(`previous[${k}]`, point)
    this.#excluded = new Set(exclude)
  }

  add({ index, point, distance }: Candidate): void {
    this.points.push(point)
    this.indices.push(index)
    this.distances.push(Math.sqrt(distance))
    this.#excluded.add(index)
  }

  isOpen(index: number): boolean {
    return !this.#excluded.has(index)
  }

  /** Squared distance to the nearest selected point. It may be wrong, but not too small, where it is below `least`. */
  distance(point: Float64Array, least: number): number {
    let nearest = Number.POSITIVE_INFINITY
    for (let k = this.points.length - 1; k >= 0 && nearest >= least; k--) {
      nearest = Math.min(nearest, squaredDistance(point, this.points[k]!))
    }
    return nearest
  }
}

function checkFinitePoint(name: string, point: Float64Array): void {
  const wrong = point.find((component) => !Number.isFinite(component))
  if (wrong !== undefined) throw rangeError(name, 'of finite numbers', wrong)
}

/** Selects the point of this index. */
async function selectFirst(points: PointStream, selection: Selection, start: number): Promise<void> {
  checkInteger('start', start, 0, 'an index of a point')
  if (!selection.isOpen(start)) throw rangeError('start', 'an index that is not excluded', start)
  let index = 0
  for await (const point of points()) {
    if (index++ < start) continue
    checkFinitePoint(`point ${start}`, point)
    selection.add({ index: start, point: point.slice(), distance: Number.POSITIVE_INFINITY })
    return
  }
  throw rangeError('start', `an index of one of the ${index} points`, start)
}

/** One pass: the `most` open points that are farthest from the selection; `full` when there are others. */
async function farthest(
  points: PointStream,
  selection: Selection,
  most: number,
): Promise<{ items: Candidate[]; full: boolean }> {
  const items: Candidate[] = []
  const [first] = selection.points
  let full = false
  let index = -1
  for await (const point of points()) {
    index++
    if (first) checkSameLength(first, point)
    if (!selection.isOpen(index)) continue
    checkFinitePoint(`point ${index}`, point)
    const worst = items.length < most ? undefined : items[0]
    const candidate = { index, point, distance: selection.distance(point, worst?.distance ?? 0) }
    if (worst === undefined) {
      push(items, { ...candidate, point: point.slice() })
    } else {
      full = true
      if (isBefore(candidate, worst)) {
        items[0] = { ...candidate, point: point.slice() }
        sink(items)
      }
    }
  }
  return { items, full }
}

/** True when `a` is to be selected before `b`: farther, or equally far and earlier in the stream. */
function isBefore(a: Candidate, b: Candidate): boolean {
  return a.distance !== b.distance ? a.distance > b.distance : a.index < b.index
}

/** Removes and returns the candidate to be selected next (by a plain search: distances change with each selection). */
function takeBest(items: Candidate[]): Candidate | undefined {
  let best = 0
  for (let i = 1; i < items.length; i++) if (isBefore(items[i]!, items[best]!)) best = i
  const found = items[best]
  const last = items.pop()
  if (found && last && found !== last) items[best] = last
  return found
}

/** Adds to a heap whose root comes last in the order of {@link isBefore}. */
function push(heap: Candidate[], item: Candidate): void {
  heap.push(item)
  let at = heap.length - 1
  while (at > 0) {
    const up = (at - 1) >> 1
    if (!isBefore(heap[up]!, heap[at]!)) break
    ;[heap[up], heap[at]] = [heap[at]!, heap[up]!]
    at = up
  }
}

/** Moves a new root of that heap to its place. */
function sink(heap: Candidate[]): void {
  let at = 0
  while (true) {
    let down = 2 * at + 1
    if (down >= heap.length) return
    if (down + 1 < heap.length && isBefore(heap[down]!, heap[down + 1]!)) down++
    if (!isBefore(heap[at]!, heap[down]!)) return
    ;[heap[at], heap[down]] = [heap[down]!, heap[at]!]
    at = down
  }
}
