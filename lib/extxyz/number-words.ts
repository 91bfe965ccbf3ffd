/**
 * Numbers of the comment line straight from its bytes: the short way for the values that comment lines are full of.
 *
 * Takes numbers separated by blanks. What it leaves (words, leading zeros, commas, long integers) goes to the typing of `value.ts`,
 * which is its oracle: both give the same values of the same types.
 */
import type { NdArray } from '../base/ndarray.js'
import { cursor, parseReal } from './number.js'

/** The numbers found last. */
let values = new Float64Array(1024)
/** All of them were written as integers. */
let integers = true

/** Reads the numbers between two indices into {@link values}; how many, or 0 if anything else stands there. */
function scanNumbers(bytes: Uint8Array, start: number, end: number): number {
  integers = true
  let count = 0
  let p = start
  for (;;) {
    let c = bytes[p]!
    while ((c === 32 || c === 9) && p < end) c = bytes[++p]!
    if (p >= end) return count
    const signed = c === 45 || c === 43 ? p + 1 : p
    const next = bytes[signed + 1]! - 48
    if (bytes[signed] === 48 && next >= 0 && next <= 9 && signed + 1 < end) return 0
    const value = parseReal(bytes, p, end)
    if (cursor.end === -1) return 0
    if (integers) {
      if (value === Math.floor(value) && isInteger(bytes, signed, cursor.end)) {
        if (value > 999_999_999_999_999 || value < -999_999_999_999_999) return 0
      } else integers = false
    }
    if (count === values.length) values = enlarged(values)
    values[count++] = value
    p = cursor.end
  }
}

function isInteger(bytes: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if (bytes[p]! < 48 || bytes[p]! > 57) return false
  return true
}

function enlarged(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * array.length)
  larger.set(array)
  return larger
}

/** The scalar or array that the numbers between two indices are; undefined if anything else stands there. */
export function numbersIn(
  bytes: Uint8Array,
  start: number,
  end: number,
): { value: number | NdArray; isFloat: boolean } | undefined {
  const first = bytes[start]!
  // a number begins with a digit, a sign, a point or a blank
  if (first > 57 || (first < 43 && first !== 32)) return undefined
  const count = scanNumbers(bytes, start, end)
  if (count === 0) return undefined
  // an integer has no negative zero
  if (count === 1) return { value: integers ? values[0]! + 0 : values[0]!, isFloat: !integers }
  if (!integers) {
    const data = new Float64Array(count)
    for (let i = 0; i < count; i++) data[i] = values[i]!
    return { value: { dtype: 'float64', shape: [count], data }, isFloat: false }
  }
  const data = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    data[i] = values[i]!
    if (data[i] !== values[i]) return undefined
  }
  return { value: { dtype: 'int32', shape: [count], data }, isFloat: false }
}
