/**
 * A real number from its text, correctly rounded.
 *
 * The digits as one integer w of at most 19 digits, and w · 10^q by D. Lemire, Number Parsing at a Gigabyte per Second, Software:
 * Practice and Experience 51, 1700 (2021): the upper bits of a 128-bit product, which nearly always decide. What they don't decide,
 * more digits, powers beyond the table, nan and inf are left to the other side.
 */
import { LEAST, MOST, mulHigh, power, smallPower } from './powers'

/** Where the last number ended; 0: there is none that can be read here. */
export let end: usize = 0
/** The last number was written without a point and an exponent. */
export let integral: bool = false

/** The values of eight bytes as digits. */
function values(bytes: u64): u64 {
  return bytes ^ 0x3030303030303030
}

/** Marks the bytes that are no digits; of those behind the first one, not reliably. */
function otherBytes(values: u64): u64 {
  // a digit's value stays below 128 when 118 is added to it
  return (values | (values + 0x7676767676767676)) & 0x8080808080808080
}

function areDigits(values: u64): bool {
  return otherBytes(values) === 0
}

/** How many digits the bytes of these values begin with. */
function digitCount(values: u64): usize {
  const others = otherBytes(values)
  return others === 0 ? 8 : <usize>(ctz(others) >> 3)
}

/** The number that eight digits are: as pairs, then as fours, then as one. */
function eightDigits(digits: u64): u64 {
  const pairs = digits * 10 + (digits >> 8)
  const fours = (pairs & 0x000000ff000000ff) * 0x000f424000000064
  return (fours + ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32
}

function isDigit(byte: u32): bool {
  return byte - 48 < 10
}

/** A number ends before a blank, TAB, LF, CR and where the text ends. */
export function endsToken(byte: u32): bool {
  return byte <= 32 && (byte === 32 || byte === 10 || byte === 9 || byte === 13 || byte === 0)
}

/** The index of the first byte from `p` that is no blank and no TAB. */
export function skipBlanks(start: usize): usize {
  let p = start
  // columns are padded by blanks, of which the number can't be foreseen
  if (load<u16>(p) === 0x2020) {
    const others = load<u64>(p) ^ 0x2020202020202020
    p += others === 0 ? 8 : <usize>(ctz(others) >> 3)
  }
  let byte = load<u8>(p)
  while (byte === 32 || byte === 9) byte = load<u8>(++p)
  return p
}

/**
 * Reads a number behind blanks, of `%16.8f` in 17 bytes without a branch that depends on it, every other one by {@link readReal}; sets
 * {@link end}.
 */
export function readPaddedReal(start: usize): f64 {
  // a species of one letter is followed by one more blank
  const p = start + usize(load<u8>(start, 9) === 46 && load<u8>(start) === 32)
  if (load<u8>(p, 8) !== 46 || load<u8>(p) !== 32) return readReal(skipBlanks(start))
  const padded = load<u64>(p)
  const blanks = ctz(padded ^ 0x2020202020202020) & 0x78
  const behind = padded >> blanks
  const negative = u64((behind & 0xff) === 45)
  const shift = blanks + (negative << 3)
  const digits = shift > 56 ? 0xff : values(behind >> (negative << 3)) << shift
  const fraction = values(load<u64>(p, 9))
  if (!areDigits(digits) || !areDigits(fraction) || !endsToken(load<u8>(p, 17))) return readReal(skipBlanks(start))
  end = p + 17
  const value = <f64>(eightDigits(digits) * 100000000 + eightDigits(fraction)) / 100000000
  return reinterpret<f64>(reinterpret<u64>(value) | (negative << 63))
}

/** Reads the number that begins at `start`; sets {@link end} and {@link integral}. */
export function readReal(start: usize): f64 {
  end = 0
  let p = start
  let c: u32 = load<u8>(p)
  // a step without a branch, as no processor could foresee it
  const negative = c === 45
  p += usize(negative || c === 43)
  c = load<u8>(p)
  const first = p
  let w: u64 = 0
  while (isDigit(c)) {
    w = w * 10 + (c - 48)
    c = load<u8>(++p)
  }
  let digits = <i32>(p - first)
  let q: i32 = 0
  integral = c !== 46
  if (!integral) {
    const behind = ++p
    let part = values(load<u64>(p))
    let count = digitCount(part)
    while (count === 8) {
      w = w * 100000000 + eightDigits(part)
      p += 8
      part = values(load<u64>(p))
      count = digitCount(part)
    }
    // what is left, up to seven digits, behind zeros, since their number can't be foreseen
    w = w * load<u64>(smallPower(<i32>count)) + eightDigits((part << (56 - ((<u64>count) << 3))) << 8)
    p += count
    c = load<u8>(p)
    q = -(<i32>(p - behind))
    digits -= q
  }
  if (digits === 0 || (digits > 19 && significantDigits(first, p) > 19)) return 0
  // e, E, d and D
  const letter = c | 33
  if (letter === 101) {
    integral = false
    c = load<u8>(++p)
    const down = c === 45
    if (down || c === 43) c = load<u8>(++p)
    const behind = p
    let exponent: i32 = 0
    while (isDigit(c) && exponent < 1000) {
      exponent = exponent * 10 + (c - 48)
      c = load<u8>(++p)
    }
    if (p === behind) return 0
    q += down ? -exponent : exponent
  }
  if (!endsToken(c)) return 0
  const value = timesPowerOfTen(w, q)
  if (value !== value) return 0
  end = p
  return reinterpret<f64>(reinterpret<u64>(value) | (u64(negative) << 63))
}

/** How many digits there are without leading zeros. */
function significantDigits(first: usize, behind: usize): i32 {
  let count = 0
  for (let p = first; p < behind; p++) {
    const c = load<u8>(p)
    if (c !== 46 && (c !== 48 || count > 0)) count++
  }
  return count
}

/** w · 10^q to the nearest double, half to even; NaN if this can't be decided here. */
function timesPowerOfTen(w: u64, q: i32): f64 {
  if (w === 0) return 0
  if (q < LEAST || q > MOST) return NaN
  const zeros = clz(w)
  const normal = w << zeros
  const row = power(q)
  let high = mulHigh(normal, load<u64>(row))
  let low = normal * load<u64>(row)
  if ((high & 0x1ff) === 0x1ff) {
    const more = mulHigh(normal, load<u64>(row, 8))
    low += more
    high += u64(low < more)
    if (low === 0xffffffffffffffff && q < -27) return NaN
  }
  const top = high >> 63
  const exponent = ((217706 * q) >> 16) + 63 + <i32>top - <i32>zeros + 1023
  let mantissa = high >> (top + 9)
  // the middle of two doubles exactly: to even
  if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) === 1 && mantissa << (top + 9) === high) mantissa &= ~1
  mantissa = (mantissa + (mantissa & 1)) >> 1
  // without its highest bit; where rounding has made 2^53 of it, the carry belongs to the exponent
  return reinterpret<f64>(((<u64>exponent) << 52) + mantissa - 0x10000000000000)
}
