/** Histograms: of times, which grow as they come and span decades; and of values that are all there. */
import type { Histogram } from './report-data.js'

const PER_DECADE = 8
/** The first edge, s, and how many bins there are: to 10^6 s. */
const SHORTEST = 1e-6
const TIME_BINS = 12 * PER_DECADE

/** Counts times in bins of a fixed ratio. */
export class TimeHistogram {
  readonly #counts = new Float64Array(TIME_BINS)

  /** Counts `weight` times of `seconds` each. */
  add(seconds: number, weight: number): void {
    const bin = Math.floor(PER_DECADE * Math.log10(Math.max(seconds, SHORTEST) / SHORTEST))
    const place = Math.min(bin, TIME_BINS - 1)
    this.#counts[place] = (this.#counts[place] ?? 0) + weight
  }

  /** The bins from the first to the last that is not empty. */
  get histogram(): Histogram {
    const first = this.#counts.findIndex((count) => count > 0)
    if (first < 0) return { edges: [], counts: [] }
    const last = this.#counts.findLastIndex((count) => count > 0)
    const edges = Array.from({ length: last - first + 2 }, (_, k) => SHORTEST * 10 ** ((first + k) / PER_DECADE))
    return { edges, counts: [...this.#counts.subarray(first, last + 1)] }
  }
}

/** `bins` equal bins from `low` to `high`: their edges. */
export function equalEdges(low: number, high: number, bins: number): number[] {
  const width = (high > low ? high - low : Math.max(Math.abs(low), 1) * 1e-6) / bins
  return Array.from({ length: bins + 1 }, (_, k) => low + k * width)
}

/** How many of `values` lie in each bin of equal width, and how many in none. */
export function countInto(edges: readonly number[], values: ArrayLike<number>): { counts: number[]; outside: number } {
  const bins = edges.length - 1
  const low = edges[0] ?? 0
  const high = edges[bins] ?? low
  const counts = new Array<number>(bins).fill(0)
  let outside = 0
  for (let k = 0; k < values.length; k++) {
    const value = values[k] ?? Number.NaN
    const bin = Math.min(bins - 1, Math.floor((bins * (value - low)) / (high - low)))
    if (value >= low && value <= high) counts[bin] = (counts[bin] ?? 0) + 1
    else outside++
  }
  return { counts, outside }
}

/** The value below which a share of sorted `values` lies. */
export function quantile(values: Float64Array, share: number): number {
  return values[Math.round(share * (values.length - 1))] ?? Number.NaN
}
