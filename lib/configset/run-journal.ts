/**
 * What makes a broken-off run go on where it stopped: a journal `OUTPUT.journal` beside the temporary file.
 *
 *     line 1     what run this is: version, identity, seed
 *     then       {"next": item, "offset": bytes of NAME.partial, "digest": of the items before it}   each with a CRC
 *
 * Data first, then the record: a record never promises more than the file holds. A line that a crash cut off has a wrong
 * CRC; it and what follows it are ignored.
 */
import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { AutoparaError } from '../base/errors.js'
import { NEW_FILE } from './open-flags.js'
import { outputFileError } from './output-file-error.js'

/** What a run is, as far as it decides the bytes of the output. */
export interface RunIdentity {
  /** Name of each part (input, operation, arguments …) → its digest; parts are compared one by one, to say what changed. */
  readonly parts: Readonly<Record<string, string>>
  /** The seed of the run; that of a resumed run is the journal's, when it was drawn. */
  readonly seed: number | string
  readonly seedDrawn: boolean
}

/** How far a run came. */
export interface RunRecord {
  /** The number of the first item that is not in the file. */
  readonly next: number
  /** The length of the temporary file that holds all items before it. */
  readonly offset: number
  /** How many configurations they are. */
  readonly frames: number
}

/** The journal of an output belongs to another run. */
export class ResumeError extends AutoparaError {
  override readonly name = 'ResumeError'
  /** The output. */
  readonly file: string

  constructor(file: string, message: string) {
    super('AUTOPARA_RESUME', message)
    this.file = file
  }
}

/** How long records may wait for the disk, ms. A killed process loses nothing of them; a power cut loses them. */
const SYNC_INTERVAL = 1000
const VERSION = 1

/** The journal of one output file. */
export class RunJournal {
  readonly #path: string
  readonly #handle: FileHandle
  #lastSync = Date.now()

  private constructor(path: string, handle: FileHandle) {
    this.#path = path
    this.#handle = handle
  }

  /** The path of the journal of `output`. */
  static pathOf(output: string): string {
    return `${output}.journal`
  }

  /**
   * What the journal of `output` holds: the seed, and the last record that the temporary file bears out; undefined
   * without a journal.
   *
   * @throws {ResumeError} for the journal of another run.
   */
  static async read(
    output: string,
    temporary: string,
    identity: RunIdentity,
  ): Promise<{ seed: number | string; record: RunRecord } | undefined> {
    const text = await textOf(RunJournal.pathOf(output))
    if (text === undefined) return undefined
    const [first, ...records] = validLines(text)
    const { parts, seed } = checkHead(first, output)
    const changed = Object.keys({ ...parts, ...identity.parts }).filter((part) => parts[part] !== identity.parts[part])
    if (!identity.seedDrawn && seed !== identity.seed) changed.push('seed')
    if (changed.length > 0) {
      throw new ResumeError(
        output,
        `can't resume ${output}: ${changed.join(', ')} changed since the run that was broken off; use force to start anew`,
      )
    }
    const size = (await stat(temporary).catch(() => undefined))?.size ?? 0
    const record = records.filter(isRecord).findLast(({ offset }) => offset <= size) ?? {
      next: 0,
      offset: 0,
      frames: 0,
    }
    return { seed, record }
  }

  /** Begins the journal of `output`, or goes on behind `record`. */
  static async open(output: string, identity: RunIdentity, record: RunRecord | undefined): Promise<RunJournal> {
    const path = RunJournal.pathOf(output)
    const { parts, seed } = identity
    let handle: FileHandle | undefined
    try {
      handle = await open(`${path}.new`, NEW_FILE, 0o600)
      await handle.appendFile(line({ version: VERSION, parts, seed }) + (record ? line(record) : ''))
      await handle.datasync()
      await rename(`${path}.new`, path)
      return new RunJournal(path, handle)
    } catch (error) {
      await handle?.close().catch(() => undefined)
      throw outputFileError('write', path, error)
    }
  }

  /** Notes that the temporary file holds all items before `record.next`; `syncData` forces that file to the disk. */
  async add(record: RunRecord, syncData: () => Promise<void>): Promise<void> {
    const due = Date.now() - this.#lastSync >= SYNC_INTERVAL
    if (due) await syncData()
    await this.#handle.appendFile(line(record))
    if (!due) return
    await this.#handle.datasync()
    this.#lastSync = Date.now()
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  /** Ends the journal: its output is complete. */
  async remove(): Promise<void> {
    await this.close()
    await RunJournal.discard(this.#path)
  }

  /** Removes a journal, if there is one at `path`. */
  static async discard(path: string): Promise<void> {
    try {
      await rm(path, { force: true })
    } catch (error) {
      throw outputFileError('remove', path, error)
    }
  }
}

/** The text of a journal; undefined if there is none. One that can't be read must not pass for that: its run would be lost. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw outputFileError('read', path, error)
  }
}

/** The first line of a journal. Throws {@link ResumeError} for one that this version does not understand. */
function checkHead(first: object | undefined, output: string): Pick<RunIdentity, 'parts' | 'seed'> {
  const { version, parts, seed } = (first ?? {}) as { version?: unknown; parts?: unknown; seed?: unknown }
  if (version === VERSION && typeof parts === 'object' && parts !== null && ['number', 'string'].includes(typeof seed))
    return { parts: parts as RunIdentity['parts'], seed: seed as RunIdentity['seed'] }
  throw new ResumeError(
    output,
    `${RunJournal.pathOf(output)} is damaged, or of another version of autopara; use force to start anew`,
  )
}

function isRecord(value: object): value is RunRecord {
  const { next, offset, frames } = value as Record<string, unknown>
  return [next, offset, frames].every((number) => Number.isSafeInteger(number) && (number as number) >= 0)
}

/** A record as a line: its CRC and its JSON. */
function line(record: object): string {
  const json = JSON.stringify(record)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}

/** The records up to the first line that is cut off or damaged. */
function validLines(text: string): object[] {
  const records: object[] = []
  for (const entry of text.split('\n').slice(0, -1)) {
    const json = entry.slice(9)
    if (!json.startsWith('{') || entry.slice(0, 8) !== crc32(json).toString(16).padStart(8, '0')) break
    records.push(JSON.parse(json) as object)
  }
  return records
}
