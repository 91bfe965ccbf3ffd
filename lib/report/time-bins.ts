/**
 * Sums over time in a fixed number of bins, for a run whose length nobody knows.
 *
 *     |▂▆█▃|    |    when the time leaves the last bin, neighbours are added up: the bins are twice as wide, and half are free
 *
 * All series of one clock have the same bins.
 */

/** How many bins a series has. */
const BINS = 240
/** The width of a bin at the begin, s. */
const FIRST_WIDTH = 0.001

/** Series over the same bins. */
export class TimeBins {
  readonly #series: Float64Array[] = []
  #width = FIRST_WIDTH

  /** The present width of a bin, s. */
  get width(): number {
    return this.#width
  }

  /** A new series of zeros. */
  series(): Float64Array {
    const series = new Float64Array(BINS)
    this.#series.push(series)
    return series
  }

  /** Adds `amount` to a series of this clock, spread evenly over the time from `from` to `to`, s. */
  add(series: Float64Array, from: number, to: number, amount: number): void {
    while (to >= BINS * this.#width) this.#widen()
    const first = Math.max(0, Math.floor(from / this.#width))
    const last = Math.max(first, Math.floor(to / this.#width))
    for (let bin = first; bin <= last; bin++) {
      const inside = Math.min(to, (bin + 1) * this.#width) - Math.max(from, bin * this.#width)
      series[bin] = (series[bin] ?? 0) + (to > from ? (amount * Math.max(0, inside)) / (to - from) : amount)
    }
  }

  /** The bins of a series until `end`, s. */
  until(series: Float64Array, end: number): number[] {
    return [...series.subarray(0, Math.max(1, Math.ceil(end / this.#width)))]
  }

  #widen(): void {
    for (const series of this.#series) {
      for (let bin = 0; bin < BINS / 2; bin++) series[bin] = (series[2 * bin] ?? 0) + (series[2 * bin + 1] ?? 0)
      series.fill(0, BINS / 2)
    }
    this.#width *= 2
  }
}
