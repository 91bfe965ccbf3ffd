import { describe, expect, it } from 'vitest'
import { parseJson } from '../../lib/extxyz/json.js'

describe('parseJson', () => {
  it.each([
    ['1', 1, false],
    ['1.0', 1, true],
    ['-0.0', -0, true],
    ['1e3', 1000, true],
    ['9007199254740993', 9007199254740993n, false],
    ['true', true, false],
    ['null', null, false],
    ['"a\\u00e9\\n\\t\\/\\\\\\""', 'aé\n\t/\\"', false],
    ['" \n "', ' \n ', false],
    ['NaN', Number.NaN, true],
    ['-Infinity', Number.NEGATIVE_INFINITY, true],
  ])('reads %s', (text, value, isFloat) => {
    expect(parseJson(text)).toEqual({ value, isFloat })
  })

  it.each([
    ['[1, 2]', 'int32', [2], [1, 2]],
    ['[1, 2.5]', 'float64', [2], [1, 2.5]],
    ['[1, NaN]', 'float64', [2], [1, Number.NaN]],
    ['[true, false]', 'bool', [2], [1, 0]],
    ['["a", "b"]', 'string', [2], ['a', 'b']],
    ['[[1], [2]]', 'int32', [2, 1], [1, 2]],
    ['[[[1, 2]], [[3, 4]]]', 'int32', [2, 1, 2], [1, 2, 3, 4]],
    ['[]', 'float64', [0], []],
    ['[[], []]', 'float64', [2, 0], []],
    ['[4294967296]', 'int64', [1], [4294967296n]],
  ])('makes an array of %s', (text, dtype, shape, data) => {
    const { value } = parseJson(text)
    const array = value as { dtype: string; shape: number[]; data: ArrayLike<unknown> }
    expect([array.dtype, array.shape, Array.from(array.data)]).toEqual([dtype, shape, data])
  })

  it.each(['[1, "a"]', '[[1], [2, 3]]', '[{"a": 1}]', '[null]', '[1, [2]]', '[[1], 2]', '{"a": [1, 2]}'])(
    'leaves %s as it is',
    (text) => {
      expect(JSON.stringify(parseJson(text).value)).toBe(JSON.stringify(JSON.parse(text)))
    },
  )

  it.each([
    '',
    '{',
    '[1,]',
    '{"a"}',
    '{"a": 1,}',
    "'a'",
    '01',
    '1.',
    '+1',
    'nan',
    'tru',
    '[1 2]',
    '"a',
    '1 2',
    '"\\x"',
    '"\\u12"',
    '['.repeat(500),
  ])('rejects %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })

  it('takes a list that is wrapped for numpy out of its record, and leaves other records', () => {
    for (const list of ['[[1], "x", 3]', '[true, 1]', '[[], [1]]']) {
      const { value } = parseJson(list)
      expect(parseJson(`{"_JSON": ${list}}`).value).toEqual(value)
      expect(parseJson(`{"_JSON": {"_JSON": ${list}}}`).value).toEqual({ _JSON: JSON.parse(list) })
    }
    for (const text of [
      '{"_JSON": [1, 2]}',
      '{"_JSON": 1}',
      '{"_JSON": [true, 1], "a": 2}',
      '{"_JSON": {"a": [[1], 2]}}',
    ])
      expect(parseJson(text).value).toEqual(JSON.parse(text))
  })
})
