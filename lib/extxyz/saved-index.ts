/**
 * A frame index kept beside its file as FILE.idx, so that a file of many gigabytes is scanned once.
 *
 *     "autopara-index 2 SIZE MTIME FRAMES END CRC\n"   then FRAMES × { start, natoms } as little-endian doubles
 *
 * It is believed only if the file's size and modification time (ns) are those of the scan, its own checksum is right, and the last
 * frame still begins with its number of atoms. A file that changed within the last moments is not given one: a second change could
 * carry the same time.
 */
import { open, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { endianness } from 'node:os'
import { crc32 } from 'node:zlib'
import type { FrameRange } from './frame-scanner.js'
import { readNatoms } from './natoms.js'

const HEADER = /^(autopara-index 2 (\d+) (\d+) (\d+) (\d+)) (\d+)\n/
/** How old a change must be, ms: coarser than the clock of any file system in use. */
const SETTLED = 100

/** A file's size and modification time, which tell whether it is still the one that was scanned. */
export interface FileStamp {
  readonly size: bigint
  readonly mtimeNs: bigint
  /** Who may read it. */
  readonly mode: number
}

/** What is saved of an index. */
export interface IndexedFrames {
  readonly file: string
  readonly length: number
  /** The offset after the last frame. */
  readonly end: number
  range(i: number): FrameRange
}

/** The stamp of a file. */
export async function stampOf(path: string): Promise<FileStamp> {
  const { size, mtimeNs, mode } = await stat(path, { bigint: true })
  return { size, mtimeNs, mode: Number(mode) }
}

/** Writes FILE.idx for an index made while the file had `stamp`; does nothing if the file has changed or could change unseen. */
export async function saveIndex(index: IndexedFrames, stamp: FileStamp): Promise<boolean> {
  const now = await stampOf(index.file)
  const age = Date.now() - Number(now.mtimeNs / 1_000_000n)
  if (now.size !== stamp.size || now.mtimeNs !== stamp.mtimeNs || age < SETTLED || endianness() !== 'LE') return false
  const pairs = new Float64Array(2 * index.length)
  for (let i = 0; i < index.length; i++) {
    const { start, natoms } = index.range(i)
    pairs[2 * i] = start
    pairs[2 * i + 1] = natoms
  }
  const body = Buffer.from(pairs.buffer)
  const facts = `autopara-index 2 ${stamp.size} ${stamp.mtimeNs} ${index.length} ${index.end}`
  const temporary = `${index.file}.idx.${process.pid}.tmp`
  try {
    const header = Buffer.from(`${facts} ${checksum(facts, body)}\n`)
    // Who may not read the file is told nothing of it.
    await writeFile(temporary, Buffer.concat([header, body]), { flag: 'wx', mode: now.mode & 0o666 })
    await rename(temporary, `${index.file}.idx`)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    // the index is a convenience: a folder that can't be written to must not stop the reading
    if (['EACCES', 'EROFS', 'EEXIST', 'ENOSPC', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false
    throw error
  }
  return true
}

/** The ranges in FILE.idx if it fits the file as it is now, else null. */
export async function loadIndex(path: string): Promise<FrameRange[] | null> {
  const bytes = await readFile(`${path}.idx`).catch(() => null)
  if (bytes === null) return null
  const header = HEADER.exec(bytes.toString('latin1', 0, 200))
  if (!header || endianness() !== 'LE') return null
  const [text, facts = '', size, mtimeNs, frames, end, crc] = header
  const stamp = await stampOf(path)
  const body = bytes.subarray(text.length)
  if (stamp.size !== BigInt(size as string) || stamp.mtimeNs !== BigInt(mtimeNs as string)) return null
  if (body.length !== 16 * Number(frames) || checksum(facts, body) !== Number(crc)) return null
  const ranges = rangesOf(body, Number(end))
  return (await lastFrameFits(path, ranges)) ? ranges : null
}

/** Over all that is read: a wrong end would cut the last frame. */
function checksum(facts: string, body: Buffer): number {
  return crc32(body, crc32(facts))
}

function rangesOf(body: Buffer, end: number): FrameRange[] {
  const count = body.length / 16
  return Array.from({ length: count }, (_, i) => ({
    start: body.readDoubleLE(16 * i),
    natoms: body.readDoubleLE(16 * i + 8),
    end: i + 1 < count ? body.readDoubleLE(16 * i + 16) : end,
  }))
}

async function lastFrameFits(path: string, ranges: readonly FrameRange[]): Promise<boolean> {
  const last = ranges.at(-1)
  if (!last) return true
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, last.start)
    const newline = buffer.subarray(0, bytesRead).indexOf(10)
    return newline !== -1 && readNatoms(buffer, 0, newline) === last.natoms
  } finally {
    await handle.close()
  }
}
