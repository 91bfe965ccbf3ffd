/**
 * The type of a value by its text: int, float, bool, arrays of these, or a string.
 *
 * An array has one type: all integers, all numbers, all booleans; anything else is strings in their original spelling.
 */
import type { InfoValue, NdArray } from '../base/ndarray.js'

/** One item of an array: its text, and whether it was quoted (then it is a string whatever it looks like). */
export interface Item {
  readonly text: string
  readonly quoted: boolean
}

const INTEGER = /^[+-]?(?:0|[1-9]\d*)$/
const FLOAT = /^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[dDeE][+-]?\d+)?$/
const NON_FINITE = /^[+-]?(?:nan|inf(?:inity)?)$/i

/** The booleans of the format. */
export const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['T', true],
  ['True', true],
  ['true', true],
  ['TRUE', true],
  ['F', false],
  ['False', false],
  ['false', false],
  ['FALSE', false],
])

/** What one word is. */
export type WordType = 'int' | 'float' | 'bool' | 'string'

/** The type of one word. */
export function wordType(text: string): WordType {
  const c = text.charCodeAt(0)
  // digits, sign, dot, and the first letters of nan, inf and the booleans: every other word is a string at once
  if ((c >= 48 && c <= 57) || c === 45 || c === 43 || c === 46) {
    if (INTEGER.test(text)) return 'int'
    if (FLOAT.test(text)) return 'float'
    return NON_FINITE.test(text) ? 'float' : 'string'
  }
  if (BOOLEANS.has(text)) return 'bool'
  if (c === 110 || c === 78 || c === 105 || c === 73) return NON_FINITE.test(text) ? 'float' : 'string'
  return 'string'
}

/** The number that a float word means. */
export function floatOf(text: string): number {
  const value = Number(text)
  if (!Number.isNaN(value)) return value
  if (/nan$/i.test(text)) return Number.NaN
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(text.replace(/[dD]/, 'e'))
}

/** The integer that an integer word means: a number while that is exact, else a bigint. */
export function integerOf(text: string): number | bigint {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  return BigInt(text.startsWith('+') ? text.slice(1) : text)
}

/** The scalar that one unquoted word means. */
export function scalarOf(text: string): { value: InfoValue; isFloat: boolean } {
  switch (wordType(text)) {
    case 'int':
      return { value: integerOf(text), isFloat: false }
    case 'float':
      return { value: floatOf(text), isFloat: true }
    case 'bool':
      return { value: BOOLEANS.get(text) === true, isFloat: false }
    default:
      return { value: text, isFloat: false }
  }
}

/** The common type of items. */
export function itemsType(items: readonly Item[]): WordType {
  let type: WordType | undefined
  for (const item of items) {
    const next = item.quoted ? 'string' : wordType(item.text)
    if (type === undefined || type === next) type = next
    else if ((type === 'int' && next === 'float') || (type === 'float' && next === 'int')) type = 'float'
    else return 'string'
  }
  return type ?? 'string'
}

/** Items as an array of their common type. */
export function arrayOf(items: readonly Item[], shape: number[], type: WordType = itemsType(items)): NdArray {
  switch (type) {
    case 'int':
      return numbersOf(items, shape)
    case 'float':
      return { dtype: 'float64', shape, data: new Float64Array(items.map((item) => floatOf(item.text))) }
    case 'bool':
      return { dtype: 'bool', shape, data: new Uint8Array(items.map((item) => (BOOLEANS.get(item.text) ? 1 : 0))) }
    default:
      return { dtype: 'string', shape, data: items.map((item) => item.text) }
  }
}

function numbersOf(items: readonly Item[], shape: number[]): NdArray {
  const values = items.map((item) => integerOf(item.text))
  if (values.every((value) => typeof value === 'number' && value === (value | 0))) {
    return { dtype: 'int32', shape, data: new Int32Array(values as number[]) }
  }
  return integerArray(values.map(BigInt), shape)
}

/** Integers as int32 where all fit, else int64, else (beyond 64 bits) as the nearest floats. */
export function integerArray(values: readonly bigint[], shape: number[]): NdArray {
  if (values.every((value) => value === BigInt.asIntN(32, value))) {
    return { dtype: 'int32', shape, data: Int32Array.from(values, Number) }
  }
  if (values.every((value) => value === BigInt.asIntN(64, value))) {
    return { dtype: 'int64', shape, data: BigInt64Array.from(values) }
  }
  return { dtype: 'float64', shape, data: Float64Array.from(values, Number) }
}
