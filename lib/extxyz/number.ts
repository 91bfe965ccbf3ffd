/**
 * Numbers from bytes: a digit loop that is bit-identical to `Number(text)`.
 *
 *     sign  d…d . d…d  e±dd      M = all digits as one integer of at most 18 digits, value = M · 10^e
 *
 * M up to 15 digits is exact in a double, and so is 10^|e| up to 22: one division or multiplication rounds once, correctly.
 * M of 16 to 18 digits is held as an unevaluated sum of two doubles, the quotient is refined by its exact remainder, and
 * the result is taken only if rounding can't depend on the last bits. Everything else goes to `Number`, the oracle.
 */

/** 10^0 … 10^22: the powers of ten that a double holds exactly. */
export const POW10: Float64Array = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`))

/** Where the last number ended: the index after its last byte. Valid after {@link parseReal} returned. */
export const cursor: { end: number } = { end: 0 }

/** What {@link parseReal} gives for text that is no number; check `cursor.end === -1` when the result is NaN. */
const FAILED = Number.NaN

/**
 * Reads the real number that begins at `start` and ends before the next blank or line end (or `limit`).
 *
 * Accepts Fortran exponents (`1.5D-3`), leading zeros, `nan`, `inf`, `infinity` in any case. Sets `cursor.end`, to -1 for
 * text that is no number.
 */
export function parseReal(bytes: Uint8Array, start: number, limit: number): number {
  let p = start
  let c = bytes[p]!
  let negative = false
  if (c === 45) {
    negative = true
    c = bytes[++p]!
  } else if (c === 43) c = bytes[++p]!
  const digitsStart = p
  let high = 0
  let digit = c - 48
  while (digit >= 0 && digit <= 9 && p - digitsStart < 9) {
    high = (high * 10 + digit) | 0
    digit = bytes[++p]! - 48
  }
  if (digit >= 0 && digit <= 9) return longReal(bytes, start, limit)
  let digits = p - digitsStart
  let fraction = 0
  let low = 0
  if (digit === -2) {
    const fractionStart = ++p
    digit = bytes[p]! - 48
    while (digit >= 0 && digit <= 9 && p - fractionStart < 9) {
      low = (low * 10 + digit) | 0
      digit = bytes[++p]! - 48
    }
    fraction = p - fractionStart
    digits += fraction
    if (digit >= 0 && digit <= 9) return longReal(bytes, start, limit)
  }
  // -16 is a blank, -39 TAB, -38 LF, -35 CR
  if (p < limit && digit !== -16 && digit !== -38 && digit !== -35 && digit !== -39)
    return longReal(bytes, start, limit)
  if (digits === 0 || digits > 15 || p > limit) return longReal(bytes, start, limit)
  cursor.end = p
  const scale = POW10[fraction]!
  const value = fraction === 0 ? high : (high * scale + low) / scale
  return negative ? -value : value
}

const TWO_ABOVE = 1 + 2 ** -50
const TWO_BELOW = 1 - 2 ** -50

/** As {@link parseReal} for more digits and exponents: up to 18 digits and powers of ten up to 22, then the oracle. */
function longReal(bytes: Uint8Array, start: number, limit: number): number {
  let p = start
  let c = bytes[p]!
  const negative = c === 45
  if (c === 45 || c === 43) c = bytes[++p]!
  let high = 0
  let low = 0
  let count = 0
  let exponent = 0
  let seenDot = false
  for (; p < limit; c = bytes[++p]!) {
    const digit = c - 48
    if (digit >= 0 && digit <= 9) {
      if (count < 9) high = (high * 10 + digit) | 0
      else low = (low * 10 + digit) | 0
      // leading zeros hold no place
      if (count > 0 || digit > 0) count++
      if (seenDot) exponent--
      if (count > 18) return slowReal(bytes, start, limit)
    } else if (c === 46 && !seenDot) seenDot = true
    else break
  }
  const mantissaEnd = p
  if (p < limit && (c | 33) === 101) {
    // e, E, d and D become e under | 33
    c = bytes[++p]!
    const down = c === 45
    if (c === 45 || c === 43) c = bytes[++p]!
    let power = 0
    const powerStart = p
    for (; p < limit && c >= 48 && c <= 57 && power < 1000; c = bytes[++p]!) power = power * 10 + c - 48
    if (p === powerStart) return slowReal(bytes, start, limit)
    exponent += down ? -power : power
  }
  if (count === 0 || mantissaEnd === start || (p < limit && !isBlank(c))) return slowReal(bytes, start, limit)
  const value = scaled(high, low, Math.max(0, count - 9), exponent)
  if (Number.isNaN(value)) return slowReal(bytes, start, limit)
  cursor.end = p
  return negative ? -value : value
}

/**
 * (high · 10^lowDigits + low) · 10^exponent, correctly rounded, for high, low < 10^9 and |exponent| ≤ 22; NaN where this
 * can't be decided with two doubles.
 */
export function scaled(high: number, low: number, lowDigits: number, exponent: number): number {
  const shift = POW10[lowDigits]!
  if (exponent > 0) return lowDigits <= 6 && exponent <= 22 ? (high * shift + low) * POW10[exponent]! : FAILED
  if (exponent < -22) return FAILED
  if (lowDigits <= 6) return (high * shift + low) / POW10[-exponent]!
  return scaledLong(high, low, lowDigits, -exponent)
}

/**
 * (high · 10^lowDigits + low) / 10^places, correctly rounded, for high < 10^15, low < 10^9, lowDigits ≤ 9, places ≤ 22; NaN where
 * this can't be decided with two doubles.
 */
export function scaledLong(high: number, low: number, lowDigits: number, places: number): number {
  const shift = POW10[lowDigits]!
  const divisor = POW10[places]!
  // the numerator exactly (but for 2^-106 of it) as head + tail
  const product = high * shift
  const head = product + low
  const tail = productError(high, shift, product) + (low - (head - product))
  const quotient = head / divisor
  // the remainder of a correctly rounded division is a double, and this is it
  const back = quotient * divisor
  const correction = (head - back - productError(quotient, divisor, back) + tail) / divisor
  const above = quotient + correction * TWO_ABOVE
  return above === quotient + correction * TWO_BELOW ? above : FAILED
}

const SPLITTER = 134217729

/** a · b - product exactly (T. J. Dekker, Numer. Math. 18, 224 (1971)), for magnitudes far from overflow and underflow. */
export function productError(a: number, b: number, product: number): number {
  const ta = SPLITTER * a
  const aHigh = ta - (ta - a)
  const aLow = a - aHigh
  const tb = SPLITTER * b
  const bHigh = tb - (tb - b)
  const bLow = b - bHigh
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
}

const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/
const NON_FINITE = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i

/** The number that a whole text means in a real column, by `Number`: the oracle of {@link parseReal}. Undefined: no number. */
export function realOfText(text: string): number | undefined {
  if (REAL.test(text)) return Number(text.replace(/[dD]/, 'e'))
  const word = NON_FINITE.exec(text)
  if (!word) return undefined
  if (word[2]) return Number.NaN
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function slowReal(bytes: Uint8Array, start: number, limit: number): number {
  const end = tokenEnd(bytes, start, limit)
  // no number has more digits than a comment has patience for; a megabyte of digits is still read correctly by Number
  const value = realOfText(latin1(bytes, start, end))
  cursor.end = value === undefined ? -1 : end
  return value ?? FAILED
}

/** The index of the blank or line end after the token at `start`. */
export function tokenEnd(bytes: Uint8Array, start: number, limit: number): number {
  let p = start
  while (p < limit) {
    const c = bytes[p]!
    if (isBlank(c)) break
    p++
  }
  return p
}

/** True for the bytes that end a token: blank, TAB, LF, CR. */
export function isBlank(c: number): boolean {
  return c === 32 || c === 10 || c === 13 || c === 9
}

/** Bytes as a string of the same length, one character a byte. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start)).toString('latin1')
}

/**
 * Reads the integer that begins at `start`: an int32 when it fits. Sets `cursor.end`, to -1 for anything else (text that is no
 * integer, and integers outside int32: see {@link bigOfText}).
 */
export function parseInt32(bytes: Uint8Array, start: number, limit: number): number {
  let p = start
  let c = bytes[p]!
  const negative = c === 45
  if (c === 45 || c === 43) c = bytes[++p]!
  const digitsStart = p
  let value = 0
  for (; p < limit; c = bytes[++p]!) {
    const digit = c - 48
    if (!(digit >= 0 && digit <= 9)) break
    value = value * 10 + digit
    if (value > 2147483648) break
  }
  const atEnd = p >= limit || isBlank(c)
  const signed = negative ? -value : value
  if (!atEnd || p === digitsStart || signed !== (signed | 0)) {
    cursor.end = -1
    return 0
  }
  cursor.end = p
  return signed | 0
}

const INTEGER = /^[+-]?\d+$/
const INT64_MAX = 2n ** 63n - 1n

/** An integer of any length as a bigint, `undefined` for other text, `null` for one outside 64 bits. */
export function bigOfText(text: string): bigint | null | undefined {
  if (!INTEGER.test(text)) return undefined
  if (text.length > 40) return null
  const value = BigInt(text.replace(/^\+/, ''))
  return value > INT64_MAX || value < -INT64_MAX - 1n ? null : value
}
