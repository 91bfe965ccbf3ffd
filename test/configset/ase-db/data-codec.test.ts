import type { InfoValue } from 'autopara'
import { describe, expect, it } from 'vitest'
import { decodeData, encodeData, toInfoValue } from '../../../build/lib/configset/ase-db/data-codec.js'

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

  it('refuses an array of an unknown type, and one outside of its bytes', () => {
    expect(() => decodeData('{"a": {"__ndarray__": [[2], "str96", []]}}')).toThrow(/type str96/)
    const bytes = encodeData({ a: { dtype: 'float64', shape: [1], data: Float64Array.of(1) } })
    const text = Buffer.from(bytes).toString('latin1').replace('[[1]', '[[9]')
    expect(() => decodeData(new Uint8Array(Buffer.from(text, 'latin1')))).toThrow(/outside/)
  })
})
