/**
 * The frames of a file by their places: what a master needs to hand out byte ranges, without parsing anything.
 *
 *     file ──blocks──► FrameScanner ──► { start, end, natoms } …
 *
 * `frameRanges` streams them in constant memory; `indexFrames` keeps one offset and one count a frame, and can go on when
 * the file has grown.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { giveBack, largeMemory, lend } from '../base/large-memory.js'
import { checkKeys } from '../base/options.js'
import { isGzipName } from './byte-source.js'
import { ExtxyzError } from './errors.js'
import { type FrameRange, FrameScanner } from './frame-scanner.js'
import { forward, needsLength, parseIndex, resolve } from './index-slice.js'
import { loadIndex, saveIndex, stampOf } from './saved-index.js'

export type { FrameRange } from './frame-scanner.js'

/** Bytes that are read at a time: large enough for the system calls not to count, small enough for the cache. */
const BLOCK = 1 << 20
/** Before it there is room for what was left of the one before: a natoms line that was cut. */
const ROOM = 8192

/** What {@link frameRanges} takes. */
export interface RangeOptions {
  /** Ends the reading with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** A frame's range, its number (from 0) and that of its first line (from 1). */
export type PlacedRange = FrameRange & { readonly frame: number; readonly line: number }

/**
 * The byte ranges of a plain file's frames, in order, as the file is read (newlines only; nothing is parsed).
 *
 * @param index which frames, as in ASE: `':'` (default), `'-1'`, `'::10'`, `'2:8'`, a number. One that counts from the end scans
 *   the whole file first (8 bytes a frame). A frame beyond the end is an error, a slice beyond the end is empty.
 * @throws {ExtxyzError} after the complete frames, for a frame that is cut off or does not begin with a number.
 */
export async function* frameRanges(
  path: string,
  index: string | number = ':',
  options: RangeOptions = {},
): AsyncGenerator<PlacedRange> {
  for await (const batch of frameRangeBatches(path, index, options)) yield* batch
}

/** As {@link frameRanges}, many at a time: those of a block of the file. */
export async function* frameRangeBatches(
  path: string,
  index: string | number = ':',
  options: RangeOptions = {},
): AsyncGenerator<PlacedRange[]> {
  const spec = parseIndex(index)
  if (needsLength(spec)) {
    const frames = await indexFrames(path, options)
    let batch: PlacedRange[] = []
    let none = true
    for (const i of resolve(spec, frames.length)) {
      none = false
      batch.push({ ...frames.range(i), frame: i, line: frames.line(i) })
      if (batch.length < 1000) continue
      yield batch
      batch = []
    }
    if (none && spec.kind === 'one') throw noSuchFrame(path, spec.at, frames.length)
    yield batch
    return
  }
  const { start, stop, step } = forward(spec)
  let seen = 0
  let line = 1
  for await (const ranges of rangeBatches(path, options)) {
    const batch: PlacedRange[] = []
    for (const { start: from, end, natoms } of ranges) {
      const frame = seen++
      if (frame >= stop) break
      if (frame >= start && (frame - start) % step === 0) batch.push({ start: from, end, natoms, frame, line })
      line += 2 + natoms
    }
    yield batch
    if (seen >= stop) return
  }
  if (spec.kind === 'one') throw noSuchFrame(path, spec.at, seen)
}

/** The error of a frame number that a file doesn't have. */
export function noSuchFrame(file: string, at: number, length: number): ExtxyzError {
  return new ExtxyzError('index', `there is no frame ${at}: the file has ${length} frames`, {
    file,
    frame: length,
    line: 1,
    column: 1,
  })
}

/** The ranges block by block; throws after the last complete batch. */
async function* rangeBatches(path: string, { signal }: RangeOptions): AsyncGenerator<FrameRange[]> {
  refuseStreams(path)
  const handle = await open(path)
  try {
    const scanner = new FrameScanner(path)
    yield* scanFile(handle, scanner, 0, false, signal)
  } finally {
    await handle.close()
  }
}

function refuseStreams(path: string): void {
  if (path !== '-' && !isGzipName(path)) return
  throw new ExtxyzError('index', 'a gzip file or stdin has no byte ranges; read it with iread or cutFrames', {
    file: path,
    frame: 0,
    line: 1,
    column: 1,
  })
}

/** Scans a file from `from`, two blocks in turn, so that one is read while the other is scanned. */
async function* scanFile(
  handle: FileHandle,
  scanner: FrameScanner,
  from: number,
  growing: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<FrameRange[]> {
  let position = from
  let carry: Buffer = Buffer.alloc(0)
  let [block, other] = [newBlock(), newBlock()]
  const readInto = (target: Buffer, at: number): Promise<number> => {
    const reading = handle.read(target, ROOM, BLOCK, at).then(({ bytesRead }) => bytesRead)
    // an error is thrown where the block is awaited, which may be after others had their say
    reading.catch(() => undefined)
    return reading
  }
  let pending = readInto(block, position)
  try {
    for (;;) {
      signal?.throwIfAborted()
      const bytesRead = await pending
      if (bytesRead === 0) break
      pending = readInto(other, position + bytesRead)
      const start = ROOM - carry.copy(block, ROOM - carry.length)
      const batch: FrameRange[] = []
      let rest: number
      try {
        rest = scanner.scan(block, start, ROOM + bytesRead, position - ROOM, (range) => batch.push(range))
      } catch (error) {
        if (batch.length > 0) yield batch
        throw error
      }
      carry = Buffer.from(block.subarray(rest, ROOM + bytesRead))
      position += bytesRead
      ;[block, other] = [other, block]
      if (batch.length > 0) yield batch
    }
  } finally {
    // nothing may be read into a block that is given back
    await pending.catch(() => undefined)
    giveBack(block)
    giveBack(other)
  }
  if (growing) return
  const last: FrameRange[] = []
  scanner.end(carry, position, (range) => last.push(range))
  if (last.length > 0) yield last
}

function newBlock(): Buffer {
  const { buffer, byteLength } = lend(largeMemory(ROOM + BLOCK))
  return Buffer.from(buffer, 0, byteLength)
}

/** Where the frames of a file are. */
export class FrameIndex {
  /** The file's name, as it was given. */
  readonly file: string
  /** How far the file was read: the end of the last complete frame. */
  #end = 0
  #length = 0
  #lines = 1
  #starts = new Float64Array(1024)
  #natoms = new Float64Array(1024)
  #firstLines: Float64Array | undefined

  constructor(file: string) {
    this.file = file
  }

  /** The number of complete frames. */
  get length(): number {
    return this.#length
  }

  /** The offset after the last complete frame. */
  get end(): number {
    return this.#end
  }

  /** The bytes of frame `i` (0 … length - 1). @throws {RangeError} for another number. */
  range(i: number): FrameRange {
    if (!(i >= 0 && i < this.#length && Number.isInteger(i)))
      throw new RangeError(`no frame ${i} among ${this.#length}`)
    const end = i + 1 < this.#length ? this.#starts[i + 1]! : this.#end
    return { start: this.#starts[i]!, end, natoms: this.#natoms[i]! }
  }

  /** The number (from 1) of the first line of frame `i`; of the line after the last frame for a number beyond it. */
  line(i: number): number {
    // summed up once, when the first one is asked for
    this.#firstLines ??= this.#sumLines()
    return this.#firstLines[i] ?? this.#lines
  }

  #sumLines(): Float64Array {
    let next = 1
    return this.#natoms.slice(0, this.#length).map((natoms) => {
      const line = next
      next += 2 + natoms
      return line
    })
  }

  /**
   * Looks for frames that were added to the file since; a frame that is still being written is left for the next time.
   * Returns how many there are now.
   *
   * @throws {ExtxyzError} for what can't be a frame, or a file that has become shorter.
   */
  async update(): Promise<number> {
    const handle = await open(this.file)
    try {
      const { size } = await handle.stat()
      if (size < this.#end) {
        const place = { file: this.file, frame: this.#length, line: this.#lines, column: 1 }
        throw new ExtxyzError('index', `the file has become shorter (${size} of ${this.#end} bytes)`, place)
      }
      const scanner = new FrameScanner(this.file)
      scanner.resume(this.#length, this.#lines, this.#end)
      for await (const batch of scanFile(handle, scanner, this.#end, true, undefined)) this.add(batch)
    } finally {
      await handle.close()
    }
    return this.#length
  }

  /** Appends frames. @internal */
  add(batch: readonly FrameRange[]): void {
    this.#firstLines = undefined
    for (const { start, end, natoms } of batch) {
      if (this.#length === this.#starts.length) {
        this.#starts = enlarged(this.#starts)
        this.#natoms = enlarged(this.#natoms)
      }
      this.#starts[this.#length] = start
      this.#natoms[this.#length++] = natoms
      this.#end = end
      this.#lines += 2 + natoms
    }
  }
}

function enlarged(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * array.length)
  larger.set(array)
  return larger
}

/** What {@link indexFrames} takes. */
export interface IndexOptions extends RangeOptions {
  /** The file is still being written: a last frame that is not complete is no error, and `update()` looks for more (default false). */
  readonly growing?: boolean
  /** Take the index from FILE.idx if it fits the file as it is now, else scan and write FILE.idx (default false). */
  readonly saved?: boolean
}

/**
 * The index of a plain file: one offset and one count a frame, found by newlines only.
 *
 * @throws {ExtxyzError} for a frame that is cut off or does not begin with a number.
 */
export async function indexFrames(path: string, options: IndexOptions = {}): Promise<FrameIndex> {
  checkKeys(options, ['signal', 'growing', 'saved'], 'indexFrames')
  refuseStreams(path)
  const index = new FrameIndex(path)
  if (options.growing) {
    await index.update()
    return index
  }
  const stamp = options.saved ? await stampOf(path) : undefined
  const saved = options.saved ? await loadIndex(path) : null
  if (saved) index.add(saved)
  else {
    for await (const batch of rangeBatches(path, options)) index.add(batch)
    if (stamp) await saveIndex(index, stamp)
  }
  return index
}
