/**
 * A real number into text: the shortest that reads back bit for bit, and `%16.8f`.
 *
 * Shortest: R. Giulietti, The Schubfach way to render doubles (2021). The number and the middles to its neighbours are scaled by a
 * power of ten so that at most two candidates of 17 digits, or one of 16, lie in between. Numbers whose power of ten is not in the
 * table are left to the other side.
 */
import { PYTHON } from './layout'
import { LEAST, MOST, mulHigh, power } from './powers'

const HIDDEN_BIT: u64 = 0x10000000000000
/** From here on every double is an integer. */
const ALL_INTEGERS: f64 = 9007199254740992
/** The smallest number of 17 digits. */
const SEVENTEEN: u64 = 10000000000000000

/** The eight digits of a number below 10^8 as bytes in their order, by halves. */
function eightDigits(value: u32): u64 {
  const upper = value / 10000
  const fours = <u64>upper | ((<u64>(value - upper * 10000)) << 32)
  const hundreds = ((fours * 10486) >> 20) & 0x0000007f0000007f
  const pairs = hundreds | ((fours - 100 * hundreds) << 16)
  const tens = ((pairs * 103) >> 10) & 0x000f000f000f000f
  return tens | ((pairs - 10 * tens) << 8) | 0x3030303030303030
}

/** Writes a whole number; gives the address behind it. */
export function writeWhole(at: usize, value: u64): usize {
  let length = 1
  for (let rest = value; rest >= 10; rest /= 10) length++
  const behind = at + length
  let rest = value
  for (let p = behind; p > at; rest /= 10) store<u8>(--p, <u8>(48 + (rest % 10)))
  return behind
}

/** Writes x in the shortest way, `style` as in `layout.ts`; gives the address behind it, 0 for a number that is not done here. */
export function writeShortest(at: usize, x: f64, style: i32): usize {
  const bits = reinterpret<u64>(x)
  store<u8>(at, 45)
  // nan has no sign
  let p = x !== x ? at : at + <usize>(bits >> 63)
  const magnitude = abs(x)
  if (magnitude < ALL_INTEGERS && magnitude === floor(magnitude)) {
    p = writeWhole(p, <u64>magnitude)
    if (style !== PYTHON) return p
    store<u16>(p, 0x302e)
    return p + 2
  }
  const field = <i32>(bits >> 52) & 0x7ff
  if (field === 0x7ff) return writeName(p, x !== x ? 0x6e616e : 0x666e69)
  if (field === 0 || magnitude >= ALL_INTEGERS) return 0
  return writeFraction(p, bits & (HIDDEN_BIT - 1), field - 1075, style)
}

/** `nan` or `inf`. */
function writeName(p: usize, name: u32): usize {
  store<u32>(p, name)
  return p + 3
}

/** Writes (2^52 + fraction) · 2^q, which is no integer. */
function writeFraction(at: usize, fraction: u64, q: i32, style: i32): usize {
  const c = fraction | HIDDEN_BIT
  // below a power of two the doubles are denser
  const closer = fraction === 0
  const k = (q * 1262611 - (closer ? 524031 : 0)) >> 22
  if (-k < LEAST || -k > MOST) return 0
  const h = q + ((-k * 1741647) >> 19) + 1
  const row = power(-k)
  const high = load<u64>(row)
  const low = load<u64>(row, 8)
  // 4 c · 2^h times the power, 192 bits
  const scaled = c << (2 + h)
  const v0 = low * scaled
  const carry = mulHigh(low, scaled)
  const v1 = high * scaled + carry
  const v2 = mulHigh(high, scaled) + u64(v1 < carry)
  const value = odd(v2, v1)
  // the middles are two units from it, or one
  const odds = c & 1
  const upper = sumOf(v2, v1, v0, high, low, 1 + h) - odds
  const lower = differenceOf(v2, v1, v0, high, low, (closer ? 0 : 1) + h) + odds
  const s = value >> 2
  const tenth = s / 10
  const tenthInside = lower <= 40 * tenth
  const nextTenthInside = 40 * tenth + 40 <= upper
  const inside = lower <= 4 * s
  const nextInside = 4 * s + 4 <= upper
  const middle = 4 * s + 2
  const nearest = s + u64(value > middle || (value === middle && (s & 1) === 1))
  // chosen without a branch, as no processor could foresee it
  const seventeen = select<u64>(s + u64(nextInside), nearest, inside !== nextInside)
  const digits = select<u64>(10 * (tenth + u64(nextTenthInside)), seventeen, tenthInside !== nextTenthInside)
  return writeDecimal(at, digits, k, style)
}

/** The upper word with its last bit set if anything but a rounding error stands below it. */
function odd(upper: u64, lower: u64): u64 {
  return upper | u64(lower > 1)
}

/** v + power · 2^shift, 1 ≤ shift ≤ 5, as {@link odd}. */
function sumOf(v2: u64, v1: u64, v0: u64, high: u64, low: u64, shift: i32): u64 {
  const d1 = (high << shift) | (low >> (64 - shift))
  const d2 = high >> (64 - shift)
  // carries are added without a branch, as no processor could foresee them
  const carry = u64(v0 + (low << shift) < v0)
  const s = v1 + d1
  const s1 = s + carry
  return odd(v2 + d2 + u64(s < v1) + u64(s1 < carry), s1)
}

