import { describe, expect, it } from 'vitest'
import { bigOfText, realOfText } from '../../lib/extxyz/number.js'

describe('realOfText', () => {
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
    expect(realOfText(text)).toBe(value)
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
    expect(realOfText(text)).toBeUndefined()
  })
})

describe('bigOfText', () => {
  it.each([
    ['0', 0n],
    ['-0', 0n],
    ['+7', 7n],
    ['007', 7n],
    ['-9223372036854775808', -(2n ** 63n)],
    ['9223372036854775807', 2n ** 63n - 1n],
    ['9223372036854775808', null],
    ['1'.repeat(41), null],
    ['1.0', undefined],
    ['1e3', undefined],
    ['', undefined],
    ['-', undefined],
    ['x', undefined],
  ])('takes %s for %s', (text, value) => {
    expect(bigOfText(text)).toBe(value)
  })
})
