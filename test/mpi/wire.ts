import type { Arrival, Comm, Transfer } from '../../lib/mpi/comm.js'

/** A message that was sent and not yet received. */
export interface Message {
  readonly source: number
  readonly tag: number
  readonly bytes: Uint8Array
}

/** The ranks of a job in one process. Transfers are through when they have been asked `delays()` times. */
export class Wire {
  /** The lengths of all messages that were sent. */
  readonly lengths: number[] = []
  readonly #size: number
  readonly #delays: () => number
  readonly #boxes = new Map<number, Message[]>()

  constructor(delays: () => number = () => 0, size = 2) {
    this.#delays = delays
    this.#size = size
  }

  /** What waits for this rank. */
  box(rank: number): Message[] {
    const box = this.#boxes.get(rank) ?? []
    this.#boxes.set(rank, box)
    return box
  }

  comm(rank: number): Comm {
    return {
      rank,
      size: this.#size,
      library: 'a fake',
      send: (bytes, dest, tag) => {
        this.lengths.push(bytes.byteLength)
        this.box(dest).push({ source: rank, tag, bytes: bytes.slice() })
        return this.#transfer(() => {})
      },
      probe: () => this.#arrival(this.box(rank).shift()),
      offerCore: () => {},
      finalize: () => {},
      abort: () => {},
    }
  }

  #arrival(message: Message | undefined): Arrival | undefined {
    if (message === undefined) return undefined
    const { source, tag, bytes } = message
    const receive = (into: Uint8Array): Transfer => {
      if (into.byteLength !== bytes.byteLength) throw new RangeError('received into memory of another length')
      return this.#transfer(() => into.set(bytes))
    }
    return { source, tag, length: bytes.byteLength, receive }
  }

  #transfer(complete: () => void): Transfer {
    let asked = 0
    const delay = this.#delays()
    return {
      done() {
        if (asked++ < delay) return false
        complete()
        return true
      },
    }
  }
}
