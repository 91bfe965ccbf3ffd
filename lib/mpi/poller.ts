/**
 * Looks for messages again and again: MPI tells nobody when one comes.
 *
 *     something moved ─► at once again ─► nothing yet ─► the core is offered to others ─► short naps ─► nothing for long ─► timers
 *
 * While messages come the delay is microseconds; an idle rank costs a few per cent of a core. Where there are fewer cores than
 * ranks, what a rank waits for is often computed on the core that it looks from: so it offers it after a few looks in vain.
 * The event loop has its turn after a few looks.
 */

/** How the pauses grow. */
export interface PollerPlan {
  /** So many fruitless looks in a row follow each other directly. */
  readonly spins: number
  /** Then so many, before each of which another process may have the core: at once again if none wants it. */
  readonly offers: number
  /** Then so many with a nap of `nap` ms before each (the thread sleeps: nothing else happens meanwhile). */
  readonly naps: number
  readonly nap: number
  /** Then timers of 1 ms, and from `slowAfter` fruitless looks on of `slow` ms. */
  readonly slowAfter: number
  readonly slow: number
}

/** While a transfer is under way, there are no naps before so many fruitless looks: some ms. */
const BUSY_LOOKS = 400
/** So many fruitless looks before the event loop has its turn, which costs as much as two of them. */
const TURN = 4

const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** Sleeps without leaving the thread. */
export function nap(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms)
}

/** Calls `look` for as long as it is running. */
export class Poller {
  readonly #look: () => boolean
  readonly #busy: () => boolean
  readonly #offer: () => void
  readonly #plan: PollerPlan
  #fruitless = 0
  /** After so many fruitless looks there are timers. */
  #sleepy = 1
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #running = false
  #held = true

  /**
   * @param look looks once; says whether there was something
   * @param busy whether something is on its way that only looking drives on
   * @param offer lets another process have the core, if one wants it
   */
  constructor(look: () => boolean, busy: () => boolean, offer: () => void, plan: PollerPlan) {
    this.#look = look
    this.#busy = busy
    this.#offer = offer
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
    const { spins, offers, naps, nap: length } = this.#plan
    const awake = this.#busy() ? BUSY_LOOKS : spins + offers
    this.#sleepy = awake + naps
    if (this.#fruitless >= awake && this.#fruitless < this.#sleepy) nap(length)
    for (let turn = 0; turn < TURN; turn++) {
      const found = this.#look()
      this.#fruitless = found ? 0 : this.#fruitless + 1
      if (found || !this.#running || this.#fruitless >= awake) break
      if (this.#fruitless >= spins) this.#offer()
    }
    if (this.#running && this.#immediate === undefined) {
      this.#cancel()
      this.#schedule()
    }
  }

  #schedule(): void {
    const { slowAfter, slow } = this.#plan
    if (this.#fruitless < this.#sleepy) this.#immediate = setImmediate(() => this.#step())
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
