import { describe, expect, it } from 'vitest'
import { forward, needsLength, parseIndex, resolve } from '../../lib/extxyz/index-slice.js'

/** Python's rule, told differently: the places that a slice visits in range(length), by trying every one. */
function visited(start: number | null, stop: number | null, step: number, length: number): number[] {
  const all = Array.from({ length }, (_, i) => i)
  const from = (value: number): number => (value < 0 ? value + length : value)
  if (step > 0) {
    const first = Math.max(0, start === null ? 0 : from(start))
    const last = stop === null ? length : from(stop)
    return all.filter((i) => i >= first && i < last && (i - first) % step === 0)
  }
  const first = Math.min(length - 1, start === null ? length - 1 : from(start))
  const last = stop === null ? -1 : Math.max(-1, from(stop))
  return all.reverse().filter((i) => i <= first && i > last && (first - i) % -step === 0)
}

describe('parseIndex', () => {
  it.each([
    [':', [0, 1, 2, 3, 4]],
    ['', undefined],
    ['-1', [4]],
    ['2', [2]],
    [3, [3]],
    [-5, [0]],
    ['::2', [0, 2, 4]],
    ['1:4', [1, 2, 3]],
    [' 1 : 4 ', [1, 2, 3]],
    ['-3:', [2, 3, 4]],
    [':-3', [0, 1]],
    ['::-1', [4, 3, 2, 1, 0]],
    ['3:0:-2', [3, 1]],
    ['10:', []],
    [':100', [0, 1, 2, 3, 4]],
    ['5', []],
    ['-6', []],
  ])('takes %j as Python does', (index, expected) => {
    if (expected === undefined) expect(() => parseIndex(index)).toThrow(RangeError)
    else expect([...resolve(parseIndex(index), 5)]).toEqual(expected)
  })

  it('visits what Python visits, for every slice around a list of five', () => {
    const values = [null, -7, -5, -4, -1, 0, 1, 4, 5, 7]
    for (const start of values) {
      for (const stop of values) {
        for (const step of [1, 2, 3, -1, -2, -7]) {
          const index = `${start ?? ''}:${stop ?? ''}:${step}`
          expect([...resolve(parseIndex(index), 5)], index).toEqual(visited(start, stop, step, 5))
        }
      }
    }
  })

  it.each(['x', '1:2:3:4', '1.5', '0x1', '1:y', '99999999999999999999:'])('rejects %j', (index) => {
    expect(() => parseIndex(index)).toThrow(/index/)
  })

  it('rejects step 0 and numbers that are not whole', () => {
    expect(() => parseIndex('::0')).toThrow(RangeError)
    expect(() => parseIndex(1.5)).toThrow(TypeError)
    expect(() => parseIndex(null as unknown as string)).toThrow(TypeError)
  })
})

describe('needsLength', () => {
  it.each(['-1', '-2:', ':-1', '::-1', '5:1:-1'])('is true for %s', (index) => {
    expect(needsLength(parseIndex(index))).toBe(true)
  })

  it.each([':', '3', '::7', '2:8', '0:'])('is false for %s, which can be told on the way', (index) => {
    const spec = parseIndex(index)
    expect(needsLength(spec)).toBe(false)
    const { start, stop, step } = forward(spec)
    const found = Array.from({ length: 20 }, (_, i) => i).filter(
      (i) => i >= start && i < stop && (i - start) % step === 0,
    )
    expect(found).toEqual([...resolve(spec, 20)])
  })
})
