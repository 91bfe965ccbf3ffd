/**
 * How a pool and the program's life hang together: while somebody waits for a result the program is kept alive and listens
 * for Ctrl-C; an idle open pool keeps nothing alive; at the end what is unfinished is named.
 */
import type { WorkerCrew } from './crew.js'
import { type Ending, unwatchExit, watchExit } from './exit-watch.js'
import { type Interruptible, listenForInterrupt } from './interrupt.js'
import type { Job } from './job.js'

/** The ties between one pool and the program. */
export class Lifeline implements Ending {
  readonly name: string
  readonly #crew: WorkerCrew
  readonly #jobs: () => ReadonlySet<Job>
  readonly #interruptible: Interruptible
  #watching = false
  #listening = false

  /** @param jobs the calls that are not through */
  constructor(name: string, crew: WorkerCrew, jobs: () => ReadonlySet<Job>, interruptible: Interruptible) {
    this.name = name
    this.#crew = crew
    this.#jobs = jobs
    this.#interruptible = interruptible
  }

  get unfinished(): number {
    return [...this.#jobs()].filter((job) => !job.resting).length
  }

  killBusy(): void {
    for (const worker of this.#crew.workers) if (worker.inflight.length > 0) worker.handle?.kill('SIGKILL')
  }

  /**
   * To be called whenever something changed. `awaited`: somebody waits for the pool itself. `collecting`: a call waits for its
   * items, whose source keeps the program alive, or nothing does.
   */
  update(awaited: boolean, collecting: boolean): void {
    const working = this.#isWorking()
    const listens = working || collecting
    this.#crew.hold(awaited || working)
    if (listens !== this.#listening) listenForInterrupt(this.#interruptible, listens)
    this.#listening = listens
    const alive = this.#crew.workers.size > 0
    if (alive !== this.#watching) alive ? watchExit(this) : unwatchExit(this)
    this.#watching = alive
  }

  /** A worker has work, or a caller waits for some. */
  #isWorking(): boolean {
    for (const worker of this.#crew.workers) if (worker.inflight.length > 0) return true
    for (const job of this.#jobs()) if (job.urgent) return true
    return false
  }
}
