/**
 * Powers of ten as 128-bit integers, 10^e = m · 2^(…) with 2^127 ≤ m < 2^128: exact up to 10^55, and rounded up below 1.
 */
import { POWERS, SMALL_POWERS } from './layout'

/** The exponents of the table: 5^55 is the last that fits in 128 bits. */
export const LEAST: i32 = -55
export const MOST: i32 = 55

/** The address of m for 10^e: its upper 64 bits, then the lower ones. */
export function power(e: i32): usize {
  return <usize>(POWERS + ((e - LEAST) << 4))
}

/** The address of 10^e as a 64-bit integer, e = 0 … 8. */
export function smallPower(e: i32): usize {
  return <usize>(SMALL_POWERS + (e << 3))
}

/** The upper 64 bits of a · b. */
export function mulHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff
  const aHigh = a >> 32
  const bLow = b & 0xffffffff
  const bHigh = b >> 32
  const middle = aHigh * bLow + ((aLow * bLow) >> 32)
  const other = (middle & 0xffffffff) + aLow * bHigh
  return aHigh * bHigh + (middle >> 32) + (other >> 32)
}

/** Fills the tables. */
export function preparePowers(): void {
  store<u64>(smallPower(0), 1)
  for (let e = 1; e <= 8; e++) store<u64>(smallPower(e), 10 * load<u64>(smallPower(e - 1)))
  let high: u64 = 0x8000000000000000
  let low: u64 = 0
  for (let e = 0; e <= MOST; e++) {
    store<u64>(power(e), high)
    store<u64>(power(e), low, 8)
    if (e > 0) prepareInverse(e, high, low)
    // times ten: 5/4 and three places, of which the last bits are zeros up to the end of the table
    const quarter = (low >> 2) | (high << 62)
    const sum = low + quarter
    const upper = high + (high >> 2) + u64(sum < low)
    if (upper >= high) {
      high = upper
      low = sum
    } else {
      high = (upper >> 1) | 0x8000000000000000
      low = (sum >> 1) | (upper << 63)
    }
  }
}

/** ⌈2^255 / m⌉ for 10^-e, by long division. */
function prepareInverse(e: i32, high: u64, low: u64): void {
  let restHigh: u64 = 0x8000000000000000
  let restLow: u64 = 0
  let quotientHigh: u64 = 0
  let quotientLow: u64 = 0
  for (let bit = 0; bit < 128; bit++) {
    const over = restHigh >> 63
    restHigh = (restHigh << 1) | (restLow >> 63)
    restLow <<= 1
    quotientHigh = (quotientHigh << 1) | (quotientLow >> 63)
    quotientLow <<= 1
    if (over || restHigh > high || (restHigh === high && restLow >= low)) {
      restHigh -= high + u64(restLow < low)
      restLow -= low
      quotientLow |= 1
    }
  }
  quotientLow++
  store<u64>(power(-e), quotientHigh + u64(quotientLow === 0))
  store<u64>(power(-e), quotientLow, 8)
}
