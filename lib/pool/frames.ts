/**
 * Frames: what crosses a pipe as one piece.
 *
 *     ┌ u32 mark ┬ u32 length of head ┬ f64 length of frame ┬ head ┬ parcel ┬ parcel ┐   all at multiples of 8
 *
 * The head is a small encoded message, a parcel one encoded item or result. A frame lands in one allocation, a long one
 * without a copy on the way.
 */
import { largeMemory } from '../base/large-memory.js'
import { align8 } from './encode-memory.js'

const MARK = 0x31707561
const HEADER = 16
/** Parcels of fewer bytes are copied together, larger ones are written from where they are. */
const COPY_BELOW = 16 * 1024
/** A length beyond this is noise on the pipe, not a frame. */
const MAX_FRAME = 2 ** 40
/** The size of the memory that a read fills, bytes: what is longer, is read where it stays, from the second read on. */
const DESK = 64 * 1024
/** The same where a long frame is expected, of which as little as possible is to be copied. */
const GLANCE = 1024

/** A frame ready to be written, in one or several pieces. */
export interface Frame {
  readonly segments: readonly Uint8Array[]
  readonly byteLength: number
}

/** A received frame, taken apart. */
export interface ReceivedFrame {
  readonly head: Uint8Array
  /** The parcels, one behind the other, each at a multiple of 8. */
  readonly parcels: Uint8Array
}

/** Lays out a frame. Small parts are copied, so the caller may reuse them; large ones are not. */
export function makeFrame(head: Uint8Array, parcels: readonly Uint8Array[] = []): Frame {
  const pieces = parcels.length > 0 ? joinNeighbours(parcels) : []
  let byteLength = HEADER + align8(head.byteLength)
  let copied = byteLength
  for (const piece of pieces) {
    const length = align8(piece.byteLength)
    byteLength += length
    copied += piece.byteLength < COPY_BELOW ? length : length - piece.byteLength
  }
  const arena = Buffer.allocUnsafe(copied)
  arena.writeUInt32LE(MARK, 0)
  arena.writeUInt32LE(head.byteLength, 4)
  arena.writeDoubleLE(byteLength, 8)
  arena.set(head, HEADER)
  const segments: Uint8Array[] = []
  let start = 0
  let end = HEADER + align8(head.byteLength)
  for (const piece of pieces) {
    const padding = align8(piece.byteLength) - piece.byteLength
    if (piece.byteLength < COPY_BELOW) {
      arena.set(piece, end)
      end += piece.byteLength + padding
    } else {
      if (end > start) segments.push(arena.subarray(start, end))
      segments.push(piece)
      start = end
      end += padding
    }
  }
  if (end > start) segments.push(arena.subarray(start, end))
  return { segments, byteLength }
}

/** Parcels that lie in memory as they will in the frame are one piece already: see `encodeValue`. */
function joinNeighbours(parcels: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let first: Uint8Array | undefined
  let length = 0
  for (const parcel of parcels) {
    if (first && parcel.buffer === first.buffer && parcel.byteOffset === first.byteOffset + align8(length)) {
      length = align8(length) + parcel.byteLength
      continue
    }
    if (first) pieces.push(padded(first, length))
    first = parcel
    length = parcel.byteLength
  }
  if (first) pieces.push(padded(first, length))
  return pieces
}

/** `length` bytes from the start of `first`, and if there is memory behind them, up to the next multiple of 8. */
function padded({ buffer, byteOffset }: Uint8Array, length: number): Uint8Array {
  const whole = align8(length)
  return new Uint8Array(buffer, byteOffset, byteOffset + whole <= buffer.byteLength ? whole : length)
}

/** Takes a whole frame apart. */
export function openFrame(bytes: Uint8Array): ReceivedFrame {
  const headLength = new DataView(bytes.buffer, bytes.byteOffset, HEADER).getUint32(4, true)
  const parcelsAt = HEADER + align8(headLength)
  if (parcelsAt > bytes.byteLength) throw new RangeError('a frame on the wire is shorter than its head')
  return { head: bytes.subarray(HEADER, HEADER + headLength), parcels: bytes.subarray(parcelsAt) }
}

/** One contiguous copy of a frame, for transports that move whole buffers. */
export function joinFrame(frame: Frame): Uint8Array {
  const [only] = frame.segments
  if (frame.segments.length === 1 && only) return only
  const bytes = Buffer.allocUnsafeSlow(frame.byteLength)
  let offset = 0
  for (const segment of frame.segments) {
    bytes.set(segment, offset)
    offset += segment.byteLength
  }
  return bytes
}

/** A copy of a frame in memory of its own, which a transport may take away. */
export function ownBytes(frame: Frame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new ArrayBuffer(frame.byteLength))
  let offset = 0
  for (const segment of frame.segments) {
    bytes.set(segment, offset)
    offset += segment.byteLength
  }
  return bytes
}

/** Where bytes come in, as a rule. All readers share it, as each empties it before it returns. */
const desk = Buffer.allocUnsafeSlow(DESK)

/**
 * Cuts a stream of bytes into frames: says where the next bytes are to be put, and is told how many came.
 *
 *     bytes ─► desk ─ whole frames ─► a copy of their own
 *        └───► the rest of a frame that has begun and is longer: straight to where it stays
 */
export class FrameReader {
  readonly #onFrame: (frame: Uint8Array) => void
  /** The first bytes of a frame, too few to know its length. */
  #rest = new Uint8Array(0)
  #frame: Uint8Array | undefined
  #filled = 0
  /** The last frame was a long one: probably the next is too. */
  #long = false

  /** @param onFrame called with each whole frame, synchronously, in order; the bytes are its own to keep. */
  constructor(onFrame: (frame: Uint8Array) => void) {
    this.#onFrame = onFrame
  }

  /** Where the next bytes go. */
  space(): Uint8Array {
    if (this.#frame) return this.#frame.subarray(this.#filled)
    return desk.subarray(this.#rest.byteLength, this.#long ? GLANCE : DESK)
  }

  /** `count` bytes have been put at the start of {@link space}. Throws when they are no frames. */
  filled(count: number): void {
    if (this.#frame) {
      this.#filled += count
      this.#finishIfWhole(this.#frame)
      return
    }
    desk.set(this.#rest)
    this.#cut(this.#rest.byteLength + count)
  }

  /** Takes bytes that came elsewhere. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.byteLength; ) {
      const space = this.space()
      const part = chunk.subarray(at, at + space.byteLength)
      space.set(part)
      at += part.byteLength
      this.filled(part.byteLength)
    }
  }

  /** Takes the bytes before `end` off the desk. */
  #cut(end: number): void {
    let at = 0
    while (end - at >= HEADER) {
      const length = frameLength(desk, at)
      if (length > end - at) {
        this.#frame = largeMemory(length)
        this.#frame.set(desk.subarray(at, end))
        this.#long = length > 2 * DESK
        this.#filled = end - at
        at = end
      } else {
        const frame = new Uint8Array(desk.subarray(at, at + length))
        this.#long = false
        at += length
        this.#onFrame(frame)
      }
    }
    this.#rest = new Uint8Array(desk.subarray(at, end))
  }

  #finishIfWhole(frame: Uint8Array): void {
    if (this.#filled < frame.byteLength) return
    this.#frame = undefined
    this.#onFrame(frame)
  }
}

function frameLength(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER)
  const length = view.getFloat64(8, true)
  if (view.getUint32(0, true) !== MARK || !(length >= HEADER && length <= MAX_FRAME)) {
    throw new RangeError(
      'what came over the pipe is no frame of autopara; does something else write to this descriptor?',
    )
  }
  return length
}
