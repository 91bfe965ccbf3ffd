/** Half-precision floats, which no typed array of older versions of Node holds: as their 16 bits. */

const BITS = new DataView(new ArrayBuffer(4))

/** The number that 16 bits mean. */
export function float16Of(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The bits of a number; of one that they can't hold, some that mean another one. */
export function bitsOfFloat16(number: number): number {
  BITS.setFloat32(0, number)
  const bits = BITS.getUint32(0)
  const sign = (bits >>> 16) & 0x8000
  const exponent = ((bits >>> 23) & 255) - 127
  if (Number.isNaN(number)) return 0x7e00
  if (exponent > 15) return sign | 0x7c00
  if (exponent < -14) return sign | Math.trunc(Math.abs(number) * 2 ** 24)
  return sign | ((exponent + 15) << 10) | ((bits >>> 13) & 1023)
}
