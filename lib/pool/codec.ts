/**
 * One value as bytes: its structure by V8's own serializer, its large arrays raw behind it.
 *
 *     ┌ u32 length of the structure ┬ u32 0 ┬ structure … ┬ array ┬ array ┐     every array starts at a multiple of 8
 *
 * A received array is a view on the received bytes: nothing is copied. Small ones are copied out, so that a few numbers
 * do not keep a whole frame in memory. What V8 can't clone (functions, symbols, promises …) throws its DataCloneError.
 */
import { Deserializer, Serializer } from 'node:v8'

const HEADER = 8
/** Arrays of fewer bytes stay in the structure. */
const INLINE_BELOW = 256

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
  readonly #arrays: ArrayBufferView[] = []

  constructor() {
    super()
    this._setTreatArrayBufferViewsAsHostObjects(true)
    this.writeHeader()
  }

  /** Called by V8 for every view. */
  _writeHostObject(view: ArrayBufferView): void {
    const tag = Buffer.isBuffer(view) ? 0 : VIEWS.indexOf(viewName(view))
    if (tag === -1) throw new TypeError(`${viewName(view)} could not be cloned.`)
    this.writeUint32(tag)
    this.writeUint64(Math.floor(view.byteLength / 2 ** 32), view.byteLength >>> 0)
    if (view.byteLength < INLINE_BELOW) this.writeRawBytes(bytesOf(view))
    else this.#arrays.push(view)
  }

  finish(): Uint8Array {
    const structure = this.releaseBuffer()
    let end = HEADER + structure.byteLength
    for (const view of this.#arrays) end = align8(end) + view.byteLength
    const bytes = end < 4096 ? Buffer.allocUnsafe(end) : Buffer.allocUnsafeSlow(end)
    bytes.writeUInt32LE(structure.byteLength, 0)
    bytes.writeUInt32LE(0, 4)
    bytes.set(structure, HEADER)
    let offset = HEADER + structure.byteLength
    for (const view of this.#arrays) {
      offset = align8(offset)
      bytes.set(bytesOf(view), offset)
      offset += view.byteLength
    }
    return bytes
  }
}

class ValueReader extends Deserializer {
  readonly #bytes: Uint8Array
  #offset: number

  constructor(bytes: Uint8Array, structureLength: number) {
    super(bytes.subarray(HEADER, HEADER + structureLength))
    this.#bytes = bytes
    this.#offset = HEADER + structureLength
    this.readHeader()
  }

  /** Called by V8 where `_writeHostObject` wrote. */
  _readHostObject(): ArrayBufferView {
    const tag = this.readUint32()
    const [high, low] = this.readUint64() as [number, number]
    const byteLength = high * 2 ** 32 + low
    if (byteLength < INLINE_BELOW) {
      return viewOn(tag, Uint8Array.prototype.slice.call(this.readRawBytes(byteLength)), byteLength)
    }
    this.#offset = align8(this.#offset)
    const raw = this.#bytes.subarray(this.#offset, this.#offset + byteLength)
    if (raw.byteLength !== byteLength) throw new RangeError('a value on the wire is shorter than its arrays')
    this.#offset += byteLength
    return viewOn(tag, raw, byteLength)
  }
}

/**
 * Encodes a value.
 *
 * @throws {Error} V8's DataCloneError text for what has no encoding
 */
export function encodeValue(value: unknown): Uint8Array {
  const writer = new ValueWriter()
  writer.writeValue(value)
  return writer.finish()
}

/**
 * Decodes what {@link encodeValue} made. Its arrays are views on `bytes`, which must start at a multiple of 8 of their
 * ArrayBuffer; where they don't (a slice of something else), they are copied first.
 */
export function decodeValue(bytes: Uint8Array): unknown {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.prototype.slice.call(bytes)
  const structureLength = new DataView(aligned.buffer, aligned.byteOffset, HEADER).getUint32(0, true)
  if (HEADER + structureLength > aligned.byteLength) throw new RangeError('a value on the wire is cut off')
  return new ValueReader(aligned, structureLength).readValue()
}

function viewName(view: ArrayBufferView): (typeof VIEWS)[number] {
  return (view as unknown as { [Symbol.toStringTag]: (typeof VIEWS)[number] })[Symbol.toStringTag]
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

function viewOn(tag: number, bytes: Uint8Array, byteLength: number): ArrayBufferView {
  if (tag === 0) return Buffer.from(bytes.buffer, bytes.byteOffset, byteLength)
  const View = CONSTRUCTORS[tag]
  if (View === undefined) throw new TypeError(`this Node version has no ${VIEWS[tag] ?? `array of tag ${tag}`}`)
  return new View(bytes.buffer, bytes.byteOffset, byteLength / (ELEMENT_BYTES[tag] ?? 1))
}
