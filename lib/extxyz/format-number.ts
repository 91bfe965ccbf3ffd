/**
 * Numbers as text: the oracles of the kernel, which do what it leaves.
 *
 * `toFixed(8)` is not `%16.8f`: it rounds ties up, drops the sign of zero, and changes to exponents at 1e21.
 */

/** `'%16.8f' % x` of Python for every x, nan, inf and wide numbers too, by the exact binary value. */
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

/** The shortest decimal text that reads back as x; `nan`, `inf`, `-inf`, `-0`. */
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
