/** Promises of states: each settles when its condition holds, or all when waiting has no more sense. */

interface Waiter {
  readonly holds: () => boolean
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Who waits for what. */
export class Conditions {
  #waiters: Waiter[] = []

  /** Somebody waits. */
  get awaited(): boolean {
    return this.#waiters.length > 0
  }

  /** Settles at the first {@link check} at which `holds` is true. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ holds, resolve, reject }))
  }

  /** To be called whenever a condition may have come true. */
  check(): void {
    if (this.#waiters.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => {
      if (!waiter.holds()) return true
      waiter.resolve()
      return false
    })
  }

  /** No condition will come true any more. */
  fail(makeError: () => Error): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(makeError())
  }
}
