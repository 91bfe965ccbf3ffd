/**
 * One value as bytes: its structure by V8's own serializer, its arrays raw behind it.
 *
 *     ┌ u32 length of the structure ┬ u32 number of arrays ┬ structure … ┬ array ┬ array … ┬ length and tag of each ┐
 *
 * Every array starts at a multiple of 8, and the list of them (two doubles each) ends the value. The structure holds nothing
 * of an array but its place: V8 meets them in the same order on both sides. A received array is a view on the received
 * bytes: nothing is copied, unless the value is a small part of what came with it, which it would keep in memory. What V8
 * can't clone (functions, symbols, promises …) throws its DataCloneError.
 */
import { Deserializer, Serializer } from 'node:v8'

const HEADER = 8
/** Bytes of an array's entry in the list. */
const ENTRY = 16
/** A value with arrays gets memory of its own when it takes less than this share of the memory that it came in. */
const OWN_BELOW = 0.5

/** The views that cross as such. The position in this list is their tag on the wire. */
const VIEWS = [
  'Buffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float16Array',
] as const

type ViewConstructor = new (buffer: ArrayBufferLike, offset: number, length: number) => ArrayBufferView

/** The constructor of each tag; Buffers are made in another way, and Float16Array is younger than Node 20. */
const CONSTRUCTORS = VIEWS.map((name) => (globalThis as unknown as Record<string, ViewConstructor | undefined>)[name])
const ELEMENT_BYTES = VIEWS.map(
  (_, tag) => (CONSTRUCTORS[tag] as { BYTES_PER_ELEMENT?: number } | undefined)?.BYTES_PER_ELEMENT ?? 1,
)

/** The smallest multiple of 8 that is not below `length`. */
export function align8(length: number): number {
  return Math.ceil(length / 8) * 8
}

class ValueWriter extends Serializer {
  readonly arrays: ArrayBufferView[] = []

  /** Called by V8 for every view. */
  _writeHostObject(view: ArrayBufferView): void {
    this.arrays.push(view)
  }
}

class ValueReader extends Deserializer {
  readonly #bytes: Uint8Array
  /** Of the next array: its bytes, and its entry in the list. */
  #offset: number
  #entry: number
  readonly #list: number

  constructor(bytes: Uint8Array, structureLength: number, arrays: number) {
    super(bytes.subarray(HEADER, HEADER + structureLength))
    this.#bytes = bytes
    this.#offset = HEADER + structureLength
    this.#list = bytes.byteLength - arrays * ENTRY
    this.#entry = this.#list
  }

  /** All arrays were read, and where they end, their list begins. */
  get complete(): boolean {
    const { byteLength } = this.#bytes
    return this.#entry === byteLength && (this.#list === byteLength || align8(this.#offset) === this.#list)
  }

  /** Called by V8 where `_writeHostObject` was. */
  _readHostObject(): ArrayBufferView {
    const { buffer, byteOffset, byteLength } = this.#bytes
    const entry = new Float64Array(buffer, byteOffset + this.#entry, 2)
    const [length, tag] = entry as unknown as [number, number]
    const offset = align8(this.#offset)
    if (!(offset + length <= byteLength)) throw new RangeError('a value on the wire is shorter than its arrays')
    this.#offset = offset + length
    this.#entry += ENTRY
    return viewOn(tag, buffer as ArrayBuffer, byteOffset + offset, length)
  }
}

/**
 * Encodes a value.
 *
 * @throws {Error} V8's DataCloneError text for what has no encoding
 */
export function encodeValue(value: unknown): Uint8Array {
  const writer = new ValueWriter()
  writer._setTreatArrayBufferViewsAsHostObjects(true)
  writer.writeHeader()
  writer.writeValue(value)
  const structure = writer.releaseBuffer()
  const { arrays } = writer
  let end = HEADER + structure.byteLength
  for (const view of arrays) end = align8(end) + view.byteLength
  const listAt = align8(end)
  if (arrays.length > 0) end = listAt + arrays.length * ENTRY
  const bytes = end < 4096 ? Buffer.allocUnsafe(end) : Buffer.allocUnsafeSlow(end)
  bytes.writeUInt32LE(structure.byteLength, 0)
  bytes.writeUInt32LE(arrays.length, 4)
  bytes.set(structure, HEADER)
  if (arrays.length > 0) layArrays(arrays, bytes, HEADER + structure.byteLength, listAt)
  return bytes
}

/** Copies the arrays behind the structure, and their list behind them. */
function layArrays(arrays: readonly ArrayBufferView[], bytes: Buffer, from: number, listAt: number): void {
  let offset = from
  let entry = listAt
  for (const view of arrays) {
    offset = align8(offset)
    bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), offset)
    offset += view.byteLength
    bytes.writeDoubleLE(view.byteLength, entry)
    bytes.writeDoubleLE(tagOf(view), entry + 8)
    entry += ENTRY
  }
}

/** Decodes what {@link encodeValue} made. Its arrays are views on `bytes`, or on a copy of them. */
export function decodeValue(bytes: Uint8Array): unknown {
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEADER)
  const structureLength = head.getUint32(0, true)
  const arrays = head.getUint32(4, true)
  if (HEADER + structureLength + arrays * ENTRY > bytes.byteLength) {
    throw new RangeError('a value on the wire is cut off')
  }
  const lies = bytes.byteOffset % 8 === 0 && bytes.byteLength >= bytes.buffer.byteLength * OWN_BELOW
  const own = arrays === 0 || lies ? bytes : new Uint8Array(bytes)
  const reader = new ValueReader(own, structureLength, arrays)
  reader.readHeader()
  const value: unknown = reader.readValue()
  if (!reader.complete) throw new RangeError('a value on the wire is longer than its arrays')
  return value
}

function tagOf(view: ArrayBufferView): number {
  if (Buffer.isBuffer(view)) return 0
  const name = viewName(view)
  const tag = VIEWS.indexOf(name)
  if (tag === -1) throw new TypeError(`${name} could not be cloned.`)
  return tag
}

function viewName(view: ArrayBufferView): (typeof VIEWS)[number] {
  return (view as unknown as { [Symbol.toStringTag]: (typeof VIEWS)[number] })[Symbol.toStringTag]
}

function viewOn(tag: number, buffer: ArrayBuffer, offset: number, byteLength: number): ArrayBufferView {
  if (tag === 0) return Buffer.from(buffer, offset, byteLength)
  const View = CONSTRUCTORS[tag]
  if (View === undefined) throw new TypeError(`this Node version has no ${VIEWS[tag] ?? `array of tag ${tag}`}`)
  return new View(buffer, offset, byteLength / (ELEMENT_BYTES[tag] ?? 1))
}
