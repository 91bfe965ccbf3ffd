import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Rng } from 'autopara'

/** Sends a signal to a random live worker of this process's pools, as progress is made, so many times. */
export class Killer {
  kills = 0
  readonly #most: number
  readonly #pids = new Map<number, number>()
  readonly #rng: Rng
  readonly #started = ({ id, pid }: { id: number; pid: number }): void => void this.#pids.set(id, pid)
  readonly #exited = ({ id, pid }: { id: number; pid: number }): void => {
    if (this.#pids.get(id) === pid) this.#pids.delete(id)
  }

  constructor(most: number, seed = 'killer') {
    this.#most = most
    this.#rng = new Rng(seed)
    subscribe('autopara:worker-ready', this.#started as never)
    subscribe('autopara:worker-exit', this.#exited as never)
  }

  strike(): void {
    const pids = [...this.#pids]
    if (this.kills === this.#most || pids.length === 0) return
    const [id, pid] = pids[this.#rng.integers(0, pids.length)]!
    const signal = (['SIGKILL', 'SIGTERM', 'SIGSTOP'] as const)[this.kills % 3]!
    process.kill(pid, signal)
    this.#pids.delete(id)
    this.kills++
  }

  end(): void {
    unsubscribe('autopara:worker-ready', this.#started as never)
    unsubscribe('autopara:worker-exit', this.#exited as never)
  }
}
