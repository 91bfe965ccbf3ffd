/**
 * Frames and control messages between ranks, over messages of bytes.
 *
 *     frame, small    one message                                  FRAME
 *     frame, long     its length, then its segments as they lie    LONG  PIECE PIECE …
 *     control         a small encoded value                        CONTROL
 *
 * A tag holds the kind and the slot, the number of the session that a frame belongs to. From one rank messages come in order;
 * their bytes may arrive out of order, as they are received without waiting, and are given out in order again.
 */
import { decodeValue, encodeValue } from '../pool/codec.js'
import { type Frame, joinFrame } from '../pool/frames.js'
import type { Arrival, Comm, Transfer } from './comm.js'

const CONTROL = 0
const FRAME = 1
const LONG = 2
const PIECE = 3
const KINDS = 4

/** There are tags for this many slots in every MPI library (MPI_TAG_UB is at least 32767). */
export const MAX_SLOTS: number = 8192

/** Frames up to this length are copied together, bytes; longer ones are sent from where they are. */
const JOIN_BELOW = 64 * 1024
/** The longest message, bytes: a count is an int, and some libraries dislike the largest. */
const MAX_MESSAGE = 2 ** 30
/** Received messages up to this length share slabs of memory. */
const SMALL = 16 * 1024
const SLAB = 256 * 1024
/** After so many messages in one go the event loop gets a turn. */
const BURST = 64

/** What comes out of a channel. */
export interface ChannelEvents {
  control(source: number, message: unknown): void
  /** A whole frame; its bytes are not reused. */
  frame(source: number, slot: number, bytes: Uint8Array): void
}

/** Something received, or on its way: given out when it and all before it are complete. */
interface Incoming {
  transfer: Transfer | undefined
  readonly deliver: () => void
}

/** A long frame, being put together. */
interface Assembly {
  readonly slot: number
  readonly frame: Uint8Array
  begun: number
}

/** What came from one rank. */
interface Inbox {
  readonly incoming: Incoming[]
  assembly: Assembly | undefined
}

interface Sending {
  readonly dest: number
  readonly bytes: number
  readonly transfer: Transfer
}

/** Messages of one rank with all others. */
export class Channel {
  readonly #comm: Comm
  readonly #events: ChannelEvents
  readonly #maxMessage: number
  readonly #inboxes = new Map<number, Inbox>()
  #sending: Sending[] = []
  #slab = Buffer.alloc(0)

  constructor(comm: Comm, events: ChannelEvents, maxMessage: number = MAX_MESSAGE) {
    this.#comm = comm
    this.#events = events
    this.#maxMessage = maxMessage
  }

