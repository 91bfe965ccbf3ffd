import { isDeepStrictEqual } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeValue, encodeValue } from '../../lib/pool/codec.js'
import { PLAIN } from '../../lib/pool/plain-value.js'

const HEADER = 8
const isPlain = (value: unknown): boolean => encodeValue(value)[HEADER] === PLAIN
const back = (value: unknown): unknown => decodeValue(encodeValue(value))
/** The oracle: V8 itself, without anything of the codec. */
const throughV8 = (value: unknown): unknown => deserialize(serialize(value))

const names = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'length', '0', '7', 'é', 'x'.repeat(255), 'x'.repeat(256)),
)
const views = fc.oneof(
  fc.float64Array({ maxLength: 12 }),
  fc.int32Array({ maxLength: 9 }),
  fc.uint8Array({ maxLength: 9 }),
  fc.bigInt64Array({ maxLength: 3 }),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => new DataView(bytes.buffer, bytes.byteLength > 2 ? 1 : 0)),
)
const primitives = fc.oneof(names, fc.double(), fc.integer(), fc.boolean(), fc.constantFrom(null, undefined, -0))
/** Values of which about half are plain: keys and texts beyond Latin-1 are among them. */
const { plain } = fc.letrec((tie) => ({
  plain: fc.oneof({ maxDepth: 3 }, primitives, views, tie('list'), tie('object')),
  list: fc.array(tie('plain'), { maxLength: 5 }),
  object: fc.dictionary(names, tie('plain'), { maxKeys: 6 }),
}))
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withBoxedValues: true,
  withNullPrototype: true,
  withObjectString: true,
})

/** Equal in every way that can be seen: identity of values (-0, NaN), prototypes, holes, order of the keys. */
function expectSame(one: unknown, other: unknown): void {
  expect(isDeepStrictEqual(one, other)).toBe(true)
  expect(keysOf(one)).toEqual(keysOf(other))
}

function keysOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined
  return Object.entries(value).map(([key, inner]) => [key, keysOf(inner)])
}

describe('a plain value', () => {
  it('comes back exactly as from V8', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expectSame(back(value), throughV8(value))
      }),
      { numRuns: 500 },
    )
  })

  it('is about every other one of those, so that the test above tests something', () => {
    const sample = fc.sample(plain, 300)
    expect(sample.filter(isPlain).length).toBeGreaterThan(100)
  })

  it('comes back as from V8 too if it is no plain one', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expectSame(back(value), throughV8(value))
      }),
      { numRuns: 500 },
    )
  })

  const shared = { x: 1 }
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  const array = new Float64Array(3)
  it.each<[string, unknown]>([
    ['a shared object', [shared, shared]],
    ['a cycle', cycle],
    ['a shared array', { a: array, b: array }],
    ['a hole', Object.assign(new Array(3), [1])],
    ['a list with a name', Object.assign([1, 2], { name: 'list' })],
    ['a hole and a name', Object.assign(new Array(2), [1], { name: 'list' })],
    ['a list of a subclass', new (class extends Array<number> {})(1, 2)],
    ['a null prototype', Object.assign(Object.create(null), { a: 1 })],
    [
      'an instance',
      new (class Point {
        x = 1
      })(),
    ],
    ['a Map', { map: new Map([[1, 2]]) }],
    ['a Date', [new Date(5)]],
    ['an Error', { error: new TypeError('t') }],
    ['a boxed number', Object(5)],
    ['a bigint', { big: 5n }],
    ['a lone surrogate', { text: '\ud800' }],
    ['a key beyond Latin-1', { σ: 1 }],
    ['a long text', { text: 'x'.repeat(300) }],
    ['a long list', Array.from({ length: 300 }, (_, i) => i)],
    ['many objects', Array.from({ length: 40 }, (_, i) => ({ i }))],
    ['what is long together', Array.from({ length: 250 }, () => 'x'.repeat(200))],
    ['an ArrayBuffer', { buffer: new ArrayBuffer(4) }],
  ])('goes through V8 if it has %s', (_, value) => {
    expect(isPlain(value)).toBe(false)
    const [one, other] = [back(value), throughV8(value)]
    expect(isDeepStrictEqual(one, other)).toBe(true)
  })

  it('keeps what is shared shared', () => {
    const [a, b] = back([shared, shared]) as [object, object]
    expect(a).toBe(b)
    const self = back(cycle) as typeof cycle
    expect(self['self']).toBe(self)
  })

  it.each<[string, unknown]>([
    ['a Proxy', new Proxy({ a: 1 }, {})],
    ['a Proxy of a list', [new Proxy([1], {})]],
    ['arguments', Function('return arguments')(1)],
    ['process.env', { env: process.env }],
    ['a function', { f() {} }],
    ['a symbol', [Symbol('s')]],
    ['a promise', { promise: Promise.resolve() }],
  ])('is refused as V8 refuses it if it has %s', (_, value) => {
    expect(() => serialize(value)).toThrow()
    expect(() => encodeValue(value)).toThrow(/could not be cloned/)
  })

  it('reads getters, also one that encodes something itself', () => {
    const value = {
      get inner() {
        return back({ deep: [1, 2] })
      },
      after: 'x',
    }
    expect(back(value)).toEqual({ inner: { deep: [1, 2] }, after: 'x' })
    const thrower = {
      get inner(): never {
        throw new Error('no')
      },
    }
    expect(() => encodeValue(thrower)).toThrow('no')
    expect(back({ still: 'works' })).toEqual({ still: 'works' })
  })

  it('never assigns to what is inherited', () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "toString": 3}') as object
    expect(isPlain(value)).toBe(true)
    const copy = back(value) as object
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(Object.keys(copy)).toEqual(['__proto__', 'constructor', 'toString'])
  })

  it('that is damaged throws a RangeError or reads as something, and never beyond its end', () => {
    const encoded = encodeValue({ a: [1, 2.5, 'text'], b: { c: new Float64Array(4) }, d: null })
    fc.assert(
      fc.property(fc.nat(encoded.byteLength - 9), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(encoded)
        damaged[at + HEADER] = byte
        damaged[HEADER] = PLAIN
        try {
          decodeValue(damaged)
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
        }
      }),
    )
  })
})

describe('array views', () => {
  const kinds = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ]
  it.each(kinds.map((View) => [View.name, View] as const))('%s keeps kind and values, wherever it began', (_, View) => {
    const memory = new View(20).map((_, i) => i)
    const value = { view: memory.subarray(3, 17), empty: new View(0) }
    expect(isPlain(value)).toBe(true)
    expectSame(back(value), { view: new View(14).map((_, i) => i + 3), empty: new View(0) })
  })

  it('Buffers stay Buffers, a subclass becomes what it extends', () => {
    class Mine extends Float64Array {}
    const copy = back([Buffer.from('abc'), Mine.of(1)]) as [Buffer, Float64Array]
    expect(Buffer.isBuffer(copy[0])).toBe(true)
    expect(copy[0].toString()).toBe('abc')
    expect(Object.getPrototypeOf(copy[1])).toBe(Float64Array.prototype)
  })
})