/** v - power · 2^shift, as {@link odd}. */
function differenceOf(v2: u64, v1: u64, v0: u64, high: u64, low: u64, shift: i32): u64 {
  const d1 = (high << shift) | (low >> (64 - shift))
  const d2 = high >> (64 - shift)
  const borrow = u64(v0 < low << shift)
  const s = v1 - d1
  return odd(v2 - d2 - u64(v1 < d1) - u64(s < borrow), s - borrow)
}

/** Writes digits · 10^exponent, of up to 17 digits, without zeros at the end. */
function writeDecimal(at: usize, digits: u64, exponent: i32, style: i32): usize {
  const short = digits < SEVENTEEN
  digits *= select<u64>(10, 1, short)
  exponent -= i32(short)
  for (; digits < SEVENTEEN; digits *= 10) exponent--
  const places = 17 + exponent
  const upper = <u32>(digits / 1000000000)
  const rest = <u32>(digits - <u64>upper * 1000000000)
  const lower = rest / 10
  const first = eightDigits(upper)
  const second = eightDigits(lower)
  const last = 48 + rest - lower * 10
  if (places > 0) return writePointed(at, first, second, last, places)
  if (places <= (style === PYTHON ? -4 : -6)) return writeScientific(at, first, second, last, places - 1, style)
  store<u64>(at, 0x3030303030302e30)
  const p = at + 2 - places
  store<u64>(p, first)
  store<u64>(p, second, 8)
  store<u8>(p, <u8>last, 16)
  return withoutZeros(p + 17, second, last)
}

/** The point stands behind `places` digits, 1 to 16. */
function writePointed(at: usize, first: u64, second: u64, last: u32, places: i32): usize {
  if (places < 8) {
    store<u64>(at, first)
    store<u8>(at + places, 46)
    store<u64>(at + places + 1, first >> (places << 3))
    store<u64>(at, second, 9)
  } else {
    const left = places - 8
    store<u64>(at, first)
    store<u64>(at, second, 8)
    store<u8>(at + places, 46)
    store<u64>(at + places + 1, left === 8 ? 0 : second >> (left << 3))
  }
  store<u8>(at, <u8>last, 17)
  return withoutZeros(at + 18, second, last)
}

/** d.ddde-x, with an exponent of two digits at least for Python. */
function writeScientific(at: usize, first: u64, second: u64, last: u32, exponent: i32, style: i32): usize {
  let p = writePointed(at, first, second, last, 1)
  if (load<u8>(p - 1) === 46) p--
  store<u16>(p, 0x2d65)
  p += 2
  if (style === PYTHON && exponent > -10) store<u8>(p++, 48)
  return writeWhole(p, <u64>-exponent)
}

/** The address behind the digits but for zeros: none where the last digit is another, as a rule, or those of the second eight. */
function withoutZeros(behind: usize, second: u64, last: u32): usize {
  const others = second ^ 0x3030303030303030
  let p = behind - select<usize>(1 + (<usize>clz(others) >> 3), 0, last === 48)
  if (others === 0) while (load<u8>(p - 1) === 48) p--
  return p
}

/** Writes `%16.8f` of x; gives the address behind it, 0 where this is wider than 16. */
export function writeFixed(at: usize, x: f64): usize {
  if (!(abs(x) < 1e7)) return 0
  const bits = reinterpret<u64>(x)
  const n = hundredMillionths(bits)
  const whole = <u32>(n / 100000000)
  if (whole >= 10000000) return 0
  store<u64>(at, 0x2e20202020202020)
  store<u64>(at, eightDigits(<u32>(n - <u64>whole * 100000000)), 8)
  let p = at + 7
  let rest = whole
  do {
    const tenth = rest / 10
    store<u8>(--p, <u8>(48 + rest - tenth * 10))
    rest = tenth
  } while (rest > 0)
  if (bits >> 63) {
    if (p === at) return 0
    store<u8>(p - 1, 45)
  }
  return at + 16
}

/** |x| · 10^8 as an integer, half to even, for |x| < 10^7. */
function hundredMillionths(bits: u64): u64 {
  const field = <i32>(bits >> 52) & 0x7ff
  const fraction = bits & (HIDDEN_BIT - 1)
  const c = field === 0 ? fraction : fraction | HIDDEN_BIT
  const shift = 1075 - max(field, 1)
  // c · 10^8 is less than 2^80
  const high = mulHigh(c, 100000000)
  const low = c * 100000000
  if (shift > 80) return 0
  if (shift > 64) {
    const n = high >> (shift - 64)
    const rest = high - (n << (shift - 64))
    const half = (<u64>1) << (shift - 65)
    return n + u64(rest > half || (rest === half && (low > 0 || (n & 1) === 1)))
  }
  const n = shift === 64 ? high : (high << (64 - shift)) | (low >> shift)
  const rest = shift === 64 ? low : low - ((low >> shift) << shift)
  const half = (<u64>1) << (shift - 1)
  return n + u64(rest > half || (rest === half && (n & 1) === 1))
}
