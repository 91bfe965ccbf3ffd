/**
 * Numbers into bytes: `%16.8f` exactly as C and Python write it, and the shortest text that reads back bit for bit.
 *
 * Both have a fast path in plain doubles that knows when it is right, and an oracle: BigInt arithmetic on the exact binary
 * value (`fixed8Text`), and JavaScript's own `String` (`shortestText`). `toFixed(8)` is neither: it rounds ties up, drops the sign
 * of zero, and changes to exponents at 1e21.
 */
import { POW10, productError } from './number.js'

/** Bytes that one fast number may take at most, with what surrounds it. */
export const NUMBER_ROOM = 40

/** Two digits as the 16-bit word that a little-endian store puts in their order. */
const PAIRS: Uint16Array = Uint16Array.from({ length: 100 }, (_, i) => 48 + Math.floor(i / 10) + 256 * (48 + (i % 10)))
const FOUR_BLANKS = 0x20202020

/**
 * Writes `%16.8f` of x at `at` (16 bytes) and gives the place after it; -1 for a value that {@link fixed8Text} must do.
 *
 * Exact for |x| < 9999999: the fraction is an exact double, and where 10^8 of it lies near the middle of two integers, the error
 * of that product decides (half goes to even).
 */
export function writeFixed8(out: DataView, at: number, x: number): number {
  const magnitude = Math.abs(x)
  if (!(magnitude < 9999999)) return -1
  let whole = magnitude | 0
  const fraction = magnitude - whole
  const product = fraction * 1e8
  let digits = product | 0
  let side = product - digits - 0.5
  if (side > -1e-6 && side < 1e-6) side += productError(fraction, 1e8, product)
  if (side > 0 || (side === 0 && (digits & 1) === 1)) digits++
  if (digits === 100_000_000) {
    digits = 0
    whole++
  }
  out.setInt32(at, FOUR_BLANKS, true)
  out.setInt32(at + 4, FOUR_BLANKS, true)
  writeEight(out, at + 8, digits)
  let p = at + 7
  out.setUint8(p, 46)
  do {
    const next = (whole / 10) | 0
    out.setUint8(--p, 48 + whole - next * 10)
    whole = next
  } while (whole > 0)
  if (x < 0 || (x === 0 && 1 / x < 0)) {
    // seven digits before the point leave no room for a sign
    if (p === at) return -1
    out.setUint8(p - 1, 45)
  }
  return at + 16
}