  /** Bytes that have been handed over and may not have left. */
  get unsent(): number {
    let bytes = 0
    for (const sending of this.#sending) bytes += sending.bytes
    return bytes
  }

  /** Whether something is on its way, in either direction, that has to be driven on. */
  get busy(): boolean {
    if (this.#sending.length > 0) return true
    for (const inbox of this.#inboxes.values()) if (inbox.incoming.length > 0 || inbox.assembly) return true
    return false
  }

  sendControl(dest: number, message: unknown): void {
    this.#send(encodeValue(message), dest, CONTROL)
  }

  sendFrame(dest: number, slot: number, frame: Frame): void {
    const tag = slot * KINDS
    if (frame.byteLength <= Math.min(JOIN_BELOW, this.#maxMessage)) {
      this.#send(joinFrame(frame), dest, tag + FRAME)
      return
    }
    this.#send(Float64Array.of(frame.byteLength), dest, tag + LONG)
    for (const segment of frame.segments) {
      for (let start = 0; start < segment.byteLength; start += this.#maxMessage) {
        this.#send(segment.subarray(start, start + this.#maxMessage), dest, tag + PIECE)
      }
    }
  }

  /** Receives what has come and drives on what is on its way. Says whether anything moved. */
  progress(): boolean {
    let moved = false
    for (let count = 0; count < BURST; count++) {
      const arrival = this.#comm.probe()
      if (arrival === undefined) break
      this.#accept(arrival)
      moved = true
    }
    for (const inbox of this.#inboxes.values()) if (inbox.incoming.length > 0) moved = deliver(inbox) || moved
    return this.#retire() || moved
  }

  #send(view: ArrayBufferView, dest: number, tag: number): void {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    const transfer = this.#comm.send(bytes, dest, tag)
    if (!transfer.done()) this.#sending.push({ dest, bytes: bytes.byteLength, transfer })
  }

  /** Lets go of what has left. */
  #retire(): boolean {
    if (this.#sending.length === 0) return false
    const before = this.#sending.length
    this.#sending = this.#sending.filter(({ transfer }) => !transfer.done())
    return this.#sending.length < before
  }

  #accept(arrival: Arrival): void {
    const { source, tag, length } = arrival
    const inbox = this.#inbox(source)
    const kind = tag % KINDS
    const slot = (tag - kind) / KINDS
    const into = kind === PIECE ? nextPart(inbox, length) : this.#memory(length)
    const transfer = arrival.receive(into)
    const incoming: Incoming = {
      transfer: transfer.done() ? undefined : transfer,
      deliver: this.#delivery(source, slot, kind, inbox, into),
    }
    // The length is needed at once, for the pieces behind it; it is too short to be on its way for long.
    if (kind === LONG) {
      while (!transfer.done());
      begin(inbox, slot, into)
      return
    }
    inbox.incoming.push(incoming)
  }

  /** What is to be done with these bytes when they are there. */
  #delivery(source: number, slot: number, kind: number, inbox: Inbox, bytes: Uint8Array): () => void {
    const { assembly } = inbox
    if (kind === CONTROL) return () => this.#events.control(source, decodeValue(bytes))
    if (kind === FRAME) return () => this.#events.frame(source, slot, bytes)
    if (assembly === undefined || assembly.begun < assembly.frame.byteLength) return () => {}
    inbox.assembly = undefined
    return () => this.#events.frame(source, assembly.slot, assembly.frame)
  }

  #inbox(source: number): Inbox {
    let inbox = this.#inboxes.get(source)
    if (inbox === undefined) {
      inbox = { incoming: [], assembly: undefined }
      this.#inboxes.set(source, inbox)
    }
    return inbox
  }

  /** Fresh memory for a message; small ones lie together, at multiples of 8. */
  #memory(length: number): Uint8Array {
    if (length > SMALL) return Buffer.allocUnsafeSlow(length)
    if (this.#slab.byteLength < length) this.#slab = Buffer.allocUnsafeSlow(SLAB)
    const part = this.#slab.subarray(0, length)
    this.#slab = this.#slab.subarray(Math.ceil(length / 8) * 8)
    return part
  }
}

function begin(inbox: Inbox, slot: number, length: Uint8Array): void {
  const [total] = new Float64Array(length.buffer, length.byteOffset, 1) as unknown as [number]
  inbox.assembly = { slot, frame: Buffer.allocUnsafeSlow(total), begun: 0 }
}

/** Where the next piece of a long frame goes. */
function nextPart({ assembly }: Inbox, length: number): Uint8Array {
  if (assembly === undefined) throw new RangeError('a part of a frame came without its length')
  const part = assembly.frame.subarray(assembly.begun, assembly.begun + length)
  assembly.begun += length
  return part
}

/** Gives out what is complete, in order. */
function deliver({ incoming }: Inbox): boolean {
  let delivered = 0
  for (; delivered < incoming.length; delivered++) {
    const { transfer, deliver } = incoming[delivered] as Incoming
    if (transfer !== undefined && !transfer.done()) break
    ;(incoming[delivered] as Incoming).transfer = undefined
    deliver()
  }
  incoming.splice(0, delivered)
  return delivered > 0
}
