import { describe, expect, it } from 'vitest'
import {
  fixed8Text,
  pythonFloat,
  shortestText,
  writeFixed8,
  writeInteger,
  writePythonFloat,
  writeShortest,
} from '../../lib/extxyz/format-number.js'
import { uniform } from '../random-numbers.js'

const out = new DataView(new ArrayBuffer(64))
const text = (end: number): string => Buffer.from(out.buffer, 0, end).toString('latin1')

function fixed8(x: number): string {
  const end = writeFixed8(out, 0, x)
  return end === -1 ? fixed8Text(x) : text(end)
}

function shortest(x: number): string {
  const end = writeShortest(out, 0, x)
  return end === -1 ? shortestText(x) : text(end)
}

/** Numbers of every size, grid positions, sums of binary fractions (ties), integers, and what 8 digits leave. */
function* numbers(count: number): Generator<number> {
  const random = uniform(30)
  const bits = new DataView(new ArrayBuffer(8))
  for (let i = 0; i < count; i++) {
    const usual = (random() - 0.5) * 10 ** Math.floor(random() * 16 - 8)
    switch (i % 8) {
      case 0:
        yield usual
        break
      case 1:
        yield Math.round(usual * 1e8) / 1e8
        break
      case 2:
        bits.setUint32(0, random() * 2 ** 32)
        bits.setUint32(4, random() * 2 ** 32)
        yield bits.getFloat64(0)
        break
      case 3:
        yield Math.floor(usual * 1000) / 512
        break
      case 4:
        yield (Math.floor((random() - 0.5) * 2 ** 40) + 0.5) / 1e8
        break
      case 5:
        yield Math.floor(usual * 1e4)
        break
      case 6:
        yield Number(usual.toPrecision(1 + Math.floor(random() * 17)))
        break
      default:
        yield 2 ** Math.floor(random() * 120 - 60) * (random() < 0.5 ? 1 : 1 + 2 ** -52)
    }
  }
}

// biome-ignore format: a list
const corners = [
  0, -0, 0.5, -0.5, 1e-9, -1e-9, 5e-9, 1.5e-8, 0.001953125, 9.999999999, 4e7, 9999999, 9999999.999999998, 9999998.999999998, 1e21,
  1e300, -1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 99999999.99999999, 1234567.12345678,
  -1234567.12345678, 12345678.12345678, -12345678.12345678, 1e-6, 9.99999999e-7, 1e9, 999999999.9999999, 0.1 + 0.2, 5e-7,
  123456789, 1000, 1e15, 2 ** 53,
]

describe('writeFixed8', () => {
  it('writes what exact arithmetic gives, for a million numbers', () => {
    for (const x of numbers(1_000_000))
      if (fixed8(x) !== fixed8Text(x)) expect([x, fixed8(x)]).toEqual([x, fixed8Text(x)])
  })

  it.each(corners)('writes %s', (x) => {
    expect(fixed8(x)).toBe(fixed8Text(x))
    expect(fixed8Text(x).length).toBeGreaterThanOrEqual(16)
  })
})

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

describe('writeShortest', () => {
  it('writes what String gives, for a million numbers', () => {
    for (const x of numbers(1_000_000)) {
      if (shortest(x) !== shortestText(x)) expect([x, shortest(x)]).toEqual([x, shortestText(x)])
    }
  })

  it.each(corners)('writes %s', (x) => {
    expect(shortest(x)).toBe(shortestText(x))
    expect(Object.is(Number(shortestText(x).replace('inf', 'Infinity')), x)).toBe(true)
  })
})

describe('writeInteger', () => {
  it.each([0, 7, 10, 99, 100, 999999999])('writes %s', (x) => {
    expect(text(writeInteger(out, 0, x))).toBe(String(x))
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

describe('writePythonFloat', () => {
  const written = (x: number): string => {
    const end = writePythonFloat(out, 0, x)
    return end === -1 ? pythonFloat(x) : text(end)
  }

  it('writes what pythonFloat gives, for a hundred thousand numbers', () => {
    for (const x of numbers(100_000))
      if (written(x) !== pythonFloat(x)) expect([x, written(x)]).toEqual([x, pythonFloat(x)])
  })

  it.each([...corners, 1e-4, 9.999999999999999e-5, 0.00012])('writes %s', (x) => {
    expect(written(x)).toBe(pythonFloat(x))
  })
})
