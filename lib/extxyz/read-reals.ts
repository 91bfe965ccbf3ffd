/**
 * Columns of real numbers, several digits at a time: the innermost loop of reading.
 *
 *     "     -12.34567890"     %16.8f behind a blank: the point is where it is expected, and 16 characters are taken as four words
 *     " -12.345678901234"      digits up to the point, then eight digits in two words, then what is left
 *
 * The first way has no branch that depends on the number, which a processor couldn't foresee. Takes fixed-point numbers with up to 7
 * digits before the point and 8 to 17 behind it, which is what programs write; every other number is left to `parseReal`, and all give
 * the bits of `Number`.
 */
import { cursor, parseReal, scaledLong } from './number.js'

const FOUR_BLANKS = 0x20202020
const FOUR_ZEROS = 0x30303030
/** Added to a digit's value it stays below 128; added to anything from 10 on it doesn't. */
const ABOVE_NINE = 0x76767676
const HIGH_BITS = 0x80808080 | 0
/** No fixed-point number is longer than this, blanks included; the last bytes of a buffer take the slow way. */
const ROOM = 64

/**
 * Reads `count` numbers from `start` into `out` from `at`; the index after the last one, or -1 where there is no number.
 * `view` must cover the same bytes.
 */
export function readReals(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  out: Float64Array,
  at: number,
  count: number,
): number {
  let p = start
  for (let i = at; i < at + count; i++) {
    if (p + ROOM <= end) {
      // a species of one letter is followed by one more blank
      if (bytes[p + 9] === 46 && bytes[p] === 32) p++
      const padded = paddedField(bytes, view, p)
      if (!Number.isNaN(padded)) {
        out[i] = padded
        p += 17
        continue
      }
      const value = fixedPoint(bytes, view, p)
      if (cursor.end !== -1) {
        out[i] = value
        p = cursor.end
        continue
      }
    }
    let byte = bytes[p]
    while (byte === 32 || byte === 9) byte = bytes[++p]
    out[i] = parseReal(bytes, p, end)
    p = cursor.end
    if (p === -1) return -1
  }
  return p
}

/** By the number of digits 0 … 4 at the end of a word: ones in the digits' bytes, and what '-' before them leaves of a blank. */
const DIGIT_BYTES: Int32Array = Int32Array.of(-1, 0x01000000, 0x01010000, 0x01010100, 0x01010101)
const MINUS: Int32Array = Int32Array.of(0, 0x0d0000, 0x0d00, 0x0d, 0)

/**
 * The number in 17 bytes of `%16.8f` with a blank before it, of fewer than four digits (or four without a sign) before the point; NaN for
 * everything else.
 */
function paddedField(bytes: Uint8Array, view: DataView, at: number): number {
  const next = bytes[at + 17]!
  if (bytes[at + 8] !== 46 || (next !== 32 && next !== 10) || view.getInt32(at, true) !== FOUR_BLANKS) return Number.NaN
  const word = view.getInt32(at + 4, true)
  // digits are 0x30 … 0x39, blank is 0x20 and '-' 0x2d: bit 4 tells digits
  const ones = (word >>> 4) & 0x01010101
  const count = Math.imul(ones, 0x01010101) >>> 24
  const mask = Math.imul(ones, 255)
  const digits = word & Math.imul(ones, 15)
  const others = (word ^ FOUR_BLANKS) & ~mask
  const shape = ones === DIGIT_BYTES[count] && ((word ^ FOUR_ZEROS) & mask & 0xf0f0f0f0) === 0
  if (!shape || ((digits + 0x06060606) & 0x10101010) !== 0 || (others !== 0 && others !== MINUS[count]))
    return Number.NaN
  const fraction = eightDigits(view, at + 9)
  if (fraction === -1) return Number.NaN
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) | 0
  const whole = Math.imul(pairs & 255, 100) + ((pairs >>> 16) & 255)
  const value = (whole * 1e8 + fraction) / 1e8
  return others === 0 ? value : -value
}

/** A fixed-point number after blanks; sets `cursor.end`, to -1 for everything that is not of this kind. */
function fixedPoint(bytes: Uint8Array, view: DataView, start: number): number {
  cursor.end = -1
  let p = view.getInt32(start, true) === FOUR_BLANKS ? start + 4 : start
  let c = bytes[p]!
  for (const stop = p + 16; c === 32 && p < stop; ) c = bytes[++p]!
  const negative = c === 45
  if (negative) c = bytes[++p]!
  const digitsStart = p
  let whole = 0
  let digit = c - 48
  while (digit >= 0 && digit <= 9 && p - digitsStart < 8) {
    whole = (Math.imul(whole, 10) + digit) | 0
    digit = bytes[++p]! - 48
  }
  // -2 is the point
  if (digit !== -2 || p === digitsStart || p - digitsStart > 7) return 0
  const fraction = eightDigits(view, ++p)
  if (fraction === -1) return 0
  p += 8
  const head = whole * 1e8 + fraction
  const next = bytes[p]!
  if (next === 32 || next === 10) {
    cursor.end = p
    return negative ? -(head / 1e8) : head / 1e8
  }
  return longFraction(bytes, view, p, head, negative)
}

/** Up to 9 more digits behind the eight. */
function longFraction(bytes: Uint8Array, view: DataView, start: number, head: number, negative: boolean): number {
  let p = start
  let low = eightDigits(view, p)
  if (low === -1) low = 0
  else p += 8
  let digit = bytes[p]! - 48
  while (digit >= 0 && digit <= 9 && p - start < 9) {
    low = (Math.imul(low, 10) + digit) | 0
    digit = bytes[++p]! - 48
  }
  // -16 is a blank, -38 LF
  if (digit !== -16 && digit !== -38) return 0
  const value = scaledLong(head, low, p - start, p - start + 8)
  if (Number.isNaN(value)) return 0
  cursor.end = p
  return negative ? -value : value
}

/** The value of eight digits, or -1: each word's bytes are taken together as two pairs, then as one number. */
function eightDigits(view: DataView, at: number): number {
  // a byte below '0' borrows from its neighbour, but has its own high bit set by that
  const first = (view.getInt32(at, true) - FOUR_ZEROS) | 0
  const second = (view.getInt32(at + 4, true) - FOUR_ZEROS) | 0
  if (((first | (first + ABOVE_NINE) | second | (second + ABOVE_NINE)) & HIGH_BITS) !== 0) return -1
  const upper = (Math.imul(first, 10) + (first >>> 8)) | 0
  const lower = (Math.imul(second, 10) + (second >>> 8)) | 0
  const high = Math.imul(upper & 255, 100) + ((upper >>> 16) & 255)
  return (Math.imul(high, 10000) + Math.imul(lower & 255, 100) + ((lower >>> 16) & 255)) | 0
}
