/** At most so many lines or frames are done without the kernel before it is asked again. */
const MOST = 1024

/** For fewer lines it is not worth copying what follows them to the kernel. */
export const WORTH_ASKING = 8

/** Says when to ask the kernel again where it was of no use: after 1, 2, 4 … lines or frames that were done without it. */
export class Patience {
  readonly #worth: number
  #left = 0
  #next = 1

  /** @param worth with fewer lines or frames done by it, to ask it was of no use */
  constructor(worth: number) {
    this.#worth = worth
  }

  /** Whether to ask it now. */
  get isDue(): boolean {
    return this.#left === 0
  }

  /** It was asked, and has done so many. */
  asked(done: number): void {
    const ofUse = done >= this.#worth
    this.#left = ofUse ? 0 : this.#next
    this.#next = ofUse ? 1 : Math.min(2 * this.#next, MOST)
  }

  /** One is done without it. */
  without(): void {
    if (this.#left > 0) this.#left--
  }
}
