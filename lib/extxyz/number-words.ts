/**
 * Numbers of the comment line straight from its bytes: the short way for the values that comment lines are full of.
 *
 * Takes numbers separated by blanks. What it leaves (words, leading zeros, commas, long integers) goes to the typing of `value.ts`,
 * which is its oracle: both give the same values of the same types.
 */
import type { NdArray } from '../base/ndarray.js'
import { DATA, INTEGERS, TEXT, TEXT_SIZE } from './kernel/layout.js'
import { type Kernel, putText, theKernel } from './kernel.js'
import { isBlank } from './number.js'

/** The scalar or array that the numbers between two indices are; undefined if anything else stands there. */
export function numbersIn(
  bytes: Uint8Array,
  start: number,
  end: number,
): { value: number | NdArray; isFloat: boolean } | undefined {
  const first = bytes[start]!
  // a number begins with a digit, a sign, a point or a blank
  if (first > 57 || (first < 43 && first !== 32)) return undefined
  const kernel = theKernel()
  if (!kernel) return undefined
  if (end - start > TEXT_SIZE) return arrayOf(readParts(kernel, bytes, start, end))
  const numbers = read(kernel, bytes, start, end)
  if (numbers?.data.length !== 1) return arrayOf(numbers)
  const value = numbers.data[0]!
  // an integer has no negative zero
  return { value: numbers.integers ? value + 0 : value, isFloat: !numbers.integers }
}

interface Numbers {
  readonly data: Float64Array
  /** All were written as integers. */
  readonly integers: boolean
}

/** An array of integers, if all fit in 32 bits, or of floats. */
function arrayOf(numbers: Numbers | undefined): { value: NdArray; isFloat: boolean } | undefined {
  if (!numbers) return undefined
  const { data, integers } = numbers
  const shape = [data.length]
  if (!integers) return { value: { dtype: 'float64', shape, data }, isFloat: false }
  const whole = Int32Array.from(data)
  if (!whole.every((value, i) => value === data[i])) return undefined
  return { value: { dtype: 'int32', shape, data: whole }, isFloat: false }
}

/** Reads a text that fits in the kernel's memory. */
function read(kernel: Kernel, bytes: Uint8Array, start: number, end: number): Numbers | undefined {
  const count = kernel.readNumbers(TEXT, putText(kernel, bytes, start, end))
  if (count === 0) return undefined
  // a loop, as slice() of so few is slower
  const data = new Float64Array(count)
  for (let i = 0; i < count; i++) data[i] = kernel.reals[DATA / 8 + i]!
  return { data, integers: kernel.integers[INTEGERS / 4] === 1 }
}

/** Reads a longer one in parts, which end before blanks. */
function readParts(kernel: Kernel, bytes: Uint8Array, start: number, end: number): Numbers | undefined {
  const parts: Numbers[] = []
  for (let from = start; from < end; ) {
    let to = Math.min(end, from + TEXT_SIZE)
    if (to < end) while (to > from && !isBlank(bytes[to]!)) to--
    const part = read(kernel, bytes, from, to)
    if (!part) return undefined
    parts.push(part)
    from = to
  }
  const data = new Float64Array(parts.reduce((length, part) => length + part.data.length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return { data, integers: parts.every(({ integers }) => integers) }
}
