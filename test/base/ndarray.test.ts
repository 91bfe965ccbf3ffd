import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyNdArray, equalNdArrays, float64Array, isNdArray, type NdArray, sizeOf } from '../../lib/base/ndarray.js'

const all: NdArray[] = [
  { dtype: 'int32', shape: [2], data: Int32Array.of(1, -2) },
  { dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, -(2n ** 62n)) },
  { dtype: 'float64', shape: [1, 2], data: Float64Array.of(Number.NaN, -0) },
  { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) },
  { dtype: 'string', shape: [2], data: ['a', ''] },
]

describe('NdArray', () => {
  it('is recognised structurally, also after structured clone', () => {
    for (const array of all) {
      expect(isNdArray(array)).toBe(true)
      expect(isNdArray(structuredClone(array))).toBe(true)
    }
  })

  it.each([
    null,
    1,
    'x',
    [],
    {},
    { dtype: 'float64', shape: [1], data: [1] },
    { dtype: 'float32', shape: [0], data: [] },
  ])('is not %j', (value) => expect(isNdArray(value)).toBe(false))

  it('copies deeply', () => {
    for (const array of all) {
      const copy = copyNdArray(array)
      expect(equalNdArrays(array, copy)).toBe(true)
      expect(copy.data).not.toBe(array.data)
      expect(copy.shape).not.toBe(array.shape)
    }
  })

  it('compares floats bit for bit, with every NaN the same', () => {
    const one = (x: number) => float64Array([x])
    expect(equalNdArrays(one(0), one(-0))).toBe(false)
    expect(equalNdArrays(one(Number.NaN), one(Number.NaN))).toBe(true)
    expect(equalNdArrays(one(1), one(1 + Number.EPSILON))).toBe(false)
  })

  it('tells shapes and dtypes apart', () => {
    expect(equalNdArrays(float64Array([1, 2]), float64Array([1, 2], [2, 1]))).toBe(false)
    expect(equalNdArrays(float64Array([1, 2], [1, 2]), float64Array([1, 2], [2, 1]))).toBe(false)
    expect(equalNdArrays(float64Array([1]), { dtype: 'int32', shape: [1], data: Int32Array.of(1) })).toBe(false)
  })

  it('counts elements as the product of the lengths', () => {
    expect(sizeOf([])).toBe(1)
    fc.assert(fc.property(fc.nat(100), fc.nat(100), (n, m) => sizeOf([n, m]) === n * m))
  })
})
