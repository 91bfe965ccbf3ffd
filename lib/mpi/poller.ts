/**
 * Looks for messages again and again: MPI tells nobody when one comes.
 *
 *     something moved ─► at once again ─► nothing for a while ─► short naps ─► nothing for long ─► timers
 *
 * While messages come the delay is microseconds; an idle rank costs a few per cent of a core. Between two looks the event
 * loop always has its turn.
 */

/** How the pauses grow. */
export interface PollerPlan {
  /** So many fruitless looks in a row follow each other directly. */
  readonly spins: number
  /** Then so many with a nap of `nap` ms before each (the thread sleeps: nothing else happens meanwhile). */
  readonly naps: number
  readonly nap: number
  /** Then timers of 1 ms, and from `slowAfter` fruitless looks on of `slow` ms. */
  readonly slowAfter: number
  readonly slow: number
}

/** While a transfer is under way, so many fruitless looks follow each other directly: some ms. */
const BUSY_SPINS = 1000

const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** Sleeps without leaving the thread. */
export function nap(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms)
}

/** Calls `look` for as long as it is running. */
export class Poller {
  readonly #look: () => boolean
  readonly #busy: () => boolean
  readonly #plan: PollerPlan
  #fruitless = 0
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #running = false
  #held = true

  /**
   * @param look looks once; says whether there was something
   * @param busy whether something is on its way that only looking drives on
   */
  constructor(look: () => boolean, busy: () => boolean, plan: PollerPlan) {
    this.#look = look
    this.#busy = busy
    this.#plan = plan
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.wake()
  }

  stop(): void {
    this.#running = false
    this.#cancel()
  }

  /** Something is to be expected: look at once, and often. */
  wake(): void {
    this.#fruitless = 0
    if (!this.#running || this.#immediate !== undefined) return
    this.#cancel()
    this.#schedule()
  }

  /** Whether looking keeps the program alive. */
  hold(held: boolean): void {
    this.#held = held
    if (held) {
      this.#immediate?.ref()
      this.#timer?.ref()
    } else {
      this.#immediate?.unref()
      this.#timer?.unref()
    }
  }

  #step(): void {
    this.#immediate = undefined
    this.#timer = undefined
    const { spins, naps, nap: length } = this.#plan
    const driving = this.#fruitless < BUSY_SPINS && this.#busy()
    if (!driving && this.#fruitless >= spins && this.#fruitless < spins + naps) nap(length)
    this.#fruitless = this.#look() ? 0 : this.#fruitless + 1
    if (this.#running && this.#immediate === undefined) {
      this.#cancel()
      this.#schedule()
    }
  }

  #schedule(): void {
    const { spins, naps, slowAfter, slow } = this.#plan
    if (this.#fruitless < spins + naps) this.#immediate = setImmediate(() => this.#step())
    else this.#timer = setTimeout(() => this.#step(), this.#fruitless < slowAfter ? 1 : slow)
    this.hold(this.#held)
  }

  #cancel(): void {
    clearImmediate(this.#immediate)
    clearTimeout(this.#timer)
    this.#immediate = undefined
    this.#timer = undefined
  }
}
