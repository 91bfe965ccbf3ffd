import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeValue, encodeValue } from '../../lib/pool/codec.js'
import { type Block, fromColumn, isColumn, type Packed, pack, toColumn, unpack } from '../../lib/pool/column.js'
import { encodingError } from '../../lib/pool/encoding-path.js'
import { FrameReader, joinFrame, makeFrame, openFrame } from '../../lib/pool/frames.js'
import { decodeFromWorker, decodeToWorker, encodeMessage } from '../../lib/pool/protocol.js'

function revoked(target: object = {}): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

const bytes = fc.uint8Array({ maxLength: 2000 })
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
})

describe('encodeValue', () => {
  it('is undone by decodeValue, for whatever can be cloned', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(decodeValue(encodeValue(value))).toEqual(structuredClone(value))
      }),
    )
  })

  it('gives arrays as views on the received bytes, large and small', () => {
    // In memory of its own size, as a frame of the wire is; encodeValue may give a part of a larger one.
    const encoded = Uint8Array.from(
      encodeValue({ large: new Float64Array(100).fill(1), small: new Float64Array(2).fill(2) }),
    )
    const { large, small } = decodeValue(encoded) as { large: Float64Array; small: Float64Array }
    expect(large.buffer).toBe(encoded.buffer)
    expect(small.buffer).toBe(encoded.buffer)
    expect([large[99], small[1]]).toEqual([1, 2])
  })

  it('gives a value memory of its own when it is less than half of the memory that it came in', () => {
    const encoded = encodeValue({ large: new Float64Array(100).fill(1) })
    const within = (size: number): ArrayBufferLike[] => {
      const memory = new Uint8Array(size)
      memory.set(encoded, 8)
      const { large } = decodeValue(memory.subarray(8, 8 + encoded.byteLength)) as { large: Float64Array }
      expect(large).toEqual(new Float64Array(100).fill(1))
      return [memory.buffer, large.buffer]
    }
    const [shared, view] = within(2 * encoded.byteLength)
    expect(view).toBe(shared)
    const [left, own] = within(2 * encoded.byteLength + 1)
    expect(own).not.toBe(left)
    expect(own?.byteLength).toBe(encoded.byteLength)
  })

  it('gives arrays right also from bytes that lie at an odd place', () => {
    const encoded = encodeValue([new Float64Array(50).fill(0.5), new BigInt64Array(40).fill(7n)])
    const shifted = new Uint8Array(encoded.byteLength + 3).subarray(3)
    shifted.set(encoded)
    expect(decodeValue(shifted)).toEqual([new Float64Array(50).fill(0.5), new BigInt64Array(40).fill(7n)])
  })

  it('keeps one object one, and one array one', () => {
    const array = new Float64Array(100)
    const item = { array }
    const [a, b] = decodeValue(encodeValue([item, item])) as [typeof item, typeof item]
    expect(a).toBe(b)
    const [c, d] = decodeValue(encodeValue([array, array])) as [Float64Array, Float64Array]
    expect(c).toBe(d)
  })

  it('keeps Buffers Buffers', () => {
    for (const length of [0, 10, 1000]) {
      const back = decodeValue(encodeValue({ buffer: Buffer.alloc(length, 3) })) as { buffer: Buffer }
      expect(Buffer.isBuffer(back.buffer)).toBe(true)
      expect(back.buffer).toEqual(Buffer.alloc(length, 3))
    }
  })

  it('throws for what is cut off, and never reads beyond', () => {
    const encoded = encodeValue({ list: new Float64Array(100), text: 'x'.repeat(50) })
    for (let length = 0; length < encoded.byteLength; length += 7) {
      expect(() => decodeValue(encoded.subarray(0, length))).toThrow()
    }
  })
})

describe('blocks', () => {
  const primitive = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.bigInt(),
    fc.constant(null),
    fc.constant(undefined),
    fc.double(),
  )
  const lists = fc.oneof(
    fc.array(fc.integer(), { maxLength: 100 }),
    fc.array(fc.double(), { maxLength: 100 }),
    fc.array(primitive, { maxLength: 50 }),
    fc.array(anything, { maxLength: 20 }),
  )

  it('give back each value as it was packed', () => {
    fc.assert(
      fc.property(lists, (values) => {
        const { column, parcels } = toColumn(values.map(pack))
        const frame = openFrame(joinFrame(makeFrame(encodeValue(column), parcels)))
        const head = decodeValue(frame.head)
        expect(isColumn(head)).toBe(true)
        const back: Block = fromColumn(head as typeof column, frame.parcels)
        expect(Array.from(back as Packed[], unpack)).toEqual(values.map((value) => structuredClone(value)))
      }),
    )
  })

  it('tell -0 from 0 and keep NaN', () => {
    const values = [1, -0, Number.NaN, 0, ...Array(50).fill(2)]
    const { column, parcels } = toColumn(values)
    const frame = openFrame(joinFrame(makeFrame(encodeValue(column), parcels)))
    expect(Array.from(fromColumn(column, frame.parcels) as ArrayLike<number>)).toEqual(values)
  })
})

