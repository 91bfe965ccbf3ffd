/** Mean, spread and range of numbers that pass by one at a time (Welford's way, which loses no digits). */

/** Figures of some numbers. */
export interface Figures {
  count: number
  min: number
  mean: number
  max: number
  /** The standard deviation, with the count as divisor, as numpy's. */
  std: number
}

/** Takes numbers and gives their figures. */
export class NumberFigures {
  #count = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY
  #mean = 0
  #squares = 0

  add(value: number): void {
    this.#count++
    const off = value - this.#mean
    this.#mean += off / this.#count
    this.#squares += off * (value - this.#mean)
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
  }

  /** Of what was added; there must be something. */
  get figures(): Figures {
    const std = Math.sqrt(this.#squares / this.#count)
    return { count: this.#count, min: this.#min, mean: this.#mean, max: this.#max, std }
  }
}
