import { uniform } from '../random-numbers.js'

/** Texts of every style that programs write, of numbers of every size. */
export function* realTexts(count: number): Generator<string> {
  const random = uniform(20)
  const bits = new DataView(new ArrayBuffer(8))
  for (let i = 0; i < count; i++) {
    bits.setUint32(0, random() * 2 ** 32)
    bits.setUint32(4, random() * 2 ** 32)
    const any = bits.getFloat64(0)
    const usual = (random() - 0.5) * 10 ** Math.floor(random() * 24 - 12)
    switch (i % 8) {
      case 0:
        yield usual.toFixed(8)
        break
      case 1:
        yield String(usual)
        break
      case 2:
        yield Number.isFinite(any) ? String(any) : '0'
        break
      case 3:
        yield usual.toPrecision(1 + Math.floor(random() * 21))
        break
      case 4:
        yield usual.toExponential(Math.floor(random() * 20))
        break
      case 5:
        yield usual.toFixed(16)
        break
      case 6:
        yield `${Math.floor(random() * 1e6)}.${String(random()).slice(2)}`
        break
      default:
        yield `.${String(random()).slice(2)}e${Math.floor(random() * 60 - 30)}`
    }
  }
}

/** Texts whose value lies next to the middle of two doubles: where rounding is hardest. */
export function* midpoints(count: number): Generator<string> {
  const random = uniform(21)
  for (let i = 0; i < count; i++) {
    const exponent = 1n << BigInt(Math.floor(random() * 8))
    const mantissa = 2n ** 52n + BigInt(Math.floor(random() * 2 ** 52))
    const middle = (2n * mantissa + 1n) * exponent
    for (const shift of [-1n, 0n, 1n]) {
      const digits = String(middle + shift)
      yield digits
      const point = Math.floor(random() * digits.length)
      yield `${digits.slice(0, point)}.${digits.slice(point)}`
    }
  }
}

/** Numbers of every size, grid positions, sums of binary fractions (ties), integers, and what 8 digits leave. */
export function* numbers(count: number): Generator<number> {
  const random = uniform(30)
  const bits = new DataView(new ArrayBuffer(8))
  for (let i = 0; i < count; i++) {
    const usual = (random() - 0.5) * 10 ** Math.floor(random() * 16 - 8)
    switch (i % 8) {
      case 0:
        yield usual
        break
      case 1:
        yield Math.round(usual * 1e8) / 1e8
        break
      case 2:
        bits.setUint32(0, random() * 2 ** 32)
        bits.setUint32(4, random() * 2 ** 32)
        yield bits.getFloat64(0)
        break
      case 3:
        yield Math.floor(usual * 1000) / 512
        break
      case 4:
        yield (Math.floor((random() - 0.5) * 2 ** 40) + 0.5) / 1e8
        break
      case 5:
        yield Math.floor(usual * 1e4)
        break
      case 6:
        yield Number(usual.toPrecision(1 + Math.floor(random() * 17)))
        break
      default:
        yield 2 ** Math.floor(random() * 120 - 60) * (random() < 0.5 ? 1 : 1 + 2 ** -52)
    }
  }
}

// biome-ignore format: a list
export const corners: readonly number[] = [
  0, -0, 0.5, -0.5, 1e-9, -1e-9, 5e-9, 1.5e-8, 0.001953125, 9.999999999, 4e7, 9999999, 9999999.999999998, 9999998.999999998, 1e21,
  1e300, -1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 99999999.99999999, 1234567.12345678,
  -1234567.12345678, 12345678.12345678, -12345678.12345678, 1e-6, 9.99999999e-7, 1e9, 999999999.9999999, 0.1 + 0.2, 5e-7,
  123456789, 1000, 1e15, 2 ** 53, 1e-4, 9.999999999999999e-5, 0.00012, 1e-7, 1.5e-17, 1e16, 123456789.125, 1e-39, 2 ** -1022,
]
