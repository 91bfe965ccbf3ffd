/**
 * Frames: what crosses a pipe as one piece.
 *
 *     ┌ u32 mark ┬ u32 length of head ┬ f64 length of frame ┬ head ┬ parcel ┬ parcel ┐   all at multiples of 8
 *
 * The head is a small encoded message, a parcel one encoded item or result. A frame that arrives in one read is viewed where
 * it lies; a longer one lands in one allocation.
 */
import { align8 } from './codec.js'

const MARK = 0x31707561
const HEADER = 16
/** Parcels of fewer bytes are copied together, larger ones are written from where they are. */
const COPY_BELOW = 16 * 1024
/** A length beyond this is noise on the pipe, not a frame. */
const MAX_FRAME = 2 ** 40

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
  let byteLength = HEADER + align8(head.byteLength)
  let copied = byteLength
  for (const parcel of parcels) {
    const length = align8(parcel.byteLength)
    byteLength += length
    copied += parcel.byteLength < COPY_BELOW ? length : length - parcel.byteLength
  }
  const arena = Buffer.allocUnsafe(copied)
  arena.writeUInt32LE(MARK, 0)
  arena.writeUInt32LE(head.byteLength, 4)
  arena.writeDoubleLE(byteLength, 8)
  arena.set(head, HEADER)
  const segments: Uint8Array[] = []
  let start = 0
  let end = HEADER + align8(head.byteLength)
  for (const parcel of parcels) {
    const padding = align8(parcel.byteLength) - parcel.byteLength
    if (parcel.byteLength < COPY_BELOW) {
      arena.set(parcel, end)
      end += parcel.byteLength + padding
    } else {
      if (end > start) segments.push(arena.subarray(start, end))
      segments.push(parcel)
      start = end
      end += padding
    }
  }
  if (end > start) segments.push(arena.subarray(start, end))
  return { segments, byteLength }
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

/** Cuts a stream of bytes into frames. */
export class FrameSplitter {
  readonly #onFrame: (frame: Uint8Array) => void
  /** The header of the next frame, as far as it has come. */
  readonly #header = Buffer.allocUnsafeSlow(HEADER)
  #headerFilled = 0
  #frame: Uint8Array | undefined
  #filled = 0

  /** @param onFrame called with each whole frame, synchronously, in order; the bytes are its own to keep. */
  constructor(onFrame: (frame: Uint8Array) => void) {
    this.#onFrame = onFrame
  }

  /** Takes the next bytes, whose memory must not be reused. Throws when they are no frames. */
  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.byteLength) {
      at += this.#frame ? this.#continue(chunk, at) : this.#begin(chunk, at)
    }
  }

  /** Reads at the start of a frame; returns how many bytes it took. */
  #begin(chunk: Uint8Array, at: number): number {
    const available = chunk.byteLength - at
    if (this.#headerFilled === 0 && available >= HEADER) {
      const length = frameLength(chunk, at)
      if (length <= available) {
        this.#onFrame(chunk.subarray(at, at + length))
        return length
      }
    }
    const taken = Math.min(HEADER - this.#headerFilled, available)
    this.#header.set(chunk.subarray(at, at + taken), this.#headerFilled)
    this.#headerFilled += taken
    if (this.#headerFilled === HEADER) {
      this.#frame = Buffer.allocUnsafeSlow(frameLength(this.#header, 0))
      this.#frame.set(this.#header)
      this.#filled = HEADER
      this.#headerFilled = 0
      this.#finishIfWhole()
    }
    return taken
  }

  #continue(chunk: Uint8Array, at: number): number {
    const frame = this.#frame as Uint8Array
    const taken = Math.min(frame.byteLength - this.#filled, chunk.byteLength - at)
    frame.set(chunk.subarray(at, at + taken), this.#filled)
    this.#filled += taken
    this.#finishIfWhole()
    return taken
  }

  #finishIfWhole(): void {
    const frame = this.#frame
    if (frame === undefined || this.#filled < frame.byteLength) return
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
