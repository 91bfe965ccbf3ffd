/**
 * Frames and control messages between ranks, over messages of bytes.
 *
 *     frame, small    one message                                  FRAME
 *     frame, long     its length and first bytes, then the rest    LONG  PIECE PIECE …
 *                     in segments as they lie
 *     control         a small encoded value                        CONTROL
 *
 * A tag holds the kind and the slot, the number of the session that a frame belongs to. From one rank messages come in order;
 * their bytes may arrive out of order, as they are received without waiting, and are given out in order again.
 */
import { decodeValue, encodeValue } from '../pool/codec.js'
import { type Frame, joinFrame } from '../pool/frames.js'
import { Queue } from '../pool/queue.js'
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
/** The first segment of a longer one goes with the length if it has no more bytes than this. */
const START_BELOW = 4 * 1024
/** The bytes of a length. */
const LENGTH = 8
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

/** A message that goes out. */
interface Sending {
  /** Of what may not have left yet; 0 for what has, and only waits for its turn. */
  readonly bytes: number
  readonly transfer: Transfer | undefined
  readonly onSent: (() => void) | undefined
}

/** Messages of one rank with all others. */
export class Channel {
  readonly #comm: Comm
  readonly #events: ChannelEvents
  readonly #maxMessage: number
  readonly #inboxes = new Map<number, Inbox>()
  /** What has not left yet, by rank. Only the oldest of each is asked for: they leave in order, more or less. */
  readonly #outgoing = new Map<number, Queue<Sending>>()
  #unsent = 0
  #slab = Buffer.alloc(0)

  constructor(comm: Comm, events: ChannelEvents, maxMessage: number = MAX_MESSAGE) {
    this.#comm = comm
    this.#events = events
    this.#maxMessage = maxMessage
  }

  /** Bytes that have been handed over and may not have left. */
  get unsent(): number {
    return this.#unsent
  }

  /** Whether something is on its way, in either direction, that has to be driven on. */
  get busy(): boolean {
    if (this.#outgoing.size > 0) return true
    for (const inbox of this.#inboxes.values()) if (inbox.incoming.length > 0 || inbox.assembly) return true
    return false
  }

  sendControl(dest: number, message: unknown): void {
    this.#send(encodeValue(message), dest, CONTROL)
  }

  /** `onSent`: called when the frame's memory is free again. */
  sendFrame(dest: number, slot: number, frame: Frame, onSent?: () => void): void {
    const tag = slot * KINDS
    if (frame.byteLength <= Math.min(JOIN_BELOW, this.#maxMessage)) {
      this.#send(joinFrame(frame), dest, tag + FRAME, onSent)
      return
    }
    const { start, rest } = beginning(frame, Math.min(START_BELOW, this.#maxMessage - LENGTH))
    this.#send(start, dest, tag + LONG)
    const pieces = rest.flatMap((segment) => cut(segment, this.#maxMessage))
    const last = pieces.length - 1
    pieces.forEach((piece, i) => {
      this.#send(piece, dest, tag + PIECE, i === last ? onSent : undefined)
    })
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

  #send(bytes: Uint8Array, dest: number, tag: number, onSent?: () => void): void {
    const transfer = this.#comm.send(bytes, dest, tag)
    const queue = this.#outgoing.get(dest)
    if (transfer.done()) {
      // What it belongs to may not have left.
      if (queue && onSent) queue.push({ bytes: 0, transfer: undefined, onSent })
      else onSent?.()
      return
    }
    this.#unsent += bytes.byteLength
    const sending = { bytes: bytes.byteLength, transfer, onSent }
    if (queue) queue.push(sending)
    else this.#outgoing.set(dest, new Queue([sending]))
  }

  /** Lets go of what has left. */
  #retire(): boolean {
    let left = false
    for (const [dest, queue] of this.#outgoing) {
      for (let first = queue.first; first && (first.transfer?.done() ?? true); first = queue.first) {
        queue.shift()
        this.#unsent -= first.bytes
        first.onSent?.()
        left = true
      }
      if (queue.length === 0) this.#outgoing.delete(dest)
    }
    return left
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
    // The length is needed at once, for the pieces behind it; it is with too few bytes to be on its way for long.
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

/** The first message of a long frame, and what it leaves over. */
function beginning({ byteLength, segments }: Frame, most: number): { start: Uint8Array; rest: readonly Uint8Array[] } {
  const [first] = segments
  const taken = first && first.byteLength <= most ? first : new Uint8Array(0)
  const start = Buffer.allocUnsafeSlow(LENGTH + taken.byteLength)
  start.writeDoubleLE(byteLength)
  start.set(taken, LENGTH)
  return { start, rest: taken === first ? segments.slice(1) : segments }
}

function cut(segment: Uint8Array, most: number): Uint8Array[] {
  if (segment.byteLength <= most) return [segment]
  return Array.from({ length: Math.ceil(segment.byteLength / most) }, (_, i) =>
    segment.subarray(i * most, (i + 1) * most),
  )
}

function begin(inbox: Inbox, slot: number, start: Uint8Array): void {
  const total = new DataView(start.buffer, start.byteOffset).getFloat64(0, true)
  const frame = Buffer.allocUnsafeSlow(total)
  frame.set(start.subarray(LENGTH))
  inbox.assembly = { slot, frame, begun: start.byteLength - LENGTH }
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
