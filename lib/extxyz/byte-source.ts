/**
 * Where bytes come from: a plain file, a gzip file (by its name), stdin (`-`), a stream.
 *
 * One shape for all: `read` fills a part of a buffer and says how much; 0 is the end. The owner closes.
 */
import { createReadStream } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ExtxyzError } from './errors.js'

/** A stream of bytes that is pulled. */
export interface ByteSource {
  /** What messages call it. */
  readonly name: string
  /** The next part may be read before it is needed: nobody waits at the other end. */
  readonly readsAhead?: boolean
  /** Puts at least one and at most `length` bytes into `into` from `offset`; 0 at the end. */
  read(into: Buffer, offset: number, length: number): Promise<number>
  close(): Promise<void>
}

const LINE_END = 10

/** True for names that are read and written through gzip. */
export function isGzipName(path: string): boolean {
  return path.endsWith('.gz')
}

/** Opens a file by its name: `-` is stdin, `.gz` is inflated. */
export async function openSource(path: string): Promise<ByteSource> {
  if (path === '-') return streamSource(process.stdin, 'stdin')
  if (isGzipName(path)) return gzipSource(path)
  return fileSource(await open(path), path)
}

/**
 * Whether text that is added to a file would go on in its last line. To know that of a gzip file, it is inflated.
 *
 * @throws {ExtxyzError} for a gzip file that is not whole
 */
export async function lacksLineEnd(path: string): Promise<boolean> {
  const existing = path === '-' ? undefined : await stat(path).catch(() => undefined)
  if (!existing?.isFile() || existing.size === 0) return false
  const source = isGzipName(path) ? await gzipSource(path) : fileSource(await open(path), path, existing.size - 1)
  const part = Buffer.allocUnsafe(1 << 16)
  let last: number | undefined
  try {
    for (let length = 1; length > 0; ) {
      length = await source.read(part, 0, part.length)
      if (length > 0) last = part[length - 1]
    }
  } finally {
    await source.close()
  }
  return last !== undefined && last !== LINE_END
}

/** A plain file from a byte offset on. */
export function fileSource(handle: FileHandle, name: string, from: number = 0): ByteSource {
  let position = from
  return {
    name,
    readsAhead: true,
    async read(into, offset, length) {
      const { bytesRead } = await handle.read(into, offset, length, position)
      position += bytesRead
      return bytesRead
    },
    close: () => handle.close(),
  }
}

/** A gzip file; one of no bytes at all is empty. */
async function gzipSource(path: string): Promise<ByteSource> {
  const handle = await open(path)
  const found = await handle.stat()
  if (found.isFile() && found.size === 0) return fileSource(handle, path)
  const gunzip = createGunzip({ chunkSize: 1 << 18 })
  const file = createReadStream('', { fd: handle, highWaterMark: 1 << 18 })
  // the callback is the error listener; the error itself comes out of the reading end
  pipeline(file, gunzip, () => {})
  const source = streamSource(gunzip, path)
  return {
    name: path,
    async read(into, offset, length) {
      try {
        return await source.read(into, offset, length)
      } catch (error) {
        throw gzipError(error, path)
      }
    },
    async close() {
      await source.close()
      file.destroy()
    },
  }
}

function gzipError(error: unknown, path: string): unknown {
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string' || !code.startsWith('Z_')) return error
  const text = error instanceof Error ? error.message : String(error)
  const problem = `not a whole gzip file: ${text}`
  return new ExtxyzError('gzip', problem, { file: path, frame: 0, line: 1, column: 1 })
}

/** Any stream of bytes; closing it destroys it, except stdin, which is only let go. */
export function streamSource(stream: Readable, name: string): ByteSource {
  const iterator = stream.iterator({ destroyOnReturn: stream !== process.stdin }) as AsyncIterator<Buffer | string>
  let chunk: Buffer = Buffer.alloc(0)
  let at = 0
  return {
    name,
    async read(into, offset, length) {
      while (at === chunk.length) {
        const next = await iterator.next()
        if (next.done) return 0
        chunk = typeof next.value === 'string' ? Buffer.from(next.value) : next.value
        at = 0
      }
      const copied = chunk.copy(into, offset, at, Math.min(chunk.length, at + length))
      at += copied
      return copied
    },
    async close() {
      await iterator.return?.()
      if (stream !== process.stdin) stream.destroy()
    },
  }
}
