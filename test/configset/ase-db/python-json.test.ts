import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatPythonJson,
  parsePythonJson,
  plainJson,
  WholeFloat,
} from '../../../build/lib/configset/ase-db/python-json.js'

describe('JSON as Python writes it', () => {
  it('keeps 2.0 apart from 2', () => {
    expect(parsePythonJson('[2, 2.0, 1e3, -0.0, 2.5]')).toEqual([
      2,
      new WholeFloat(2),
      new WholeFloat(1000),
      new WholeFloat(-0),
      2.5,
    ])
    expect(formatPythonJson([2, new WholeFloat(2), new WholeFloat(1e21), -0])).toBe('[2,2.0,1e+21,-0.0]')
  })

  it('reads and writes NaN and infinities bare', () => {
    expect(parsePythonJson('{"a": NaN, "b": [-Infinity, Infinity]}')).toEqual({
      a: Number.NaN,
      b: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    })
    expect(formatPythonJson([Number.NaN, Number.NEGATIVE_INFINITY])).toBe('[NaN,-Infinity]')
  })

  it('keeps integers that no number can hold', () => {
    expect(parsePythonJson('[1152921504606846977, -9007199254740993, 9007199254740991]')).toEqual([
      1152921504606846977n,
      -9007199254740993n,
      9007199254740991,
    ])
    expect(formatPythonJson([1152921504606846977n])).toBe('[1152921504606846977]')
  })

  it('leaves strings alone, whatever they look like', () => {
    const strings = ['NaN', '2.0', '"2.0"', 'a\\"NaN', 'Infinity, 2.0', '\0', 'é\n']
    expect(parsePythonJson(formatPythonJson(strings))).toEqual(strings)
  })

  it('takes any key', () => {
    const value = plainJson(parsePythonJson('{"__proto__": 1, "constructor": {"2.0": NaN}}')) as Record<string, unknown>
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor'])
    expect(value['constructor']).toEqual({ '2.0': Number.NaN })
  })

  it('takes keys of zero characters for keys', () => {
    const text = '[{"\\u0000":"2.0"},{"\\u0000\\u0000":"NaN"},{"\\\\u0000":NaN},2.0]'
    expect(parsePythonJson(text)).toEqual([
      { '\0': '2.0' },
      { '\0\0': 'NaN' },
      { '\\u0000': Number.NaN },
      new WholeFloat(2),
    ])
  })

  it('refuses text that is no JSON', () => {
    for (const text of ['', '[1,', '{1: 2}', '[1-2]', '1.0.0', 'nan'])
      expect(() => parsePythonJson(text)).toThrow(SyntaxError)
  })

  it('gives back any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = formatPythonJson(value as Parameters<typeof formatPythonJson>[0])
        expect(JSON.stringify(plainJson(parsePythonJson(text)))).toBe(JSON.stringify(value))
      }),
    )
  })
})
