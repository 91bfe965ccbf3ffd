import { describe, expect, it } from 'vitest'
import { Channel } from '../../lib/mpi/channel.js'
import { type Frame, joinFrame, makeFrame, openFrame } from '../../lib/pool/frames.js'
import { Wire } from './wire.js'

/** A frame of a head and parcels that are all the same byte. */
function frameOf(...parcels: [length: number, byte: number][]) {
  const bytes = parcels.map(([length, byte]) => new Uint8Array(length).fill(byte))
  return makeFrame(new Uint8Array([1, 2, 3]), bytes)
}

/** Bytes as a text, which is compared in one go. */
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

function whole(frame: Frame): string {
  return text(joinFrame(frame))
}

/** What comes out at rank 1 after rank 0 did `send`. */
function received(wire: Wire, send: (channel: Channel) => void, maxMessage?: number): unknown[] {
  const out: unknown[] = []
  const events = {
    control: (_source: number, message: unknown) => out.push(message),
    frame: (source: number, slot: number, bytes: Uint8Array) => out.push([source, slot, text(bytes)]),
  }
  const [from, to] = [0, 1].map((rank) => new Channel(wire.comm(rank), events, maxMessage)) as [Channel, Channel]
  send(from)
  for (let turn = 0; turn < 1000 && (wire.box(1).length > 0 || to.busy); turn++) to.progress()
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
    expect(out).toEqual([{ type: 'first' }, [0, 3, whole(frame)], { type: 'last' }])
  })

  it('splits long frames, and puts them together as they were', () => {
    const wire = new Wire()
    const frame = frameOf([100_000, 1], [70_000, 2], [10, 3])
    const out = received(wire, (channel) => channel.sendFrame(1, 0, frame), 4096)
    expect(out).toEqual([[0, 0, whole(frame)]])
    expect(Math.max(...wire.lengths)).toBe(4096)
    const [[, , bytes]] = out as [[number, number, string]]
    expect(openFrame(Buffer.from(bytes, 'latin1')).head).toEqual(Buffer.from([1, 2, 3]))
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
    expect(out).toEqual(frames.map((frame, slot) => [0, slot, whole(frame)]))
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

  it('says when the memory of a frame is free again: when all of it has left, in order', () => {
    const delays = [0, 4, 0, 0, 2]
    let count = 0
    const channel = new Channel(
      new Wire(() => delays[count++ % 5] as number).comm(0),
      { control() {}, frame() {} },
      30_000,
    )
    const free: number[] = []
    const lengths = [20, 90_000, 10, 70_000, 40]
    for (const [i, length] of lengths.entries()) channel.sendFrame(1, 0, frameOf([length, i]), () => free.push(i))
    expect(free).toEqual([0])
    for (let turn = 0; turn < 20 && channel.busy; turn++) channel.progress()
    expect(free).toEqual([0, 1, 2, 3, 4])
    expect(channel.unsent).toBe(0)
  })

  it('sends a long frame of one large parcel as two messages', () => {
    const wire = new Wire()
    const out = received(wire, (channel) => channel.sendFrame(1, 5, frameOf([200_000, 9])))
    expect(wire.lengths).toHaveLength(2)
    const [[, , bytes]] = out as [[number, number, string]]
    expect(bytes).toHaveLength((wire.lengths[0] as number) + (wire.lengths[1] as number) - 8)
  })

  it('refuses a part without a beginning', () => {
    const wire = new Wire()
    const channel = new Channel(wire.comm(1), { control() {}, frame() {} })
    wire.box(1).push({ source: 0, tag: 3, bytes: new Uint8Array(8) })
    expect(() => channel.progress()).toThrow('without its length')
  })
})
