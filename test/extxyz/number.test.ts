import { describe, expect, it } from 'vitest'
import { cursor, parseInt32, parseReal, realOfText, scaled } from '../../lib/extxyz/number.js'
import { uniform } from '../random-numbers.js'

const encoder = new TextEncoder()

function parsed(text: string): number | undefined {
  const bytes = encoder.encode(text)
  const value = parseReal(bytes, 0, bytes.length)
  return cursor.end === -1 ? undefined : value
}

/** Texts of every style that programs write, of numbers of every size. */
function* texts(count: number): Generator<string> {
  const random = uniform(20)
  const bits = new DataView(new ArrayBuffer(8))
  for (let i = 0; i < count; i++) {
    bits.setUint32(0, random() * 2 ** 32)
    bits.setUint32(4, random() * 2 ** 32)
    const any = bits.getFloat64(0)
    const usual = (random() - 0.5) * 10 ** Math.floor(random() * 24 - 12)
    switch (i % 8) {
      case 0:
        yield usual.toFixed(8)
        break
      case 1:
        yield String(usual)
        break
      case 2:
        yield Number.isFinite(any) ? String(any) : '0'
        break
      case 3:
        yield usual.toPrecision(1 + Math.floor(random() * 21))
        break
      case 4:
        yield usual.toExponential(Math.floor(random() * 20))
        break
      case 5:
        yield usual.toFixed(16)
        break
      case 6:
        yield `${Math.floor(random() * 1e6)}.${String(random()).slice(2)}`
        break
      default:
        yield `.${String(random()).slice(2)}e${Math.floor(random() * 60 - 30)}`
    }
  }
}

/** Whole texts whose value lies next to the middle of two doubles: where rounding is hardest. */
function* midpoints(count: number): Generator<string> {
  const random = uniform(21)
  for (let i = 0; i < count; i++) {
    const exponent = 1n << BigInt(Math.floor(random() * 8))
    const mantissa = 2n ** 52n + BigInt(Math.floor(random() * 2 ** 52))
    const middle = (2n * mantissa + 1n) * exponent
    for (const shift of [-1n, 0n, 1n]) {
      const digits = String(middle + shift)
      yield digits
      const point = Math.floor(random() * digits.length)
      yield `${digits.slice(0, point)}.${digits.slice(point)}`
    }
  }
}

describe('parseReal', () => {
  it('gives the same bits as Number for a million texts of every style', () => {
    for (const text of texts(1_000_000)) {
      if (!Object.is(parsed(text), Number(text))) expect([text, parsed(text)]).toEqual([text, Number(text)])
    }
  })

  it('rounds texts next to the middle of two doubles as Number does', () => {
    for (const text of midpoints(50_000)) {
      if (!Object.is(parsed(text), Number(text))) expect([text, parsed(text)]).toEqual([text, Number(text)])
    }
  })

  it.each([
    ['1.5d3', 1500],
    ['1.5D-3', 0.0015],
    ['-0', -0],
    ['-0.000', -0],
    ['+.5', 0.5],
    ['5.', 5],
    ['007', 7],
    ['1e400', Number.POSITIVE_INFINITY],
    ['-1e-400', -0],
    ['NaN', Number.NaN],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['000000000000000000000000001', 1],
    [`0.${'0'.repeat(400)}1`, 0],
    ['9007199254740993', 9007199254740992],
    ['4.9e-324', 5e-324],
    ['1e99999999999999999999', Number.POSITIVE_INFINITY],
  ])('reads %s', (text, value) => {
    expect(parsed(text)).toBe(value)
  })

  it.each([
    '',
    '+',
    '-',
    '.',
    'e5',
    '1e',
    '1e+',
    '1.2.3',
    '--1',
    '1,5',
    '0x10',
    '1_0',
    '1.5f',
    '********',
    '1.5-103',
    '١',
  ])('takes %j for no number', (text) => {
    expect(parsed(text)).toBeUndefined()
    expect(realOfText(text)).toBeUndefined()
  })

  it('ends at a blank, a TAB and a line end', () => {
    for (const end of [' ', '\t', '\n', '\r']) {
      const bytes = encoder.encode(`xx-12.25${end}7`)
      expect(parseReal(bytes, 2, bytes.length)).toBe(-12.25)
      expect(cursor.end).toBe(8)
    }
  })
})

describe('scaled', () => {
  it('declines powers of ten that are no doubles', () => {
    expect(scaled(1, 0, 0, -23)).toBeNaN()
    expect(scaled(1, 0, 0, 23)).toBeNaN()
  })
})

describe('parseInt32', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['+7', 7],
    ['-2147483648', -2147483648],
    ['2147483647', 2147483647],
    ['007', 7],
  ])('reads %s', (text, value) => {
    const bytes = encoder.encode(text)
    expect(parseInt32(bytes, 0, bytes.length)).toBe(value)
    expect(cursor.end).toBe(text.length)
  })

  it.each(['2147483648', '-2147483649', '99999999999999999999', '1.0', '1e3', '', '-', 'x'])('declines %j', (text) => {
    const bytes = encoder.encode(text)
    parseInt32(bytes, 0, bytes.length)
    expect(cursor.end).toBe(-1)
  })
})
