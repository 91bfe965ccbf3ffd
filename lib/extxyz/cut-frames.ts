/**
 * A stream of bytes cut into frames, unparsed: for what has no byte ranges (gzip, stdin), and for reading a file in one go.
 *
 *     source ──► window [………frame|frame|fra…] ──► { bytes, frame, line } …        the rest moves to the next window
 *
 * A window is never written again once a frame of it was handed out: frames may be kept. What is held is one window, or one frame.
 */
import { checkInteger } from '../base/options.js'
import { type ByteSource, openSource } from './byte-source.js'
import { ExtxyzError } from './errors.js'
import { type FrameRange, FrameScanner } from './frame-scanner.js'

/** The bytes of one frame, and where they stand (offsets and lines of the inflated text). */
export interface FrameBytes extends FrameRange {
  /** The frame's text. */
  readonly bytes: Uint8Array
  /** The frame's number, from 0. */
  readonly frame: number
  /** The number (from 1) of its first line. */
  readonly line: number
}

/** What {@link cutFrames} takes. */
export interface CutOptions {
  /** Ends the reading with its reason. */
  readonly signal?: AbortSignal | undefined
  /** The largest frame that is held in memory, bytes (default 1 GiB); a larger one is an error. */
  readonly maxFrameBytes?: number | undefined
}

const WINDOW = 1 << 20
const MAX_FRAME_BYTES = 1 << 30

/**
 * The frames of a file (`-` is stdin, `.gz` is inflated) or of a source, one after the other.
 *
 * @throws {ExtxyzError} after the complete frames, for what is cut off, too large, or no frame.
 */
export async function* cutFrames(from: string | ByteSource, options: CutOptions = {}): AsyncGenerator<FrameBytes> {
  for await (const batch of cutBatches(from, options)) yield* batch
}

/** As {@link cutFrames}, all frames of a window at a time: a step of a generator costs as much as a small frame. */
export async function* cutBatches(from: string | ByteSource, options: CutOptions = {}): AsyncGenerator<FrameBytes[]> {
  const limit = checkInteger('maxFrameBytes', options.maxFrameBytes ?? MAX_FRAME_BYTES, 1, 'a positive integer')
  const source = typeof from === 'string' ? await openSource(from) : from
  try {
    const cutter = new FrameCutter(source, limit)
    for (;;) {
      options.signal?.throwIfAborted()
      const more = await cutter.fill()
      const batch = cutter.take()
      if (batch.length > 0) yield batch
      cutter.throwFailure()
      if (!more) return
    }
  } finally {
    await source.close()
  }
}

class FrameCutter {
  readonly #source: ByteSource
  readonly #limit: number
  readonly #scanner: FrameScanner
  #window: Buffer = Buffer.allocUnsafeSlow(WINDOW)
  /** The absolute offset of the window's first byte. */
  #base = 0
  #filled = 0
  #scanned = 0
  /** Where in the window the first frame not yet handed out begins. */
  #start = 0
  #ready: FrameBytes[] = []
  #failure: unknown
  #reading: Promise<number> | undefined

  constructor(source: ByteSource, limit: number) {
    this.#source = source
    this.#limit = limit
    this.#scanner = new FrameScanner(source.name)
  }

  /** Reads on; false at the end, or at a fault (see {@link throwFailure}, after the frames before it). */
  async fill(): Promise<boolean> {
    try {
      const read = await (this.#reading ?? this.#startReading())
      this.#reading = undefined
      this.#filled += read
      if (read === 0) this.#end()
      else this.#scan()
      if (this.#filled - this.#start > this.#limit) throw this.#tooLarge()
      // the frames found are worked on while the next part of the file is read
      if (read > 0 && this.#source.readsAhead) this.#reading = this.#startReading()
      return read > 0
    } catch (error) {
      this.#failure = error
      return false
    }
  }

  #startReading(): Promise<number> {
    if (this.#window.length - this.#filled < WINDOW / 4) this.#moveOn()
    const reading = this.#source.read(this.#window, this.#filled, this.#window.length - this.#filled)
    // an error is thrown where the reading is awaited
    reading.catch(() => undefined)
    return reading
  }

  /** The frames found since, which the caller owns. */
  take(): FrameBytes[] {
    const ready = this.#ready
    this.#ready = []
    return ready
  }

  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  #scan(): void {
    this.#scanned = this.#scanner.scan(this.#window, this.#scanned, this.#filled, this.#base, this.#onFrame)
  }

  #end(): void {
    const tail = this.#window.subarray(this.#scanned, this.#filled)
    this.#scanner.end(tail, this.#base + this.#filled, this.#onFrame)
  }

  readonly #onFrame = (range: FrameRange): void => {
    const bytes = this.#window.subarray(range.start - this.#base, range.end - this.#base)
    const { frames, line } = this.#scanner
    this.#ready.push({ ...range, bytes, frame: frames - 1, line: line - 2 - range.natoms })
    this.#start = range.end - this.#base
  }

  /**
   * A new window that begins with the frame in hand; larger if that frame fills the old one: as large as the frame will be if its lines
   * go on as they are, but at most eight times what is there (a number of atoms is only a promise).
   */
  #moveOn(): void {
    const rest = this.#filled - this.#start
    const expected = Math.min(8 * rest, Math.ceil(rest * this.#scanner.linesPerLineSeen * 1.01))
    const next = Buffer.allocUnsafeSlow(rest < WINDOW / 2 ? WINDOW : Math.max(2 * rest, expected) + WINDOW)
    this.#window.copy(next, 0, this.#start, this.#filled)
    this.#window = next
    this.#base += this.#start
    this.#scanned -= this.#start
    this.#filled = rest
    this.#start = 0
  }

  #tooLarge(): ExtxyzError {
    const { frames, line } = this.#scanner
    const place = { file: this.#source.name, frame: frames, line, column: 1 }
    return new ExtxyzError('size', `a frame of more than ${this.#limit} bytes (see maxFrameBytes)`, place)
  }
}
