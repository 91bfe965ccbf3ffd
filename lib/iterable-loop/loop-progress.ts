/** How far a loop is: counted as its results are written, worked out when somebody asks. */
import { performance } from 'node:perf_hooks'
import type { InputFile, Item } from '../configset/item.js'
import type { Pool } from '../pool/pool.js'
import type { ProgressState } from './progress-sink.js'

/** The counters of one loop. */
export class LoopProgress {
  /** Items whose results are written, those that failed, and the configurations that they gave. */
  done = 0
  failed = 0
  configs = 0
  /** Items that needn't be run. */
  skipped = 0
  readonly #pool: Pool
  readonly #total: number | undefined
  /** How many bytes of the input lie before each file, and in all. */
  readonly #offsets: readonly number[]
  readonly #began = performance.now()
  /** The bytes of the input that lie before this run's first item, and before the end of its last one. */
  #from: number | undefined
  #to = 0

  /** @param total how many items there are, where that is known; otherwise the bytes of the files tell. */
  constructor(files: readonly InputFile[], pool: Pool, total: number | undefined) {
    this.#pool = pool
    this.#total = total
    const offsets = [0]
    for (const { stat } of files) offsets.push((offsets.at(-1) ?? 0) + (stat?.size ?? Number.NaN))
    this.#offsets = offsets
  }

  /** The first item of this run. */
  begins(item: Item): void {
    if (item.kind === 'range') this.#from = (this.#offsets[item.file] ?? Number.NaN) + item.start
  }

  /** The results of all items up to this one are written. */
  reached(item: Item | { readonly kind: 'finished' }): void {
    if (item.kind === 'range') this.#to = (this.#offsets[item.file] ?? Number.NaN) + item.end
  }

  /** Since the begin, s. */
  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  /** Items a second. */
  get rate(): number {
    const { seconds } = this
    return seconds > 0 ? this.done / seconds : 0
  }

  /** What a sink is told. The workers are counted when `busy` is read. */
  state(): ProgressState {
    const { done, failed, configs, rate, seconds } = this
    const pool = this.#pool
    const [before, now] = this.#shares()
    return {
      done,
      failed,
      configs,
      rate,
      fraction: now,
      left:
        now === undefined || before === undefined || now <= before ? undefined : (seconds * (1 - now)) / (now - before),
      workers: pool.processes || 1,
      get busy() {
        return pool.stats().workers.filter(({ inflight }) => inflight > 0).length
      },
    }
  }

  /** The share of the input that was done before this run, and is done now. */
  #shares(): [before: number | undefined, now: number | undefined] {
    if (this.#total) return [this.skipped / this.#total, Math.min(1, (this.skipped + this.done) / this.#total)]
    const bytes = this.#offsets.at(-1)
    if (!bytes || this.#from === undefined) return [undefined, undefined]
    return [this.#from / bytes, this.#to / bytes]
  }
}
