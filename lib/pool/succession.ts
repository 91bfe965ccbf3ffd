/**
 * Who comes in whose place: a worker that is to go, and the one that was started so that it can.
 *
 * The two hold one place among the pool's workers: the heir waits until its predecessor has done what it has.
 */
import type { PoolWorker } from './pool-worker.js'

/** The workers that retire, and their heirs. */
export class Succession {
  readonly #heirs = new Map<PoolWorker, PoolWorker>()

  /** `heir` was started in the place of `worker`, which retires. */
  begin(worker: PoolWorker, heir: PoolWorker): void {
    this.#heirs.set(worker, heir)
  }

  heirOf(worker: PoolWorker): PoolWorker | undefined {
    return this.#heirs.get(worker)
  }

  predecessorOf(heir: PoolWorker): PoolWorker | undefined {
    for (const [worker, other] of this.#heirs) if (other === heir) return worker
    return undefined
  }

  /** `dead` is gone before its time; `next` comes in its place, as an heir too if it was one. */
  replace(dead: PoolWorker, next: PoolWorker): void {
    const predecessor = this.predecessorOf(dead)
    if (predecessor) this.#heirs.set(predecessor, next)
  }

  /** `worker` is gone. Gives its heir, for whom the place is free. */
  end(worker: PoolWorker): PoolWorker | undefined {
    const heir = this.#heirs.get(worker)
    this.#heirs.delete(worker)
    return heir
  }
}
