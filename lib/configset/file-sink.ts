/**
 * An output file that is either absent or complete.
 *
 *     append → pending → one write at a time → NAME.partial ──end──► fsync → rename → fsync of the folder
 *
 * Writes coalesce: what is appended while one is under way goes out with the next. `append` returns a promise only when the
 * writer should wait, so that memory stays bounded on a slow disk.
 */
import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { giveBack } from '../base/large-memory.js'
import { LONGEST_TIMER } from '../base/options.js'
import type { ByteSink, Mark, Text } from './byte-sink.js'
import { KEPT_FILE, NEW_FILE } from './open-flags.js'
import { type OutputFileError, outputFileError } from './output-file-error.js'
import type { RunJournal, RunRecord } from './run-journal.js'

const compress = promisify(gzip)

/** How many bytes may wait for the disk before the writer is asked to wait too. */
const HIGH_WATER = 8 * 1024 * 1024
/** How many bytes are worth a write of their own, and the wake of another thread for it; fewer wait a little for more. */
const WORTH_WRITING = 1024 * 1024
/** For how long, ms, unless the caller says. */
const FLUSH_INTERVAL = 100

/** How a {@link FileSink} treats the file's name. */
export interface FileSinkOptions {
  /** Write to the final name at once instead of to `NAME.partial`. */
  inPlace?: boolean
  /** What messages call the file. Default: its path. */
  shown?: string
  /** Whether the text is deflated. Default: when the path ends in `.gz`. */
  gzip?: boolean
  /** For how long (ms) text that is not worth a write of its own may wait for more. Default 100. */
  flushInterval?: number | undefined
  /** Keeps a record of what the temporary file holds; the file then goes on behind `record`. */
  journal?: { journal: RunJournal; record: RunRecord | undefined }
}

/** Appends bytes to a file that appears under its name only when it is complete. */
export class FileSink implements ByteSink {
  readonly path: string
  readonly #shown: string
  readonly #handle: FileHandle
  readonly #temporary: string
  readonly #gzip: boolean
  #pending: Text[] = []
  #timer: NodeJS.Timeout | undefined
  #pendingBytes = 0
  #writing: Promise<void> | undefined
  #failure: OutputFileError | undefined
  #open = true
  readonly #flushInterval: number
  readonly #journal: RunJournal | undefined
  /** Bytes in the file. */
  #offset: number
  #mark: Mark = { next: 0, frames: 0 }

  private constructor(path: string, temporary: string, handle: FileHandle, options: FileSinkOptions) {
    const { journal, flushInterval = FLUSH_INTERVAL, shown = path, gzip = path.endsWith('.gz') } = options
    this.path = path
    this.#shown = shown
    this.#flushInterval = flushInterval
    this.#temporary = temporary
    this.#handle = handle
    this.#gzip = gzip
    this.#journal = journal?.journal
    this.#offset = journal?.record?.offset ?? 0
  }

  /** The name of an output until it is complete. */
  static temporaryOf(path: string): string {
    return `${path}.partial`
  }

  /** Opens the (temporary) file: empty, or cut to what its journal's record says. */
  static async open(path: string, options: FileSinkOptions): Promise<FileSink> {
    const { inPlace = false, journal, shown = path } = options
    const temporary = inPlace ? path : FileSink.temporaryOf(path)
    let handle: FileHandle | undefined
    try {
      const kept = journal?.record?.offset ?? 0
      handle = await open(temporary, inPlace ? 'w' : kept === 0 ? NEW_FILE : KEPT_FILE, 0o666)
      if (kept > 0) await handle.truncate(kept)
      return new FileSink(path, temporary, handle, options)
    } catch (error) {
      await handle?.close().catch(() => undefined)
      await journal?.journal.close().catch(() => undefined)
      throw outputFileError('write', shown, error, whatIsKept(FileSink.temporaryOf(shown), journal))
    }
  }

