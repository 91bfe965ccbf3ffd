/**
 * Items that failed: raised, left out, or passed on with a mark; the last two are logged beside the output.
 */
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { writeError } from '../configset/file-sink.js'
import { formatLocation, type Location } from '../configset/location.js'
import { oneLine } from './mark-failed.js'

/** What becomes of an item that failed: the loop ends with its error, it is left out, or the input is passed on, marked. */
export type OnError = 'raise' | 'skip' | 'keep'

/** A failed item, as a line of the failure log. */
export interface FailureRecord {
  /** The item's number in the whole input. */
  index: number
  /** Its location, as of `ConfigSetIn.entries()`. */
  location: string
  /** The input file that it is from. */
  file?: string
  /** Its error. */
  error: { name: string; message: string; code?: string }
  /** How often it was tried. */
  attempts: number
  /** The number, in the output, of the first configuration that stands for it, or would. */
  frame?: number
  /** How many configurations stand for it. */
  frames?: number
  /** The seed of the run. */
  seed?: number | string
}

/** The record of a failure, for the log. */
export function failureRecord(
  index: number,
  loc: Location,
  file: string | undefined,
  error: Error,
  attempts: number,
): FailureRecord {
  const { name, message } = error
  const code = (error as { code?: unknown }).code
  return {
    index,
    location: formatLocation(loc),
    ...(file === undefined ? {} : { file }),
    error: { name, message: oneLine(message), ...(typeof code === 'string' ? { code } : {}) },
    attempts,
  }
}

/** JSON lines in `OUTPUT.failed.jsonl`; made with the first failure. */
export class FailureLog {
  readonly path: string
  /** Where this run writes: a run that replaces a finished output replaces its log with it. */
  #writing: string
  #begun = false

  constructor(output: string) {
    this.path = `${output}.failed.jsonl`
    this.#writing = this.path
  }

  /** Removes what an earlier run logged, but for items before number `next`, which a resumed run goes on behind. */
  cutAt(next: number): void {
    const kept = next === 0 ? [] : this.records().filter(({ index }) => index < next)
    if (kept.length === 0) rmSync(this.path, { force: true })
    else writeFileSync(this.path, kept.map(toLine).join(''))
  }

  /** Leaves the log of the finished output in its place until {@link finish}. */
  replace(): void {
    this.#writing = `${this.path}.partial`
    rmSync(this.#writing, { force: true })
  }

  /** What is logged, but for a line that a crash cut off. */
  records(): FailureRecord[] {
    if (!existsSync(this.path)) return []
    const lines = readFileSync(this.path, 'utf8').split('\n')
    return lines
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as FailureRecord)
  }

  add(record: FailureRecord): void {
    try {
      appendFileSync(this.#writing, toLine(record))
    } catch (error) {
      throw writeError(this.#writing, error)
    }
    this.#begun = true
  }

  /** The output is complete: its log takes the place of an earlier one. */
  finish(): void {
    if (this.#writing === this.path) return
    if (this.#begun) renameSync(this.#writing, this.path)
    else rmSync(this.path, { force: true })
  }

  /** The output was given up: so is a log that was to replace another. */
  abandon(): void {
    if (this.#writing !== this.path) rmSync(this.#writing, { force: true })
  }

  /** Whether this run logged anything. */
  get begun(): boolean {
    return this.#begun
  }
}

function toLine(record: FailureRecord): string {
  return `${JSON.stringify(record)}\n`
}
