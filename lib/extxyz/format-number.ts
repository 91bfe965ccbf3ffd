/**
 * Numbers into bytes: `%16.8f` exactly as C and Python write it, and the shortest text that reads back bit for bit.
 *
 * Both have a fast path in plain doubles that knows when it is right, and an oracle: BigInt arithmetic on the exact binary
 * value (`fixed8Text`), and JavaScript's own `String` (`shortestText`). `toFixed(8)` is neither: it rounds ties up, drops the sign
 * of zero, and changes to exponents at 1e21.
 */
import { POW10, productError, scaled } from './number.js'

/** Bytes that one fast number may take at most, with what surrounds it. */
export const NUMBER_ROOM = 40

const TENS: Uint8Array = Uint8Array.from({ length: 100 }, (_, i) => 48 + Math.floor(i / 10))
const ONES: Uint8Array = Uint8Array.from({ length: 100 }, (_, i) => 48 + (i % 10))

/**
 * Writes `%16.8f` of x at `at` (at least 16 bytes) and gives the place after it; -1 for a value that {@link fixed8Text} must do.
 * Exact for |x| < 9999999: x · 1e8 as a sum of two doubles, rounded half to even.
 */
export function writeFixed8(out: Uint8Array, at: number, x: number): number {
  const magnitude = Math.abs(x)
  if (!(magnitude < 9999999)) return -1
  const product = magnitude * 1e8
  let n = Math.floor(product)
  const side = product - n - 0.5 + productError(magnitude, 1e8, product)
  if (side > 0 || (side === 0 && n % 2 === 1)) n++
  const whole = Math.floor(n / 1e8)
  const fraction = (n - whole * 1e8) | 0
  const negative = x < 0 || (x === 0 && 1 / x < 0)
  let p = at + 16
  const upper = (fraction / 10000) | 0
  const lower = fraction - upper * 10000
  writePair(out, p - 2, lower % 100)
  writePair(out, p - 4, (lower / 100) | 0)
  writePair(out, p - 6, upper % 100)
  writePair(out, p - 8, (upper / 100) | 0)
  out[p - 9] = 46
  p -= 9
  let rest = whole | 0
  do {
    const next = (rest / 10) | 0
    out[--p] = 48 + rest - next * 10
    rest = next
  } while (rest > 0)
  // seven digits before the point leave no room for a sign
  if (negative) {
    if (p === at) return -1
    out[--p] = 45
  }
  while (p > at) out[--p] = 32
  return at + 16
}

function writePair(out: Uint8Array, at: number, value: number): void {
  out[at] = TENS[value]!
  out[at + 1] = ONES[value]!
}

/** `'%16.8f' % x` of Python for every x (nan, inf and wide numbers too): the oracle of {@link writeFixed8}. */
export function fixed8Text(x: number): string {
  if (Number.isNaN(x)) return 'nan'.padStart(16)
  if (!Number.isFinite(x)) return (x < 0 ? '-inf' : 'inf').padStart(16)
  const bits = new BigUint64Array(Float64Array.of(x).buffer)[0]!
  const exponentBits = Number((bits >> 52n) & 0x7ffn)
  const fractionBits = bits & 0xfffffffffffffn
  const mantissa = exponentBits === 0 ? fractionBits : fractionBits | (1n << 52n)
  const exponent = Math.max(exponentBits, 1) - 1075
  let n = mantissa * 100_000_000n
  if (exponent >= 0) n <<= BigInt(exponent)
  else {
    const shift = BigInt(-exponent)
    const half = 1n << (shift - 1n)
    const rest = n & ((1n << shift) - 1n)
    n >>= shift
    if (rest > half || (rest === half && (n & 1n) === 1n)) n++
  }
  const digits = n.toString().padStart(9, '0')
  const sign = bits >> 63n === 1n ? '-' : ''
  return `${sign}${digits.slice(0, -8)}.${digits.slice(-8)}`.padStart(16)
}

/** The shortest decimal text that reads back as x; `nan`, `inf`, `-inf`, `-0`. The oracle of {@link writeShortest}. */
export function shortestText(x: number): string {
  if (Number.isFinite(x)) return Object.is(x, -0) ? '-0' : String(x)
  return Number.isNaN(x) ? 'nan' : x < 0 ? '-inf' : 'inf'
}

/** Python's `repr` of a float: shortest digits, always with a point or an exponent, exponents below 1e-4 and from 1e16. */
export function pythonFloat(x: number): string {
  const magnitude = Math.abs(x)
  if (magnitude === 0 || !Number.isFinite(x)) return x === 0 ? (Object.is(x, -0) ? '-0.0' : '0.0') : shortestText(x)
  if (magnitude >= 1e16 || magnitude < 1e-4) {
    const [mantissa = '', exponent = ''] = x.toExponential().split('e')
    return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
  }
  return Number.isInteger(x) ? `${x}.0` : String(x)
}

