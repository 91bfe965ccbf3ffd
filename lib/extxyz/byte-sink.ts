/**
 * Where bytes go: a plain file, a gzip file (by its name), stdout (`-`).
 *
 * A new file appears under its name only when it is complete (it is written beside it and renamed), so that a failure leaves the
 * old one as it was. Appending, pipes and devices are written directly.
 */
import { once } from 'node:events'
import { type FileHandle, open, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createGzip } from 'node:zlib'
import { isGzipName } from './byte-source.js'

/** A stream of bytes that is pushed. */
export interface ByteSink {
  /** What is written stays when the writing is given up. */
  readonly keeps: boolean
  write(bytes: Uint8Array): Promise<void>
  /** Completes the file. */
  close(): Promise<void>
  /** Gives up: what was to be a new file disappears. */
  abort(): Promise<void>
}

/** Opens a file for writing by its name: `-` is stdout, `.gz` is deflated (appending adds a gzip member). */
export async function openSink(path: string, append: boolean): Promise<ByteSink> {
  if (path === '-') return stdoutSink
  const target = await realpath(path).catch(() => path)
  const existing = await stat(target).catch(() => undefined)
  const direct = append || (existing !== undefined && !existing.isFile())
  const file = direct ? await directSink(target, append) : await renamingSink(target, existing?.mode)
  return isGzipName(path) ? gzipSink(file) : file
}

const stdoutSink: ByteSink = {
  keeps: true,
  write: (bytes) =>
    new Promise((resolve, reject) => {
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()))
    }),
  close: async () => {},
  abort: async () => {},
}

async function directSink(path: string, append: boolean): Promise<ByteSink> {
  const handle = await open(path, append ? 'a' : 'w')
  return {
    keeps: true,
    write: (bytes) => writeAll(handle, bytes),
    close: () => handle.close(),
    abort: () => handle.close(),
  }
}

async function renamingSink(path: string, mode: number | undefined): Promise<ByteSink> {
  const unique = `${process.pid.toString(36)}${Math.floor(performance.now() * 1000).toString(36)}`
  const temporary = join(dirname(path), `.${basename(path)}.${unique}.tmp`)
  const handle = await open(temporary, 'wx', mode === undefined ? 0o666 : mode & 0o777)
  return {
    keeps: false,
    write: (bytes) => writeAll(handle, bytes),
    async close() {
      try {
        await handle.datasync()
        await handle.close()
        await rename(temporary, path)
      } catch (error) {
        await handle.close().catch(() => undefined)
        await unlink(temporary).catch(() => undefined)
        throw error
      }
    },
    async abort() {
      await handle.close()
      await unlink(temporary)
    },
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let at = 0
  while (at < bytes.length) at += (await handle.write(bytes, at)).bytesWritten
}

/** Deflates into another sink. */
function gzipSink(file: ByteSink): ByteSink {
  const gzip = createGzip({ level: 6 })
  const drained = (async () => {
    for await (const chunk of gzip) await file.write(chunk as Buffer)
  })()
  // a failure is thrown by the write or close that comes next
  let failure: unknown
  drained.catch((error: unknown) => {
    failure = error
    gzip.destroy()
  })
  return {
    keeps: file.keeps,
    async write(bytes) {
      if (failure !== undefined) throw failure
      if (!gzip.write(bytes)) await Promise.race([once(gzip, 'drain'), once(gzip, 'close')])
    },
    async close() {
      gzip.end()
      await drained
      await file.close()
    },
    async abort() {
      // what is kept must be a whole gzip member
      if (file.keeps) gzip.end()
      else gzip.destroy()
      await drained.catch(() => undefined)
      await file.abort()
    },
  }
}
