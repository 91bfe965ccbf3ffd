/** At most so many lines or frames are done without the kernel before it is asked again. */
const MOST = 1024

/** Says when to ask the kernel again where it was of no use: after 1, 2, 4 … lines or frames that were done without it. */
export class Patience {
  #left = 0
  #next = 1

  /** Whether to ask it now. */
  get isDue(): boolean {
    return this.#left === 0
  }

  /** It was asked, and was of use or not. */
  asked(ofUse: boolean): void {
    this.#left = ofUse ? 0 : this.#next
    this.#next = ofUse ? 1 : Math.min(2 * this.#next, MOST)
  }

  /** One is done without it. */
  without(): void {
    if (this.#left > 0) this.#left--
  }
}