/** Writes the eight digits of a number below 10^8, with leading zeros. */
function writeEight(out: DataView, at: number, value: number): void {
  const upper = (value / 10000) | 0
  const lower = value - upper * 10000
  const a = (upper / 100) | 0
  const c = (lower / 100) | 0
  out.setUint16(at, PAIRS[a]!, true)
  out.setUint16(at + 2, PAIRS[upper - a * 100]!, true)
  out.setUint16(at + 4, PAIRS[c]!, true)
  out.setUint16(at + 6, PAIRS[lower - c * 100]!, true)
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

/** Writes {@link pythonFloat} of x at `at` and gives the place after it; -1 for a value that `pythonFloat` must do. */
export function writePythonFloat(out: DataView, at: number, x: number): number {
  const magnitude = Math.abs(x)
  // such small ones have an exponent in Python
  if (magnitude < 1e-4 && x !== 0) return -1
  const end = writeShortest(out, at, x)
  if (end === -1 || magnitude !== Math.floor(magnitude)) return end
  out.setUint16(end, 0x302e, true)
  return end + 2
}

/** Half the distance between the doubles of a binary exponent, by its 11 bits. */
const HALF_ULP: Float64Array = Float64Array.from({ length: 2047 }, (_, exponent) => 2 ** (exponent - 1076))
const BITS = new DataView(new ArrayBuffer(8))
/** What rounding may do to the place of x among the 17-digit numbers; nearer to a decision than that is left to the oracle. */
const BLUR = 1e-6

/**
 * Writes the shortest text of x at `at` and gives the place after it; -1 for a value that {@link shortestText} must do.
 *
 * For 1e-6 ≤ |x| < 1e9: x · 10^scale has 17 digits before the point and is known to 1e-7. Every number nearer to it than half the
 * distance of doubles reads back as x: a multiple of 100 if there is one (15 digits), else of 10 (16 digits), else the nearest.
 */
export function writeShortest(out: DataView, at: number, x: number): number {
  let p = at
  const magnitude = Math.abs(x)
  if (x < 0) out.setUint8(p++, 45)
  if (magnitude < 1e9 && magnitude === Math.floor(magnitude)) {
    return x === 0 && 1 / x < 0 ? -1 : writeInteger(out, p, magnitude)
  }
  if (!(magnitude >= 1e-6 && magnitude < 1e9)) return -1
  const places = wholePlaces(magnitude)
  const power = POW10[17 - places]!
  const product = magnitude * power
  let high = Math.floor(product / 1e9)
  let low = nearestShort(product - high * 1e9 + productError(magnitude, power, product), reach(magnitude) * power)
  if (low === UNDECIDED) return -1
  if (low < 0) {
    high--
    low += 1e9
  } else if (low >= 1e9) {
    high++
    low -= 1e9
  }
  return high < 1e8 ? writeDecimal(out, p, high, low, places) : -1
}

const UNDECIDED = -1e9

/** Half the distance to the next double; NaN for a power of two, below which the doubles are denser. */
function reach(x: number): number {
  BITS.setFloat64(0, x)
  const upper = BITS.getUint32(0)
  if ((upper & 0xfffff) === 0 && BITS.getUint32(4) === 0) return Number.NaN
  return HALF_ULP[upper >>> 20]!
}

/** The roundest whole number within `half` of `place`, or the nearest; UNDECIDED where the blur could decide. */
function nearestShort(place: number, half: number): number {
  const ten = 10 * Math.floor(place / 10 + 0.5)
  const fromTen = Math.abs(place - ten)
  if (fromTen < half - BLUR) {
    const hundred = 100 * Math.floor(place / 100 + 0.5)
    const fromHundred = Math.abs(place - hundred)
    if (fromHundred < half - BLUR) return hundred
    if (fromHundred < half + BLUR || fromTen > 5 - BLUR) return UNDECIDED
    return ten
  }
  const nearest = Math.floor(place + 0.5)
  const decided = fromTen > half + BLUR && Math.abs(place - nearest) < 0.5 - BLUR
  return decided ? nearest : UNDECIDED
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

/** Writes the 17 digits of high · 10^9 + low with a point after `places` of them, without zeros at the end. */
function writeDecimal(out: DataView, at: number, high: number, low: number, places: number): number {
  let p = at
  if (places <= 0) {
    out.setUint16(p, 0x2e30, true)
    p += 2
    for (let zeros = places; zeros < 0; zeros++) out.setUint8(p++, 48)
    writeSeventeen(out, p, high | 0, low | 0)
    p += 17
  } else {
    writeSeventeen(out, p + 1, high | 0, low | 0)
    for (const point = p + places; p < point; p++) out.setUint8(p, out.getUint8(p + 1))
    out.setUint8(p, 46)
    p = at + 18
  }
  // the number is no integer, so that a digit stands before the point is reached
  while (out.getUint8(p - 1) === 48) p--
  return p
}

function writeSeventeen(out: DataView, at: number, high: number, low: number): void {
  writeEight(out, at, high)
  const upper = (low / 10) | 0
  writeEight(out, at + 8, upper)
  out.setUint8(at + 16, 48 + low - upper * 10)
}

/** Writes a whole number below 1e9. */
export function writeInteger(out: DataView, at: number, value: number): number {
  let rest = value | 0
  let length = 1
  while (rest >= POW10[length]!) length++
  let p = at + length
  do {
    const next = (rest / 10) | 0
    out.setUint8(--p, 48 + rest - next * 10)
    rest = next
  } while (rest > 0)
  return at + length
}
