/**
 * Collects outcomes and decides when they leave: the coalescing of the way back.
 *
 * In exact mode every outcome leaves before the next item begins, so that after a death the first item without an outcome
 * is the one that was running. Otherwise outcomes leave together, at least every millisecond or so of work.
 */
import type { WorkerLink } from '../backend.js'
import { discard, type Packed, packedSize, toColumn } from '../column.js'
import type { ErrorRecord } from '../error-record.js'
import { encodeMessage } from '../protocol.js'

/** Without exactness, outcomes leave when this many ms have passed, … */
const FLUSH_AFTER = 1
/** … within a piece, of which nobody gets anything before it is whole, this many, … */
const FLUSH_WITHIN = 4
/** … or this many bytes have gathered. */
const FLUSH_BYTES = 256 * 1024
/** Items that take this long on average, ms, are sent one by one unless the pool says otherwise. */
const EXACT_FROM = 0.05
/** After this long, ms, the event loop gets a turn, so that messages of the pool are seen. */
const YIELD_AFTER = 4

/** Outcomes on their way to the pool. */
export class Outbox {
  readonly #link: WorkerLink
  #values: Packed[] = []
  #errors: [number, number, ErrorRecord][] = []
  #bytes = 0
  #busy = 0
  #unitTime = Number.POSITIVE_INFINITY
  #lastTick = 0
  #lastFlush = 0
  #lastYield = 0
  /** Report the resident memory. */
  reportMemory = false
  /**
   * The mode, which is always what the pool was told last: after a death it must know whether to believe that the first
   * item without an outcome was the one that ran. A worker begins exact.
   */
  #exact = true
  /** What the pool wants: always, never, or only while items take long enough. */
  wanted: boolean | null = null

  constructor(link: WorkerLink) {
    this.#link = link
  }

  /** How many items may run between two looks at the clock. */
  get burst(): number {
    if (this.#exact) return 1
    return this.#unitTime > 0.005 ? 1 : 32
  }

  /** Work begins now, after a pause. */
  start(): void {
    this.#lastTick = performance.now()
    this.#lastFlush = this.#lastTick
    if (this.#aim && !this.#exact) this.#post(true)
  }

  ok(value: Packed): void {
    this.#values.push(value)
    this.#bytes += packedSize(value)
  }

  /** `count` items have this error. */
  fail(error: ErrorRecord, count = 1): void {
    this.#errors.push([this.#values.length, count, error])
    for (let i = 0; i < count; i++) this.#values.push(undefined)
    this.#bytes += 1024
  }

  /**
   * After `units` calls: counts their time, sends what is due. `within`: the piece goes on. A promise says that work must
   * wait: for the pipe to take what was sent, or for the event loop to have a turn.
   */
  tick(units: number, within = false): Promise<void> | undefined {
    const now = performance.now()
    const took = now - this.#lastTick
    this.#lastTick = now
    this.#busy += took
    const mean = took / units
    this.#unitTime = this.#unitTime === Number.POSITIVE_INFINITY ? mean : 0.7 * this.#unitTime + 0.3 * mean
    const wasExact = this.#exact
    const after = within ? FLUSH_WITHIN : FLUSH_AFTER
    const due = wasExact || this.#aim || now - this.#lastFlush >= after || this.#bytes >= FLUSH_BYTES
    if (due) {
      this.#lastFlush = now
      this.#post(this.#aim)
    }
    const full = due ? this.#link.drained(!wasExact) : undefined
    if (full) return full.then(() => this.#resume())
    if (now - this.#lastYield < YIELD_AFTER) return undefined
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#resume())
  }

  /** Sends what there is. */
  flush(now: number = performance.now()): void {
    this.#lastFlush = now
    if (this.#values.length > 0) this.#post(this.#exact)
  }

  /** The process ends within the item that runs now: with this the pool knows which one that is. */
  last(): void {
    this.#post(true)
  }

  /** The mode that it should be. */
  get #aim(): boolean {
    return this.wanted ?? this.#unitTime >= EXACT_FROM
  }

  /** Sends the outcomes that there are, and the mode from here on. */
  #post(exact: boolean): void {
    this.#exact = exact
    const count = this.#values.length
    const { column, parcels } = toColumn(this.#values)
    const memory = this.reportMemory ? { memory: this.#link.memory?.() ?? process.memoryUsage.rss() } : {}
    const errors = this.#errors
    const values = this.#values
    this.#link.send(
      encodeMessage({ type: 'done', count, values: column, errors, busy: this.#busy, exact, ...memory }, parcels),
      parcels.length > 0 ? () => discard(values, 0, count) : undefined,
    )
    this.#values = []
    this.#errors = []
    this.#bytes = 0
    this.#busy = 0
  }

  /** Time spent waiting is no time of the items. */
  #resume(): void {
    this.#lastTick = performance.now()
    this.#lastYield = this.#lastTick
  }
}
