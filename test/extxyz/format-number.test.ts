import { describe, expect, it } from 'vitest'
import { fixed8Text, pythonFloat, shortestText } from '../../lib/extxyz/format-number.js'
import { corners } from './number-samples.js'

describe('fixed8Text', () => {
  it.each([
    [0.001953125, '      0.00195312'],
    [0.005859375, '      0.00585938'],
    [-0, '     -0.00000000'],
    [-1e-12, '     -0.00000000'],
    [1 / 3, '      0.33333333'],
    [1e21, '1000000000000000000000.00000000'],
    [Number.NaN, '             nan'],
    [Number.NEGATIVE_INFINITY, '            -inf'],
  ])('writes %s as C does: %j', (x, expected) => {
    expect(fixed8Text(x)).toBe(expected)
  })
})

describe('shortestText', () => {
  it.each(corners)('writes %s so that it reads back', (x) => {
    expect(Object.is(Number(shortestText(x).replace('inf', 'Infinity')), x)).toBe(true)
  })
})

describe('pythonFloat', () => {
  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [1e-5, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [0.0001, '0.0001'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e15, '1000000000000000.0'],
    [1e300, '1e+300'],
    [Number.NaN, 'nan'],
  ])('writes %s as Python does: %s', (x, expected) => {
    expect(pythonFloat(x)).toBe(expected)
  })
})
