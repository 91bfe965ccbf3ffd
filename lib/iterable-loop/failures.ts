/**
 * Items that failed: raised, left out, or passed on with a mark; the last two are logged beside the output.
 */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Atoms } from '../atoms/atoms.js'
import { formatLocation, type Location } from '../configset/location.js'

/** What becomes of an item that failed: the loop ends with its error, it is left out, or the input is passed on, marked. */
export type OnError = 'raise' | 'skip' | 'keep'

/** A failed item, as a line of the failure log. */
export interface FailureRecord {
  /** The item's number in the whole input. */
  index: number
  location: string
  file?: string
  error: { name: string; message: string; code?: string }
  /** How often it was tried. */
  attempts: number
}

/** Marks `atoms` as failed, in place: with the `mark` that the operation's error carries, else as a plain loop does. */
export function markFailed(atoms: Atoms, error: Error & { mark?: unknown }): Atoms {
  const { mark } = error
  const keys =
    typeof mark === 'object' && mark !== null ? mark : { autopara_failed: true, autopara_error: oneLine(error.message) }
  Object.assign(atoms.info, keys)
  return atoms
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

/** JSON lines in `OUTPUT.failed.jsonl`; made with the first failure, and an old one removed at the start. */
export class FailureLog {
  readonly path: string
  #begun = false

  constructor(output: string) {
    this.path = `${output}.failed.jsonl`
  }

  /** Removes what an earlier run logged, but for items before number `next`, which a resumed run goes on behind. */
  cutAt(next: number): void {
    const kept = next === 0 ? [] : this.#read().filter((line) => (JSON.parse(line) as FailureRecord).index < next)
    if (kept.length === 0) rmSync(this.path, { force: true })
    else writeFileSync(this.path, `${kept.join('\n')}\n`)
  }

  #read(): string[] {
    return existsSync(this.path) ? readFileSync(this.path, 'utf8').split('\n').filter(isComplete) : []
  }

  add(record: FailureRecord): void {
    appendFileSync(this.path, `${JSON.stringify(record)}\n`)
    this.#begun = true
  }

  /** Whether this run logged anything. */
  get begun(): boolean {
    return this.#begun
  }
}

function oneLine(message: string): string {
  return message.split('\n', 1)[0] as string
}

/** A line that a crash did not cut off. */
function isComplete(line: string): boolean {
  return line.startsWith('{') && line.endsWith('}')
}