describe('frames', () => {
  it('come out of the stream as they went in, wherever it is cut', () => {
    const frame = fc.record({ head: bytes, parcels: fc.array(bytes, { maxLength: 4 }) })
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }),
        (frames, cuts) => {
          const stream = Buffer.concat(frames.map(({ head, parcels }) => joinFrame(makeFrame(head, parcels))))
          const seen: Uint8Array[] = []
          const reader = new FrameReader((one) => seen.push(one))
          for (let at = 0, i = 0; at < stream.length; i++) {
            const end = at + (cuts[i % cuts.length] as number)
            // Memory of its own, as a socket gives it.
            reader.push(Uint8Array.from(stream.subarray(at, end)))
            at = end
          }
          expect(seen).toHaveLength(frames.length)
          seen.forEach((one, i) => {
            const { head, parcels } = openFrame(one)
            expect(Buffer.from(head)).toEqual(Buffer.from(frames[i]?.head as Uint8Array))
            let offset = 0
            for (const parcel of frames[i]?.parcels ?? []) {
              expect(Buffer.from(parcels.subarray(offset, offset + parcel.length))).toEqual(Buffer.from(parcel))
              offset += Math.ceil(parcel.length / 8) * 8
            }
          })
        },
      ),
    )
  })

  it('hand large parcels to the pipe as they are, without a copy', () => {
    const large = new Uint8Array(100_000)
    const { segments, byteLength } = makeFrame(new Uint8Array(5), [new Uint8Array(3), large])
    expect(segments.map(({ buffer }) => buffer)).toContain(large.buffer)
    expect(segments.reduce((sum, segment) => sum + segment.byteLength, 0)).toBe(byteLength)
  })

  it('join parcels that lie one behind the other as they will in the frame', () => {
    const parcels = Array.from({ length: 6 }, (_, i) => encodeValue({ array: new Float64Array(700).fill(i) }))
    const frame = makeFrame(new Uint8Array(5), parcels)
    // The head's, and one or two: a slab may end among them.
    expect([2, 3]).toContain(frame.segments.length)
    let offset = 0
    const opened = openFrame(joinFrame(frame))
    for (const [i, parcel] of parcels.entries()) {
      const received = opened.parcels.subarray(offset, offset + parcel.byteLength)
      expect(decodeValue(received)).toEqual({ array: new Float64Array(700).fill(i) })
      offset += Math.ceil(parcel.byteLength / 8) * 8
    }
  })

  it('are read straight to where they stay, if they are long, and copied off the desk if they are short', () => {
    const seen: Uint8Array[] = []
    const reader = new FrameReader((frame) => seen.push(frame))
    const stream = Buffer.concat(
      [200_000, 300_000, 8, 300_000, 16].map((length, i) =>
        joinFrame(makeFrame(new Uint8Array(3), [new Uint8Array(length).fill(i)])),
      ),
    )
    const places = new Set<ArrayBufferLike>()
    for (let at = 0; at < stream.byteLength; ) {
      const space = reader.space()
      places.add(space.buffer)
      const part = stream.subarray(at, at + Math.min(space.byteLength, 50_000))
      space.set(part)
      reader.filled(part.byteLength)
      at += part.byteLength
    }
    expect(Buffer.concat(seen).equals(stream)).toBe(true)
    // The desk, and the three long frames themselves.
    expect(places.size).toBe(4)
    expect(seen.filter(({ buffer }) => places.has(buffer))).toHaveLength(3)
  })

  it('are told from noise', () => {
    const reader = new FrameReader(() => {})
    expect(() => reader.push(Buffer.from('Hello from a task that writes to every descriptor'))).toThrow(/no frame/)
  })
})

describe('messages', () => {
  it('are refused when they are none', () => {
    const frame = (value: unknown): Uint8Array => joinFrame(makeFrame(encodeValue(value)))
    for (const value of [
      undefined,
      5,
      {},
      { type: 'hello' },
      { type: 'done', count: 2, values: [1], errors: [], busy: 0 },
    ]) {
      expect(() => decodeFromWorker(frame(value))).toThrow(TypeError)
    }
    expect(() => decodeToWorker(frame({ type: 'ready' }))).toThrow(TypeError)
    const stop = decodeToWorker(joinFrame(encodeMessage({ type: 'stop' })))
    expect(stop.message).toEqual({ type: 'stop' })
  })
})

describe('encodingError', () => {
  const symbol = Symbol('s')
  it.each<[unknown, string]>([
    [() => 1, 'argument'],
    [{ a: { b: [1, symbol] } }, 'argument.a.b[1]'],
    [{ 'odd key': { f() {} } }, 'argument["odd key"].f'],
    [new Map([['k', { x: symbol }]]), 'argument.get("k").x'],
    [new Set([1, symbol]), 'argument.values()'],
    [[new WeakMap()], 'argument[0]'],
  ])('names the place of the culprit: %o', (value, path) => {
    expect(encodingError('argument', value, new Error('reason'))).toMatchObject({ path, cause: { message: 'reason' } })
  })

  it('finds its way through cycles', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    cycle['f'] = symbol
    expect(encodingError('result', cycle, null).path).toBe('result.f')
  })

  it('comes to an end where every look gives a new object', () => {
    const proxy = (): object => new Proxy({ again: 1 }, { get: (_, key) => (key === 'again' ? proxy() : undefined) })
    expect(encodingError('argument', proxy(), null).path).toMatch(/^argument(\.again)+$/)
  })

  it.each<[string, unknown, string, RegExp]>([
    [
      'a getter',
      {
        inner: {
          get bad() {
            throw symbol
          },
        },
      },
      'argument.inner.bad',
      /property whose getter throws/,
    ],
    ['a revoked proxy', [revoked()], 'argument[0]', /can't be looked into/],
    ['a revoked function', revoked(() => 1), 'argument', /can't be looked into/],
    ['an odd name', Object.defineProperty(() => 1, 'name', { value: symbol }), 'argument', /can't be looked into/],
    ['an odd key', new Map([[{ toString: null }, symbol]]), 'argument.get(…)', /the symbol Symbol\(s\)/],
  ])('never throws itself: %s', (_, value, path, text) => {
    const error = encodingError('argument', value, symbol)
    expect(error).toMatchObject({ path, cause: symbol, message: expect.stringMatching(text) })
  })
})
