import { OptionRangeError, OptionTypeError } from 'autopara'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkKeys,
  describe as describeValue,
  nearest,
  optionalNonNegative,
  optionalPositiveInteger,
} from '../../lib/base/options.js'

describe('option checks', () => {
  it.each([
    [1.5, OptionTypeError, '`n` must be a positive integer, got 1.5 (number)'],
    [Number.NaN, OptionTypeError, '`n` must be a positive integer, got NaN (number)'],
    ['3', OptionTypeError, '`n` must be a positive integer, got "3" (string)'],
    [null, OptionTypeError, '`n` must be a positive integer, got null'],
    [{}, OptionTypeError, '`n` must be a positive integer, got Object (object)'],
    [3n, OptionTypeError, '`n` must be a positive integer, got 3 (bigint)'],
    [0, OptionRangeError, '`n` must be a positive integer, got 0 (number)'],
    [-1, OptionRangeError, '`n` must be a positive integer, got -1 (number)'],
  ])('refuse %s as a positive integer', (value, kind, text) => {
    const attempt = () => checkInteger('n', value, 1, 'a positive integer')
    expect(attempt).toThrow(text)
    try {
      attempt()
    } catch (error) {
      // By name: this file's classes are the sources', not those of dist.
      expect((error as Error).name).toBe(kind.name)
    }
  })

  it('give wrong types a TypeError and wrong values a RangeError, each with a code', () => {
    expect(() => checkInteger('n', 'x', 0, 'an integer')).toThrow(TypeError)
    expect(() => checkInteger('n', -1, 0, 'an integer')).toThrow(RangeError)
    expect(() => checkInteger('n', 'x', 0, 'an integer')).toThrow(
      expect.objectContaining({ code: 'AUTOPARA_OPTION_TYPE' }),
    )
    expect(() => checkInteger('n', -1, 0, 'an integer')).toThrow(
      expect.objectContaining({ code: 'AUTOPARA_OPTION_RANGE' }),
    )
  })

  it.each(['in.xyz', null, ['in.xyz'], 3, undefined])('say how options are given where %s stands for them', (bag) => {
    expect(() => checkKeys(bag as never, ['inputFiles', 'db'], 'ConfigSetIn')).toThrow(
      `ConfigSetIn takes its options as an object, such as { inputFiles: … }, got ${describeValue(bag)}`,
    )
  })

  it('let every whole number from the minimum on through', () => {
    fc.assert(fc.property(fc.integer({ min: 1 }), (n) => checkInteger('n', n, 1, 'a positive integer') === n))
  })

  it('keep what is absent absent', () => {
    expect(optionalPositiveInteger('n', undefined)).toBeUndefined()
    expect(optionalNonNegative('n', undefined)).toBeUndefined()
    expect(checkBoolean('b', undefined, true)).toBe(true)
    expect(checkChoice('c', undefined, ['a', 'b'], 'b')).toBe('b')
  })

  it('check numbers, booleans and choices', () => {
    expect(optionalNonNegative('ms', 0.5)).toBe(0.5)
    expect(() => optionalNonNegative('ms', -0.5)).toThrow(RangeError)
    expect(() => optionalNonNegative('ms', Number.NaN)).toThrow(TypeError)
    expect(() => checkBoolean('b', 1, true)).toThrow('`b` must be a boolean, got 1 (number)')
    expect(checkChoice('c', 'a', ['a', 'b'], 'b')).toBe('a')
    expect(() => checkChoice('c', 'x', ['a', 'b'], 'b')).toThrow("`c` must be one of 'a', 'b', got \"x\" (string)")
    expect(() => checkChoice('c', 1, ['a', 'b'], 'b')).toThrow(TypeError)
  })

  it('name the option that an unknown key was probably meant to be', () => {
    expect(() => checkKeys({ chunkSize: 1 }, ['chunksize', 'prefetch'], 'map')).toThrow(
      'map has no option `chunkSize`; did you mean `chunksize`?',
    )
    expect(() => checkKeys({ colour: 1 }, ['chunksize', 'prefetch'], 'map')).toThrow('known are chunksize, prefetch')
    expect(() => checkKeys({ prefetch: 1 }, ['chunksize', 'prefetch'], 'map')).not.toThrow()
  })

  it('find the nearest word, and none that is far', () => {
    expect(nearest('maxTasksPerChild', ['maxtasksperchild', 'maxMemoryPerChild'])).toBe('maxtasksperchild')
    expect(nearest('xyz', ['chunksize'])).toBeUndefined()
  })

  it('describe any value in one short line', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (value) => {
        const text = describeValue(value)
        return text.length > 0 && text.length < 400
      }),
    )
    expect(describeValue(-0)).toBe('-0 (number)')
    expect(describeValue('x'.repeat(100)).length).toBeLessThan(80)
    expect(describeValue(Symbol('s'))).toBe('Symbol(s)')
    expect(describeValue(() => {})).toBe('function (anonymous)')
  })
})
