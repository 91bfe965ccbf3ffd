/**
 * The end of a loop's way: outcomes, put back into input order, become output, failures and progress.
 */
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { debuglog } from 'node:util'
import type { Companion } from '../configset/begin-options.js'
import { FileReader, itemToAtoms } from '../configset/codec.js'
import type { ConfigSetOut } from '../configset/configset-out.js'
import { STDIO } from '../configset/input-file-error.js'
import type { InputFile, Item, PackedItem } from '../configset/item.js'
import { type ItemBatch, packBatch } from '../configset/item-batch.js'
import { type Produced, producer } from '../configset/produced.js'
import type { RunIdentity } from '../configset/run-journal.js'
import type { ChunkResult } from '../pool/failure.js'
import type { Report } from '../report/report.js'
import type { LoopSettings } from './autopara-info.js'
import { FailureLog, failureRecord } from './failures.js'
import { InFlight } from './in-flight.js'
import { sweep } from './leftovers.js'
import type { LoopProgress } from './loop-progress.js'
import { markFailed } from './mark-failed.js'
import { joinedCount, type PackedProduced, unpackProduced } from './packed-texts.js'
import type { LoopSummary, ProgressSink } from './progress-sink.js'
import { type FinishedChunk, type FinishedItem, Reorder } from './reorder.js'
import type { FailedItems, OldFrames } from './rerun-failed.js'

/** With NODE_DEBUG=autopara: who puts the results into the form of the output. */
const debug = debuglog('autopara')

const HOW = {
  extxyz: 'text, which the workers print and this process appends',
  rows: 'rows, which the workers encode and this process inserts',
  atoms: 'results are sent here as data',
} as const

/** What a {@link LoopOutput} works with. */
interface LoopOutputParts {
  out: ConfigSetOut | null
  files: readonly InputFile[]
  inputFiles: readonly string[]
  settings: LoopSettings
  opName: string
  sink: ProgressSink
  /** Only these items are run; everything else is copied from the finished output. */
  rerun: FailedItems | undefined
  report: Report | undefined
  progress: LoopProgress
}

/** Takes the chunks of a loop in order. */
export class LoopOutput {
  readonly #parts: LoopOutputParts
  readonly #reader: FileReader
  readonly #logs = new Map<string, FailureLog>()
  readonly #inFlight = new InFlight()
  #firstFailure: LoopSummary['firstFailure']
  #seed: number | string
  readonly #reorder: Reorder

  constructor(parts: LoopOutputParts) {
    this.#parts = parts
    this.#reader = new FileReader(parts.files)
    this.#seed = parts.settings.seed
    const [output] = parts.out?.outputFiles ?? []
    const place = parts.out && output !== undefined ? parts.out.namesOf(output).file.place : STDIO
    const folder = place === STDIO ? tmpdir() : dirname(place)
    this.#reorder = new Reorder(folder, parts.settings.maxAhead?.bytes)
  }

  /** Opens the outputs, with `identity` for a run that can be resumed. Returns the seed of the items' random streams. */
  async begin(identity: RunIdentity | undefined): Promise<number | string> {
    const { out, inputFiles, opName, sink, settings, rerun, progress } = this.#parts
    const companion: Companion = {
      prepare: (path) => this.#logs.get(path)?.prepare(),
      settle: (path) => this.#logs.get(path)?.settle(),
    }
    this.#seed = (await out?.begin(inputFiles, { identity, replace: rerun !== undefined, companion })) ?? settings.seed
    for (const file of inputFiles.length > 0 ? inputFiles.keys() : [-1]) {
      const path = out?.outputOf(file)
      if (!out || path === undefined || this.#logs.has(path)) continue
      if (out.has(Number.POSITIVE_INFINITY, file)) sweep(out, path)
      else this.#log(out, path).begin(out.resumedItems(file))
    }
    if (out)
      for (const path of out.form === 'atoms' ? ['memory'] : out.outputFiles) debug('%s: %s', path, HOW[out.form])
    sink.start?.(opName, () => progress.state())
    return this.#seed
  }

  /** Passes the items on, but for those that are in their output already, and remembers them until {@link take}. */
  async *drawn(batches: AsyncIterable<ItemBatch>): AsyncGenerator<PackedItem[]> {
    const { out, progress } = this.#parts
    const located = out?.additions.locationKey !== undefined
    for await (const batch of batches) {
      const wanted = this.#wanted(batch)
      progress.skipped += batch.length - wanted.length
      const first = this.#inFlight.drawn === 0 ? wanted.at(0) : undefined
      if (first) progress.begins(first)
      this.#inFlight.add(wanted)
      yield packBatch(wanted, located)
    }
  }

  /** The items of a batch, which are of one file, that are to be run. */
  #wanted(batch: ItemBatch): ItemBatch {
    const { out, rerun } = this.#parts
    const isDone = ({ index, file }: Item): boolean => out?.has(index, file) === true
    if (rerun) return [...batch].filter((item) => !isDone(item) && rerun.has(item.index))
    // What an output has already, it has from its first item on.
    const first = batch.at(0)
    return first && isDone(first) ? [...batch].filter((item) => !isDone(item)) : batch
  }

