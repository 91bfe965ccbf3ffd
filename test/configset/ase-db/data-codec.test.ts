import type { InfoValue, JsonValue } from 'autopara'
import { describe, expect, it } from 'vitest'
import {
  decodeData,
  encodeData,
  escapeMarks,
  toInfoValue,
  unescapeMarks,
} from '../../../build/lib/configset/ase-db/data-codec.js'

/** The values as they are after a way through bytes. */
function through(data: Record<string, InfoValue>): Record<string, InfoValue> {
  const decoded = decodeData(encodeData(data))
  return Object.fromEntries(Object.keys(decoded).map((key) => [key, toInfoValue(decoded[key] as never).value]))
}

describe('data of a row', () => {
  it('keeps arrays of every type, JSON, and integers of any length', () => {
    const data: Record<string, InfoValue> = {
      f: { dtype: 'float64', shape: [2, 2], data: Float64Array.of(1, -0, Number.NaN, 1e-300) },
      i: { dtype: 'int32', shape: [1], data: Int32Array.of(-5) },
      l: { dtype: 'int64', shape: [2], data: BigInt64Array.of(2n ** 60n, -1n) },
      b: { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
      scalar: { dtype: 'float64', shape: [], data: Float64Array.of(7) },
      none: { dtype: 'float64', shape: [0, 3], data: new Float64Array(0) },
      json: { list: [1, 'two', null, true], text: 'a "b"\n' },
      big: 2n ** 70n,
    }
    expect(through(data)).toEqual(data)
  })

  it('writes an array of strings as lists', () => {
    expect(through({ s: { dtype: 'string', shape: [2, 2], data: ['a', 'b', 'c', 'd'] } })).toEqual({
      s: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    })
  })

  it('carries types that arrays lack, and arrays inside of values, as JSON and back to bytes', () => {
    const data: Record<string, InfoValue> = {
      f32: { __ndarray__: [[2], 'float32', [0.5, 1.5]] },
      c: { __ndarray__: [[1], 'complex128', [1, 2]] },
      deep: { a: [{ __ndarray__: [[2], 'int64', [1, 2]] }], z: { __complex__: [1, 2] } },
    }
    expect(through(data)).toEqual(data)
    expect(Buffer.from(encodeData(data)).toString('latin1')).not.toContain('[0.5')
  })

  it('reads the text form of older databases', () => {
    const { a, b } = decodeData('{"a": {"__ndarray__": [[2], "int64", [1, 2]]}, "b": 2.0}')
    expect(a).toEqual({ dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, 2n) })
    expect(toInfoValue(b as never)).toEqual({ value: 2, isFloat: true })
  })

  it('is empty for a row without data', () => {
    for (const stored of [null, undefined, 'null', '', '{}']) expect(Object.keys(decodeData(stored))).toEqual([])
  })

  it('leaves a record that only looks like an array as it is, in both forms', () => {
    const text = '{"a": {"__ndarray__": [[2], "float64", ["x", "y"]]}, "b": {"__ndarray__": [[2], "str96", ["x"]]}}'
    expect(decodeData(text)).toEqual(JSON.parse(text))
    for (const json of [
      '{"a":{"__ndarray__":["a","b","c"]}}',
      '{"a":{"__ndarray__":[]}}',
      '{"a":{"__ndarray__":[[1],"float64",8],"other":3}}',
      '{"a":{"__ndarray__":[[1],"float64",["z"]]}}',
      '{"a":{"__ndarray__":[[1],"no such type",8]}}',
      '{"a":{"__ndarray__":[[1.5],"float64",8]}}',
    ]) {
      const bytes = Buffer.concat([Buffer.from(BigInt64Array.of(16n).buffer), Buffer.alloc(8), Buffer.from(json)])
      expect(decodeData(new Uint8Array(bytes))).toEqual(JSON.parse(json))
    }
  })

  it('escapes every record that would not come back, and no other', () => {
    const mark = (...content: JsonValue[]): JsonValue => ({ __ndarray__: content })
    const kept: Record<string, InfoValue> = {
      f32: mark([2], 'float32', [0.5, 1]),
      deep: [mark([1], 'int64', [1])],
      dates: mark([1], 'datetime64[D]', 'AQAAAAAAAAA='),
      none: { other: 1 },
    }
    expect(escapeMarks(kept)).toBe(kept)
    const mistaken: Record<string, InfoValue> = {
      words: mark('a', 'b', 'c'),
      empty: mark(),
      more: { ...(mark([2], 'float64', [1, 2]) as object), other: 3 },
      text: mark([1], 'float64', ['z']),
      ours: mark([2], 'float64', [1, 2]),
      inexact: mark([1], 'float32', [0.1]),
      wrapped: mark([1], 'int8', [300]),
      short: mark([3], 'int64', [1, 2]),
      deep: [{ a: mark([1], 'bool', [true]) }],
      bytes: mark([1], 'datetime64[D]', 'AQAAAAAAAA=='),
      __ndarray__: 5,
      '\\__ndarray__': [{ '\\\\__ndarray__': 1, __ndarray__: 2 }],
    }
    const escaped = escapeMarks(mistaken)
    expect(Object.keys(escaped).slice(-2)).toEqual(['\\__ndarray__', '\\\\__ndarray__'])
    const back = unescapeMarks(decodeData(encodeData(escaped)))
    expect(Object.fromEntries(Object.keys(back).map((key) => [key, toInfoValue(back[key] as never).value]))).toEqual(
      mistaken,
    )
  })

  it('reads half floats, and carries elements of types without numbers as base64', () => {
    const halves = [
      0,
      -0,
      1,
      -2.5,
      65504,
      2 ** -24,
      2 ** -14,
      1023 * 2 ** -24,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      0.333251953125,
    ]
    const bytes = Buffer.from('8000000000000080', 'hex').toString('base64')
    const data: Record<string, InfoValue> = {
      half: { __ndarray__: [[11], 'float16', halves] },
      long: { __ndarray__: [[1], 'float128', Buffer.alloc(16, 7).toString('base64')] },
      when: { __ndarray__: [[1], 'datetime64[ns]', bytes] },
      word: { __ndarray__: [[2], 'str32', bytes] },
    }
    expect(through(data)).toEqual(data)
    expect(Buffer.from(encodeData(data)).toString('latin1')).not.toContain(bytes)
    const all = Array.from({ length: 65536 }, (_, bits) => bits)
    const json = '{"a":{"__ndarray__":[[65536],"float16",8]}}'
    const stored = Buffer.concat([
      Buffer.from(BigInt64Array.of(8n + 131072n).buffer),
      Buffer.from(Uint16Array.from(all).buffer),
      Buffer.from(json),
    ])
    const { a } = decodeData(new Uint8Array(stored))
    const finite = all.filter((bits) => ((bits >> 10) & 31) < 31)
    const back = encodeData({ a: a as never })
    const again = new Uint16Array(back.slice(8, 8 + 131072).buffer)
    expect(finite.every((bits) => again[bits] === bits)).toBe(true)
  })

  it('refuses an array outside of its bytes', () => {
    const bytes = encodeData({ a: { dtype: 'float64', shape: [1], data: Float64Array.of(1) } })
    const text = Buffer.from(bytes).toString('latin1').replace('[[1]', '[[9]')
    expect(() => decodeData(new Uint8Array(Buffer.from(text, 'latin1')))).toThrow(/outside/)
  })
})
