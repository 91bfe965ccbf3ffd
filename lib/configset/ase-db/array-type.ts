/**
 * numpy's types of array elements: what their bytes are as JSON, and back.
 *
 * Numbers are lists of numbers, complex ones as pairs in a row. A type that has no numbers here (long doubles, dates, texts) is
 * the bytes in base64, so that they can be carried on.
 */
import type { NdArray } from '../../base/ndarray.js'
import { bitsOfFloat16, float16Of } from './float16.js'
import type { PythonJson } from './python-json.js'

/** Elements of one of numpy's types. */
export interface ArrayType {
  /** The bytes of an element. */
  readonly size: number
  /** The type among ours that is the same. */
  readonly same?: Exclude<NdArray['dtype'], 'string'>
  /** The elements that bytes hold. */
  read(bytes: Uint8Array<ArrayBuffer>): PythonJson
  /** The bytes of `count` elements; undefined for what {@link read} would not give back just so. */
  write(content: PythonJson | undefined, count: number): Uint8Array<ArrayBuffer> | undefined
}

type Numeric =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>

interface NumericConstructor {
  new (buffer: ArrayBuffer): Numeric
  new (length: number): Numeric
  readonly BYTES_PER_ELEMENT: number
}

/** How an item of a typed array is one of JSON. */
interface Items {
  toJson(item: number | bigint): number | bigint
  /** A number that the array takes; other numbers than the ones it holds may become any. */
  fromJson(item: number | bigint): number | bigint
}

const NUMBERS: Items = { toJson: Number, fromJson: Number }
const HALVES: Items = { toJson: (bits) => float16Of(Number(bits)), fromJson: (item) => bitsOfFloat16(Number(item)) }
/** A bigint only where a number can't hold the integer. */
const INTEGERS: Items = {
  toJson: (item) => (Number.isSafeInteger(Number(item)) ? Number(item) : item),
  fromJson: (item) => (typeof item === 'bigint' || Number.isInteger(item) ? BigInt(item) : 0n),
}

function numeric(array: NumericConstructor, parts: 1 | 2 = 1, items: Items = NUMBERS): ArrayType {
  const read = (data: Numeric): (number | bigint)[] =>
    Array.from<number | bigint, number | bigint>(data, (item) => items.toJson(item))
  return {
    size: parts * array.BYTES_PER_ELEMENT,
    read: (bytes) => read(new array(bytes.buffer)),
    write(content, count) {
      if (!Array.isArray(content) || content.length !== count * parts || !content.every(isNumber)) return undefined
      const data = new array(content.length)
      for (const [i, item] of content.entries()) data[i] = items.fromJson(item)
      const same = read(data).every((item, i) => Object.is(item, content[i]))
      return same ? new Uint8Array(data.buffer) : undefined
    },
  }
}

function isNumber(item: PythonJson): item is number | bigint {
  return typeof item === 'number' || typeof item === 'bigint'
}

/** A type of which only the size of an element is known. */
function opaque(size: number): ArrayType {
  return {
    size,
    read: (bytes) => Buffer.from(bytes).toString('base64'),
    write(content, count) {
      const bytes = typeof content === 'string' ? Buffer.from(content, 'base64') : undefined
      const whole = bytes?.length === size * count && bytes.toString('base64') === content
      return whole ? new Uint8Array(bytes) : undefined
    },
  }
}

const TYPES: Readonly<Record<string, ArrayType>> = {
  float64: { ...numeric(Float64Array), same: 'float64' },
  int32: { ...numeric(Int32Array), same: 'int32' },
  int64: { ...numeric(BigInt64Array, 1, INTEGERS), same: 'int64' },
  bool: { ...numeric(Uint8Array), same: 'bool' },
  float16: numeric(Uint16Array, 1, HALVES),
  float32: numeric(Float32Array),
  int8: numeric(Int8Array),
  int16: numeric(Int16Array),
  uint8: numeric(Uint8Array),
  uint16: numeric(Uint16Array),
  uint32: numeric(Uint32Array),
  uint64: numeric(BigUint64Array, 1, INTEGERS),
  complex64: numeric(Float32Array, 2),
  complex128: numeric(Float64Array, 2),
}

/** The names of numpy's other types end in the bits of an element: float128, str96, datetime64[ns]. */
const BITS = /^[a-z]+(\d+)(?:\[\w+\])?$/

/** The type of a name of numpy's; undefined for what is none. */
export function arrayType(dtype: string): ArrayType | undefined {
  if (Object.hasOwn(TYPES, dtype)) return TYPES[dtype]
  const bits = Number(BITS.exec(dtype)?.[1])
  return bits > 0 && bits % 8 === 0 ? opaque(bits / 8) : undefined
}

/** The array of ours that bytes are. */
export function arrayOfBytes(
  dtype: NonNullable<ArrayType['same']>,
  shape: number[],
  { buffer }: Uint8Array<ArrayBuffer>,
): NdArray {
  switch (dtype) {
    case 'float64':
      return { dtype, shape, data: new Float64Array(buffer) }
    case 'int32':
      return { dtype, shape, data: new Int32Array(buffer) }
    case 'int64':
      return { dtype, shape, data: new BigInt64Array(buffer) }
    case 'bool':
      return { dtype, shape, data: new Uint8Array(buffer) }
  }
}
