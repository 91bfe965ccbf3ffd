/**
 * Numbers from their text, and where a text ends: the oracles of the kernel, which do what it leaves.
 */

const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/
const NON_FINITE = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i

/**
 * The number that a text means in a real column, by `Number`: Fortran exponents (`1.5D-3`), leading zeros, and `nan`, `inf`, `infinity`
 * in any case are numbers. Undefined: no number.
 */
export function realOfText(text: string): number | undefined {
  if (REAL.test(text)) return Number(text.replace(/[dD]/, 'e'))
  const word = NON_FINITE.exec(text)
  if (!word) return undefined
  if (word[2]) return Number.NaN
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
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

/** The index of the blank or line end after the token at `start`. */
export function tokenEnd(bytes: Uint8Array, start: number, limit: number): number {
  let p = start
  while (p < limit && !isBlank(bytes[p]!)) p++
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
