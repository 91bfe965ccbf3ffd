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
import { AutoparaError } from '../base/errors.js'

const compress = promisify(gzip)

/** How many bytes may wait for the disk before the writer is asked to wait too. */
const HIGH_WATER = 8 * 1024 * 1024

/** An output that can't be opened, written or completed. */
export class OutputFileError extends AutoparaError {
  override readonly name = 'OutputFileError'
  readonly file: string

  constructor(file: string, message: string, options?: ErrorOptions) {
    super('AUTOPARA_OUTPUT_FILE', message, options)
    this.file = file
  }
}

/** How a {@link FileSink} treats the file's name. */
export interface FileSinkOptions {
  /** Write to the final name at once instead of to `NAME.partial`. */
  inPlace: boolean
}

/** Appends bytes to a file that appears under its name only when it is complete. */
export class FileSink {
  readonly path: string
  readonly #handle: FileHandle
  readonly #temporary: string
  readonly #gzip: boolean
  #pending: Uint8Array[] = []
  #pendingBytes = 0
  #writing: Promise<void> | undefined
  #failure: OutputFileError | undefined
  #open = true

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.path = path
    this.#temporary = temporary
    this.#handle = handle
    this.#gzip = path.endsWith('.gz')
  }

  /** Opens the (temporary) file, empty. */
  static async open(path: string, options: FileSinkOptions): Promise<FileSink> {
    const temporary = options.inPlace ? path : `${path}.partial`
    try {
      return new FileSink(path, temporary, await open(temporary, 'w'))
    } catch (error) {
      throw new OutputFileError(path, `can't write ${path}: ${explain(error, path)}`, { cause: error })
    }
  }

  /** Adds bytes (kept until written, not copied). A promise means: wait for it before appending more. */
  append(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#failure) throw this.#failure
    if (bytes.length === 0) return undefined
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
    this.#writing ??= this.#drain()
    return this.#pendingBytes > HIGH_WATER ? this.#settled() : undefined
  }

  /** Writes what is pending, forces it to the disk, and gives the file its name. */
  async end(): Promise<void> {
    if (!this.#open) return
    await this.#settled()
    this.#open = false
    try {
      await this.#handle.sync()
      await this.#handle.close()
      if (this.#temporary !== this.path) await rename(this.#temporary, this.path)
      await syncFolder(dirname(this.path))
    } catch (error) {
      throw new OutputFileError(this.path, `can't complete ${this.path}: ${explain(error, this.path)}`, {
        cause: error,
      })
    }
  }

  /** Gives the output up: the temporary file is removed (an in-place one stays as it is). */
  async abandon(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#writing
    await this.#handle.close().catch(() => undefined)
    if (this.#temporary !== this.path) await unlink(this.#temporary).catch(() => undefined)
  }

  async #settled(): Promise<void> {
    while (this.#writing) await this.#writing
    if (this.#failure) throw this.#failure
  }

  /** Writes until nothing is pending. Never rejects: a failure is kept for the next call. */
  async #drain(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        const batch = this.#pending.length === 1 ? (this.#pending[0] as Uint8Array) : Buffer.concat(this.#pending)
        this.#pending = []
        await this.#handle.appendFile(this.#gzip ? await compress(batch) : batch)
        this.#pendingBytes -= batch.length
      }
    } catch (error) {
      this.#failure = new OutputFileError(this.path, `can't write ${this.path}: ${explain(error, this.path)}`, {
        cause: error,
      })
    } finally {
      this.#writing = undefined
    }
  }
}

/** Makes a rename in `folder` durable; a file system that can't sync a folder is left alone. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch (error) {
    if (!['EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error
  }
}

/** What a system error means for an output, and what to do. */
function explain(error: unknown, path: string): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return `the folder ${dirname(path)} does not exist; create it first`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `no permission to write in ${dirname(path)}`
    case 'ENOSPC':
      return 'the disk is full; free some space and start again'
    case 'EISDIR':
      return 'it is a folder'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
