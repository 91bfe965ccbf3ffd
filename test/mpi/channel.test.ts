import { describe, expect, it } from 'vitest'
import { Channel } from '../../lib/mpi/channel.js'
import type { Arrival, Comm, Transfer } from '../../lib/mpi/comm.js'
import { joinFrame, makeFrame, openFrame } from '../../lib/pool/frames.js'

interface Message {
  source: number
  tag: number
  bytes: Uint8Array
}

/** Two ranks that are one: what 0 sends arrives at 1. Transfers are through when they have been asked `delays()` times. */
class Wire {
  readonly messages: Message[] = []
  readonly lengths: number[] = []
  readonly #delays: () => number

  constructor(delays: () => number = () => 0) {
    this.#delays = delays
  }

  comm(rank: number): Comm {
    return {
      rank,
      size: 2,
      library: 'a fake',
      send: (bytes, _dest, tag) => {
        this.lengths.push(bytes.byteLength)
        this.messages.push({ source: rank, tag, bytes: bytes.slice() })
        return this.#transfer(() => {})
      },
      probe: () => this.#arrival(this.messages.shift()),
      offerCore: () => {},
      finalize: () => {},
      abort: () => {},
    }
  }

  #arrival(message: Message | undefined): Arrival | undefined {
    if (message === undefined) return undefined
    const { source, tag, bytes } = message
    const receive = (into: Uint8Array): Transfer => {
      expect(into.byteLength).toBe(bytes.byteLength)
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

/** A frame of a head and parcels that are all the same byte. */
function frameOf(...parcels: [length: number, byte: number][]) {
  const bytes = parcels.map(([length, byte]) => new Uint8Array(length).fill(byte))
  return makeFrame(new Uint8Array([1, 2, 3]), bytes)
}

/** What comes out at rank 1 after rank 0 did `send`. */
function received(wire: Wire, send: (channel: Channel) => void, maxMessage?: number): unknown[] {
  const out: unknown[] = []
  const events = {
    control: (_source: number, message: unknown) => out.push(message),
    frame: (source: number, slot: number, bytes: Uint8Array) => out.push([source, slot, Buffer.from(bytes)]),
  }
  const [from, to] = [0, 1].map((rank) => new Channel(wire.comm(rank), events, maxMessage)) as [Channel, Channel]
  send(from)
  for (let turn = 0; turn < 1000 && (wire.messages.length > 0 || to.busy); turn++) to.progress()
  expect(to.busy).toBe(false)
  return out
}

describe('a channel', () => {
  it('carries frames and control messages in order', () => {
    const frame = frameOf([10, 7])
    const out = received(new Wire(), (channel) => {
      channel.sendControl(1, { type: 'first' })
      channel.sendFrame(1, 3, frame)
      channel.sendControl(1, { type: 'last' })
    })
    expect(out).toEqual([{ type: 'first' }, [0, 3, Buffer.from(joinFrame(frame))], { type: 'last' }])
  })

  it('splits long frames, and puts them together as they were', () => {
    const wire = new Wire()
    const frame = frameOf([100_000, 1], [70_000, 2], [10, 3])
    const out = received(wire, (channel) => channel.sendFrame(1, 0, frame), 4096)
    expect(out).toEqual([[0, 0, Buffer.from(joinFrame(frame))]])
    expect(Math.max(...wire.lengths)).toBe(4096)
    expect(openFrame((out[0] as [number, number, Buffer])[2]).head).toEqual(Buffer.from([1, 2, 3]))
  })

  it('gives messages out in order although their bytes arrive out of order', () => {
    let count = 0
    const wire = new Wire(() => [7, 0, 3, 1, 0][count++ % 5] as number)
    const frames = Array.from({ length: 12 }, (_, i) => frameOf([i % 3 === 0 ? 90_000 : 20, i]))
    const out = received(
      wire,
      (channel) => {
        for (const [slot, frame] of frames.entries()) channel.sendFrame(1, slot, frame)
      },
      30_000,
    )
    expect(out).toEqual(frames.map((frame, slot) => [0, slot, Buffer.from(joinFrame(frame))]))
  })

  it('knows what has not left yet', () => {
    let delay = 3
    const channel = new Channel(new Wire(() => delay).comm(0), { control() {}, frame() {} })
    channel.sendFrame(1, 0, frameOf([10, 7]))
    expect(channel.unsent).toBeGreaterThan(0)
    expect(channel.busy).toBe(true)
    delay = 0
    for (let turn = 0; turn < 5; turn++) channel.progress()
    expect(channel.unsent).toBe(0)
  })
})
