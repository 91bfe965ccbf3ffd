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
    const text = await readFile(RunJournal.pathOf(output), 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    const [head, ...records] = validLines(text)
    if (head === undefined) return undefined
    const { version, parts, seed } = head as unknown as { version: number } & Pick<RunIdentity, 'parts' | 'seed'>
    if (version !== VERSION)
      throw new ResumeError(
        output,
        `${RunJournal.pathOf(output)} has format ${version}, this version reads ${VERSION}; use force to start anew`,
      )
    const changed = Object.keys({ ...parts, ...identity.parts }).filter((part) => parts[part] !== identity.parts[part])
    if (!identity.seedDrawn && seed !== identity.seed) changed.push('seed')
    if (changed.length > 0) {
      throw new ResumeError(
        output,
        `can't resume ${output}: ${changed.join(', ')} changed since the run that was broken off; use force to start anew`,
      )
    }
    const size = (await stat(temporary).catch(() => undefined))?.size ?? 0
    const record = (records as RunRecord[]).findLast(({ offset }) => offset <= size) ?? {
      next: 0,
      offset: 0,
      frames: 0,
    }
    return { seed, record }
  }

  /** Begins the journal of `output`, or goes on behind `record`. */
  static async open(output: string, identity: RunIdentity, record: RunRecord | undefined): Promise<RunJournal> {
    const path = RunJournal.pathOf(output)
    const handle = await open(`${path}.new`, 'w', 0o600)
    const journal = new RunJournal(path, handle)
    const { parts, seed } = identity
    await handle.appendFile(line({ version: VERSION, parts, seed }) + (record ? line(record) : ''))
    await handle.datasync()
    await rename(`${path}.new`, path)
    return journal
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
    await rm(this.#path, { force: true })
  }
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
    if (entry.slice(0, 8) !== crc32(json).toString(16).padStart(8, '0')) break
    records.push(JSON.parse(json) as object)
  }
  return records
}
