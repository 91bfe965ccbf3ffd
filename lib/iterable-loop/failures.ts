/**
 * Items that failed: raised, left out, or passed on with a mark; the last two are logged beside the output.
 */
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { ConfigSetOut } from '../configset/configset-out.js'
import { formatLocation, type Location } from '../configset/location.js'
import { outputFileError } from '../configset/output-file-error.js'
import type { OutputNames } from '../configset/output-names.js'
import { oneLine } from './mark-failed.js'

/** What is put behind an output's name for the log of its failures. */
const ENDING = '.failed.jsonl'

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

/**
 * JSON lines in `OUTPUT.failed.jsonl`; made with the first failure.
 *
 * The log of a run that replaces a finished output takes the old one's place together with it:
 *
 *     LOG.partial ──► LOG.next, when all is put ──► (the output gets its name) ──► LOG
 *
 * After a crash on this way LOG.next counts if the output's temporary file is gone, that is, has become the output.
 */
export class FailureLog {
  /** Its name for people. */
  readonly path: string
  readonly #place: string
  readonly #temporary: string
  readonly #partial: string
  readonly #next: string
  /** The output, where a finished one stays until it is replaced. */
  readonly #replaced: string | undefined
  #replaces = false
  #begun = false

  private constructor({ base, shownBase, temporary }: OutputNames, replaced: string | undefined) {
    this.path = `${shownBase}${ENDING}`
    this.#place = `${base}${ENDING}`
    this.#replaced = replaced
    this.#temporary = temporary
    this.#partial = `${this.#place}.partial`
    this.#next = `${this.#place}.next`
  }

  /** The log of the output at `path` of `out`. */
  static of(out: ConfigSetOut, path: string): FailureLog {
    const names = out.namesOf(path)
    const { place } = names.file
    const isFile = out.form === 'extxyz' && names.temporary !== place
    return new FailureLog(names, isFile ? place : undefined)
  }

  /** What may stand beside it after a crash. */
  get leftovers(): readonly string[] {
    return [this.#partial, this.#next]
  }

  /**
   * Begins the log of a run, which goes on behind item number `next` - 1. The log of a finished output stays until that is
   * replaced.
   */
  begin(next: number): void {
    this.recover()
    this.#replaces = this.#replaced !== undefined && existsSync(this.#replaced)
    if (this.#replaces) return
    const kept = next === 0 ? [] : this.records().filter(({ index }) => index < next)
    this.#attempt('write', () => {
      if (kept.length > 0) writeFileSync(this.#partial, kept.map(toLine).join(''))
      if (kept.length > 0) renameSync(this.#partial, this.#place)
      else rmSync(this.#place, { force: true })
    })
  }

  /** Ends what a crash left undone. Only for who holds the output's lock. */
  recover(): void {
    this.#attempt('write', () => {
      rmSync(this.#partial, { force: true })
      if (this.#current() === this.#next) this.#takeNext()
      else rmSync(this.#next, { force: true })
      if (statSync(this.#place, { throwIfNoEntry: false })?.size === 0) rmSync(this.#place)
    })
  }

  /** What is logged, but for a line that a crash cut off. */
  records(): FailureRecord[] {
    const path = this.#current()
    if (!existsSync(path)) return []
    const text = this.#attempt('read', () => readFileSync(path, 'utf8'))
    return text.split('\n').flatMap(toRecord)
  }

  add(record: FailureRecord): void {
    this.#attempt('write', () => appendFileSync(this.#replaces ? this.#partial : this.#place, toLine(record)))
    this.#begun = true
  }

  /** All of the output is put: so is all of its log. */
  prepare(): void {
    if (!this.#replaces) return
    this.#attempt('write', () => {
      if (!this.#begun) writeFileSync(this.#partial, '')
      renameSync(this.#partial, this.#next)
    })
  }

  /** The output is complete: its log takes the place of an earlier one. */
  settle(): void {
    if (this.#replaces) this.#attempt('write', () => this.#takeNext())
  }

  /** The output will be given up: so is a log that was to replace another. */
  abandon(): void {
    if (this.#replaces) this.recover()
  }

  /** Whether this run logged anything. */
  get begun(): boolean {
    return this.#begun
  }

  /** The file that belongs to the output as it is. */
  #current(): string {
    return existsSync(this.#next) && !existsSync(this.#temporary) ? this.#next : this.#place
  }

  #takeNext(): void {
    renameSync(this.#next, this.#place)
    if (statSync(this.#place).size === 0) rmSync(this.#place)
  }

  #attempt<T>(task: 'read' | 'write', action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw outputFileError(task, this.path, error)
    }
  }
}

/** The record of a line; nothing for one that a crash cut off. */
function toRecord(line: string): FailureRecord[] {
  try {
    const record: unknown = JSON.parse(line)
    return Number.isInteger((record as { index?: unknown } | null)?.index) ? [record as FailureRecord] : []
  } catch {
    return []
  }
}

function toLine(record: FailureRecord): string {
  return `${JSON.stringify(record)}\n`
}