  /** Takes a chunk, and writes what can be written in order. Throws the item's error with `onError: 'raise'`. */
  async take(chunk: ChunkResult<PackedProduced>): Promise<void> {
    const items = this.#inFlight.take(chunk.start, chunk.outcomes)
    for (const ready of this.#reorder.push({ ...chunk, items })) await this.#write(ready)
    this.#parts.sink.update?.(this.#parts.progress.state())
  }

  async #write({ items, outcomes }: FinishedChunk): Promise<void> {
    const { rerun, progress } = this.#parts
    let item: Item | FinishedItem | undefined
    for (let k = 0; k < outcomes.length; k++) {
      const outcome = outcomes[k] as (typeof outcomes)[number]
      item = items.at(k) as Item | FinishedItem
      progress.done++
      if (rerun) await this.#copyOld(rerun.before(item.index), item)
      let produced = outcome.ok
        ? unpackProduced(outcome.value)
        : await this.#fail(item as Item, outcome.error, outcome.attempts)
      let more = 0
      for (let count = joinedCount(outcomes[k + 1]); count !== undefined; count = joinedCount(outcomes[k + 1])) {
        more += count
        progress.done++
        k++
      }
      item = items.at(k) as Item | FinishedItem
      if (produced && more > 0) produced = { ...produced, count: produced.count + more }
      progress.configs += produced?.count ?? 0
      const full = produced && this.#parts.out?.put(produced, item.loc, item.file, item.index)
      if (full) await full
    }
    if (item) progress.reached(item)
  }

  /** Copies parts of the finished output whose failures are run again, before the place of `item` if there is one. */
  async #copyOld(parts: AsyncIterable<OldFrames>, item?: Item | FinishedItem): Promise<void> {
    const { loc = [], file = -1, index = 0 } = item ?? {}
    for await (const { bytes, count } of parts)
      await this.#parts.out?.put({ count, list: false, bytes }, loc, file, index)
  }

  /** Logs the failure of an item. Gives what is written for it, if anything. */
  async #fail(item: Item, error: Error & { kept?: Produced }, attempts: number): Promise<Produced | undefined> {
    const { out, inputFiles, settings, report, progress } = this.#parts
    // Nothing is wrong with an item that was not begun.
    if (error.name === 'InterruptedError') throw error
    const file = inputFiles[item.file]
    const record = failureRecord(item.index, item.loc, file, error, attempts)
    report?.failed({ index: item.index, location: record.location, file: file ?? '', message: record.error.message })
    if (settings.onError === 'raise' || isOfTheRun(error))
      throw Object.assign(error, { item: { index: record.index, location: record.location, file } })
    progress.failed++
    this.#firstFailure ??= { index: record.index, location: record.location, message: record.error.message }
    const produced = await this.#kept(item, error)
    const path = out?.outputOf(item.file)
    if (out && path !== undefined) {
      const place = { frame: out.framesOf(item.file), frames: produced?.count ?? 0 }
      this.#log(out, path).add({ ...record, ...place, seed: this.#seed })
    }
    return produced
  }

  /** What is passed on of an item that failed. */
  async #kept(item: Item, error: Error & { kept?: Produced }): Promise<Produced | undefined> {
    const { out, settings } = this.#parts
    if (settings.onError !== 'keep' || !out || item.kind === 'value') return undefined
    if (error.kept) return error.kept
    const produce = await producer(out.form, out.additions)
    return produce(markFailed(itemToAtoms(item, this.#reader), error), item.loc)
  }

  #log(out: ConfigSetOut, path: string): FailureLog {
    let log = this.#logs.get(path)
    if (!log) {
      log = FailureLog.of(out, path)
      this.#logs.set(path, log)
    }
    return log
  }

  #summary(): LoopSummary {
    const { settings, opName, progress } = this.#parts
    const { done, failed, configs, rate, seconds } = progress
    const log = [...this.#logs.values()].find((candidate) => candidate.begun)
    return {
      done,
      failed,
      configs,
      rate,
      op: opName,
      seconds,
      npool: settings.npool,
      seed: this.#seed,
      seedDrawn: settings.seedDrawn,
      firstFailure: this.#firstFailure,
      failureLog: log?.path,
    }
  }

  /** Completes the outputs. */
  async end(): Promise<void> {
    const { out, rerun } = this.#parts
    if (rerun) await this.#copyOld(rerun.rest())
    await out?.endWrite()
    this.#close()
  }

  /** Gives up what isn't complete. */
  async abandon(): Promise<void> {
    // Before the temporary file goes, by which a log knows that its output is not complete.
    for (const log of this.#logs.values()) log.abandon()
    await this.#parts.out?.abandon()
    this.#close()
  }

  #close(): void {
    this.#reader.close()
    this.#reorder.close()
    const summary = this.#summary()
    this.#parts.report?.finished(summary)
    this.#parts.sink.end?.(summary)
  }
}

/** Whether an error is none of the item that it befell: the job can't be set up, or its input can't be read. */
function isOfTheRun(error: Error & { code?: unknown }): boolean {
  return error.name === 'LoopSetupError' || error.code === 'AUTOPARA_INPUT_FILE'
}