/**
 * Writes the shortest text of x at `at` and gives the place after it; -1 for a value that {@link shortestText} must do.
 *
 * For 1e-6 ≤ |x| < 1e9: the digits of x as an integer of 15, 16, then 17 places; the first that reads back as x is it.
 */
export function writeShortest(out: Uint8Array, at: number, x: number): number {
  let p = at
  if (x < 0) out[p++] = 45
  const magnitude = Math.abs(x)
  if (magnitude < 1e9 && magnitude === Math.floor(magnitude)) {
    if (x === 0 && 1 / x < 0) return -1
    return writeInteger(out, p, magnitude)
  }
  if (!(magnitude >= 1e-6 && magnitude < 1e9)) return -1
  const places = wholePlaces(magnitude)
  // 15 significant digits: one exact product, one correctly rounded quotient
  const scale15 = 15 - places
  const n15 = Math.round(magnitude * POW10[scale15]!)
  if (n15 / POW10[scale15]! === magnitude) return writeDecimal(out, p, Math.floor(n15 / 1e7), n15 % 1e7, 7, scale15)
  return writeLong(out, p, magnitude, 16 - places)
}

/** How many digits stand before the point; for 0.00123 it is -2. */
function wholePlaces(x: number): number {
  if (x >= 1) {
    let places = 1
    while (x >= POW10[places]!) places++
    return places
  }
  let places = 0
  while (x * POW10[1 - places]! < 1) places--
  return places
}

/** 16, then 17 digits: x · 10^scale exactly as a sum of two doubles, rounded, and read back. */
function writeLong(out: Uint8Array, p: number, x: number, scale16: number): number {
  // below a power of two the doubles are twice as dense, and the nearest text need not be the one that reads back
  BITS.setFloat64(0, x)
  if (BITS.getUint32(4) === 0 && (BITS.getUint32(0) & 0xfffff) === 0) return -1
  for (let scale = scale16; scale <= scale16 + 1 && scale <= 22; scale++) {
    const power = POW10[scale]!
    const product = x * power
    const whole = Math.floor(product)
    const rest = product - whole + productError(x, power, product)
    const digits = scale - scale16 + 8
    const unit = POW10[digits]!
    // whole is an integer below 1e17 + 1; hi · unit is exact, for unit holds many factors of two
    let high = Math.floor(whole / unit)
    let low = whole - high * unit + Math.round(rest)
    if (low < 0) {
      high--
      low += unit
    } else if (low >= unit) {
      high++
      low -= unit
    }
    if (high >= 1e9) return -1
    const back = scaled(high, low, digits, -scale)
    if (back === x) return writeDecimal(out, p, high, low, digits, scale)
    if (Number.isNaN(back)) return -1
  }
  return -1
}

/** Writes (high · 10^lowDigits + low) / 10^scale without trailing zeros; high has at most 9 digits. */
function writeDecimal(
  out: Uint8Array,
  at: number,
  high: number,
  low: number,
  lowDigits: number,
  scale: number,
): number {
  const total = 9 + lowDigits
  writeDigits(SCRATCH, 9, low | 0, lowDigits)
  writeDigits(SCRATCH, 0, high | 0, 9)
  const point = total - scale
  let end = total
  while (end > point && SCRATCH[end - 1] === 48) end--
  let p = at
  let from = 0
  if (point <= 0) {
    out[p++] = 48
    out[p++] = 46
    for (let zeros = point; zeros < 0; zeros++) out[p++] = 48
  } else {
    while (from < point - 1 && SCRATCH[from] === 48) from++
    while (from < point) out[p++] = SCRATCH[from++]!
    if (end > point) out[p++] = 46
  }
  while (from < end) out[p++] = SCRATCH[from++]!
  return p
}

const BITS = new DataView(new ArrayBuffer(8))
const SCRATCH = new Uint8Array(32)

/** Writes `count` digits of a number below 2^31, with leading zeros. */
function writeDigits(out: Uint8Array, at: number, value: number, count: number): void {
  let rest = value
  let p = at + count
  for (; p - at >= 2; p -= 2) {
    const next = (rest / 100) | 0
    writePair(out, p - 2, rest - next * 100)
    rest = next
  }
  if (p > at) out[at] = 48 + rest
}

/** Writes a whole number below 1e9. */
export function writeInteger(out: Uint8Array, at: number, value: number): number {
  let rest = value | 0
  let length = 1
  while (rest >= POW10[length]!) length++
  let p = at + length
  do {
    const next = (rest / 10) | 0
    out[--p] = 48 + rest - next * 10
    rest = next
  } while (rest > 0)
  return at + length
}