  /**
   * Adds text (bytes are not copied, but kept until written, and may be changed then). A promise means: wait for it before appending more.
   *
   * @param mark what is complete with it, for the journal
   */
  append(text: Text, mark: Mark = this.#mark): Promise<void> | undefined {
    if (this.#failure) throw this.#failure
    this.#mark = mark
    if (text.length === 0) return undefined
    this.#pending.push(text)
    this.#pendingBytes += text.length
    if (this.#pendingBytes >= WORTH_WRITING || this.#flushInterval === 0) this.#flush()
    else if (this.#flushInterval <= LONGEST_TIMER) this.#timer ??= setTimeout(() => this.#flush(), this.#flushInterval)
    return this.#pendingBytes > HIGH_WATER ? this.#settled() : undefined
  }

  /** Writes what is pending, forces it to the disk, and gives the file its name. */
  async end(): Promise<void> {
    if (!this.#open) return
    await this.#settled()
    this.#open = false
    let place = this.#temporary
    try {
      // no bytes are no gzip file
      if (this.#gzip && this.#offset === 0) await this.#writeAll([await compress('')])
      await this.#handle.sync()
      await this.#handle.close()
      if (place !== this.path) await rename(place, this.path)
      place = this.path
      await syncFolder(dirname(this.path))
      await this.#journal?.remove()
    } catch (error) {
      await this.#handle.close().catch(() => undefined)
      await this.#journal?.close().catch(() => undefined)
      const kept = this.#shown + place.slice(this.path.length)
      throw outputFileError('complete', this.#shown, error, ` (what was written is in ${kept})`)
    }
  }

  /** Gives the output up: the temporary file is removed, unless it is in place or a journal knows what it holds. */
  async abandon(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#settled().catch(() => undefined)
    await this.#handle.close().catch(() => undefined)
    await this.#journal?.close().catch(() => undefined)
    if (this.#temporary !== this.path && !this.#journal) await unlink(this.#temporary).catch(() => undefined)
  }

  #error(task: string, cause: unknown): OutputFileError {
    return outputFileError(task, this.#shown, cause, whatIsKept(FileSink.temporaryOf(this.#shown), this.#journal))
  }

  /** Begins to write what is pending, unless that is going on. */
  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#pending.length > 0) this.#writing ??= this.#drain()
  }

  async #settled(): Promise<void> {
    this.#flush()
    while (this.#writing) await this.#writing
    if (this.#failure) throw this.#failure
  }

  async #writeAll(texts: readonly Uint8Array[]): Promise<void> {
    let rest = texts
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev(rest, this.#offset)
      this.#offset += bytesWritten
      rest = behind(rest, bytesWritten)
    }
  }

  /** Writes until nothing is pending. Never rejects: a failure is kept for the next call. */
  async #drain(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        const batch = toBytes(this.#pending)
        const length = this.#pendingBytes
        const { next, frames } = this.#mark
        this.#pending = []
        await this.#writeAll(this.#gzip ? [await compress(Buffer.concat(batch))] : batch)
        for (const bytes of batch) giveBack(bytes)
        this.#pendingBytes -= length
        await this.#journal?.add({ next, offset: this.#offset, frames }, () => this.#handle.datasync())
      }
    } catch (error) {
      this.#failure = this.#error('write', error)
    } finally {
      this.#writing = undefined
    }
  }
}

/** What an error of a run with a journal says besides. */
function whatIsKept(temporary: string, journal: unknown): string {
  return journal ? ` (what is done is kept in ${temporary}; the same run with resume goes on from there)` : ''
}

/** The texts as bytes, strings in a row as one piece. */
function toBytes(texts: readonly Text[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let row: string[] = []
  const endRow = (): void => {
    if (row.length > 0) pieces.push(Buffer.from(row.join(''), 'latin1'))
    row = []
  }
  for (const text of texts) {
    if (typeof text === 'string') row.push(text)
    else {
      endRow()
      pieces.push(text)
    }
  }
  endRow()
  return pieces
}

/** What is left of `pieces` behind the first `length` bytes. */
function behind(pieces: readonly Uint8Array[], length: number): Uint8Array[] {
  let skip = length
  let first = 0
  while (first < pieces.length && skip >= (pieces[first] as Uint8Array).length)
    skip -= (pieces[first++] as Uint8Array).length
  const rest = pieces.slice(first)
  if (skip > 0) rest[0] = (rest[0] as Uint8Array).subarray(skip)
  return rest
}

/** Makes a rename in `folder` durable; a file system that can't sync a folder is left alone. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch (error) {
    if (!['EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error
  }
}
