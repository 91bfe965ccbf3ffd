/**
 * What a report tells of the run itself, gathered from the pool's events while it runs, in bounded memory.
 *
 * A call is counted when its outcome arrives, as long as the worker says that it took. Between a worker's calls it waits:
 * for input, for the writer, or for the wire.
 */
import { performance } from 'node:perf_hooks'
import { listen } from '../pool/listen.js'
import type { Pool } from '../pool/pool.js'
import { TimeHistogram } from './histogram.js'
import type { FailureRow, RunData, WorkerLane } from './report-data.js'
import { TimeBins } from './time-bins.js'

/** How many events and failures are listed. */
const LISTED = 200
/** How much of a message is shown. */
const MESSAGE = 500

/** How a run ended. */
export interface RunEnd {
  readonly npool: number
  readonly done: number
  readonly configs: number
  readonly failed: number
}

interface Lane {
  readonly busy: Float64Array
  readonly starting: Float64Array
  starts: number
  items: number
  busySeconds: number
  startSeconds: number
  /** When its present start began; undefined: it is ready. */
  startedAt: number | undefined
  /** When its last call ended. */
  end: number
}

/** Listens to one run. */
export class RunRecorder {
  readonly #bins = new TimeBins()
  readonly #items = this.#bins.series()
  readonly #times = new TimeHistogram()
  readonly #lanes = new Map<number, Lane>()
  readonly #events: RunData['events'][number][] = []
  readonly #failures: FailureRow[] = []
  #eventCount = 0
  #failureCount = 0
  readonly #began = performance.now()
  readonly #cpu = process.cpuUsage()
  #stop: () => void = () => {}
  #end: (RunEnd & { seconds: number; parentSeconds: number }) | undefined

  /** Listens to the workers of the run's pool until {@link unfollow}. */
  follow(pool: Pool): void {
    // The time before the first start belongs to it: nobody could work yet.
    for (const { id, state } of pool.stats().workers) this.#lane(id).startedAt = state === 'starting' ? 0 : undefined
    this.#stop = listen(pool, {
      'worker-start': ({ id }) => {
        const lane = this.#lane(id)
        lane.starts++
        lane.startedAt ??= this.#now()
      },
      'worker-ready': ({ id }) => this.#ready(this.#lane(id)),
      'chunk-done': ({ worker, items, busy }) => this.#done(this.#lane(worker), items, busy / 1000),
      'worker-exit': ({ id, exitCode, signal }) => {
        this.#ready(this.#lane(id))
        if (exitCode !== 0) this.#event(id, signal === null ? `exit ${exitCode ?? '-'}` : signal)
      },
      retry: ({ worker, chunks }) => this.#event(worker, `${chunks} chunks to others`),
    })
  }

  /** Listens no more. */
  unfollow(): void {
    this.#stop()
  }

  /** Lists a failed item. */
  failed(row: FailureRow): void {
    this.#failureCount++
    if (this.#failures.length < LISTED) this.#failures.push({ ...row, message: row.message.slice(0, MESSAGE) })
  }

  /** The results are in. What the workers do from here on is no part of the run. */
  finished(end: RunEnd): void {
    const { user, system } = process.cpuUsage(this.#cpu)
    this.#end ??= { ...end, seconds: this.#now(), parentSeconds: (user + system) / 1e6 }
  }

  /** The run in numbers; `error`: why it ended early. */
  data(error: string | null): RunData {
    const none = { npool: 0, done: 0, configs: 0, failed: 0, seconds: this.#now(), parentSeconds: 0 }
    const { done, configs, failed, npool, seconds, parentSeconds } = this.#end ?? none
    const width = this.#bins.width
    return {
      seconds,
      error: error?.slice(0, MESSAGE) ?? null,
      npool,
      items: done,
      configs,
      failed,
      parentSeconds,
      binSeconds: width,
      rate: this.#bins.until(this.#items, seconds).map((count) => count / width),
      workers: [...this.#lanes].sort(([a], [b]) => a - b).map(([id, lane]) => this.#laneData(id, lane, seconds)),
      events: this.#events,
      moreEvents: this.#eventCount - this.#events.length,
      times: this.#times.histogram,
      failures: this.#failures,
      moreFailures: this.#failureCount - this.#failures.length,
    }
  }

  #lane(id: number): Lane {
    let lane = this.#lanes.get(id)
    if (!lane) {
      const series = { busy: this.#bins.series(), starting: this.#bins.series() }
      lane = { ...series, starts: 0, items: 0, busySeconds: 0, startSeconds: 0, startedAt: undefined, end: 0 }
      this.#lanes.set(id, lane)
    }
    return lane
  }

  #ready(lane: Lane): void {
    const now = this.#now()
    const from = Math.max(lane.startedAt ?? now, lane.end)
    lane.startedAt = undefined
    if (now <= from || this.#end) return
    lane.startSeconds += now - from
    this.#bins.add(lane.starting, from, now, now - from)
  }

  #done(lane: Lane, items: number, busy: number): void {
    const now = this.#now()
    const begin = Math.max(now - busy, lane.end)
    lane.end = now
    lane.items += items
    lane.busySeconds += now - begin
    this.#bins.add(lane.busy, begin, now, now - begin)
    this.#bins.add(this.#items, begin, now, items)
    if (items > 0) this.#times.add(busy / items, items)
  }

  #event(worker: number, text: string): void {
    if (this.#end) return
    this.#eventCount++
    if (this.#events.length < LISTED) this.#events.push({ seconds: this.#now(), worker, text })
  }

  #laneData(id: number, lane: Lane, seconds: number): WorkerLane {
    const { starts, items, busySeconds } = lane
    const startSeconds = lane.startSeconds + (lane.startedAt === undefined ? 0 : seconds - lane.startedAt)
    const tailSeconds = items === 0 ? 0 : Math.max(0, seconds - lane.end)
    const waitSeconds = Math.max(0, seconds - busySeconds - startSeconds - tailSeconds)
    const share = (series: Float64Array): number[] =>
      this.#bins.until(series, seconds).map((time) => Math.min(1, round(time / this.#bins.width)))
    const [busy, starting] = [share(lane.busy), share(lane.starting)]
    return { id, starts, items, busySeconds, startSeconds, waitSeconds, tailSeconds, busy, starting }
  }

  /** Seconds since the run began. */
  #now(): number {
    return (performance.now() - this.#began) / 1000
  }
}

/** Three digits: a page needn't hold more. */
function round(share: number): number {
  return Math.round(1000 * share) / 1000
}
