/**
 * One value as bytes: its structure, and its arrays raw behind it.
 *
 *     ┌ u32 length of the structure ┬ u32 number of entries ┬ structure … ┬ array ┬ array … ┬ entries ┐
 *
 * The structure of a small plain value is written by plain-value.ts, which says itself how long each array is; any other by
 * V8's serializer, and then an entry (two doubles: length and tag) for each array ends the value. Both meet the arrays in
 * the same order on both sides. Every array starts at a multiple of 8. A received array is a view on the received bytes:
 * nothing is copied, unless the value is a small part of what came with it, which it would keep in memory. What V8
 * can't clone (functions, symbols, promises …) throws its DataCloneError.
 */
import { Deserializer, Serializer } from 'node:v8'
import { tagOf, viewOn } from './array-views.js'
import { align8, encodeMemory } from './encode-memory.js'
import { PLAIN, PlainReader, PlainWriter } from './plain-value.js'

const HEADER = 8
/** Bytes of an array's entry. */
const ENTRY = 16
/** A value with arrays gets memory of its own when it takes less than this share of the memory that it came in. */
const OWN_BELOW = 0.5

const toText = Object.prototype.toString

class ValueWriter extends Serializer {
  readonly arrays: ArrayBufferView[] = []

  /** Called by V8 for every view, and for objects of Node's own. */
  _writeHostObject(object: object): void {
    if (!ArrayBuffer.isView(object)) throw new TypeError(`${toText.call(object)} could not be cloned.`)
    this.arrays.push(object)
  }
}

/** Gives the arrays of a value, one behind the other. */
class ArrayReader {
  readonly #bytes: Uint8Array
  readonly #end: number
  #offset: number

  constructor(bytes: Uint8Array, from: number, end: number) {
    this.#bytes = bytes
    this.#offset = from
    this.#end = end
  }

  /** All arrays were read. */
  get complete(): boolean {
    return this.#offset === this.#end || align8(this.#offset) === this.#end
  }

  next(tag: number, length: number): ArrayBufferView {
    const offset = align8(this.#offset)
    if (!(offset + length <= this.#end)) throw new RangeError('a value on the wire is shorter than its arrays')
    this.#offset = offset + length
    return viewOn(tag, this.#bytes.buffer as ArrayBuffer, this.#bytes.byteOffset + offset, length)
  }
}

class ValueReader extends Deserializer {
  readonly #arrays: ArrayReader
  readonly #entries: Float64Array
  #entry = 0

  constructor(structure: Uint8Array, arrays: ArrayReader, entries: Float64Array) {
    super(structure)
    this.#arrays = arrays
    this.#entries = entries
  }

  get complete(): boolean {
    return this.#entry === this.#entries.length
  }

  /** Called by V8 where `_writeHostObject` was. */
  _readHostObject(): ArrayBufferView {
    const [length, tag] = this.#entries.subarray(this.#entry, this.#entry + 2) as unknown as [number, number]
    this.#entry += 2
    return this.#arrays.next(tag, length)
  }
}

const plainWriter = new PlainWriter()

/**
 * Encodes a value.
 *
 * @throws {Error} V8's DataCloneError text for what has no encoding
 */
export function encodeValue(value: unknown): Uint8Array {
  const structure = plainWriter.write(value)
  if (structure !== undefined) return assemble(structure, plainWriter.arrays, false)
  const writer = new ValueWriter()
  writer._setTreatArrayBufferViewsAsHostObjects(true)
  writer.writeHeader()
  writer.writeValue(value)
  return assemble(writer.releaseBuffer(), writer.arrays, true)
}

function assemble(structure: Uint8Array, arrays: readonly ArrayBufferView[], listed: boolean): Uint8Array {
  let end = HEADER + structure.byteLength
  for (const view of arrays) end = align8(end) + view.byteLength
  const entriesAt = align8(end)
  if (listed && arrays.length > 0) end = entriesAt + arrays.length * ENTRY
  const bytes = encodeMemory(end)
  writeHeader(bytes, structure.byteLength, listed ? arrays.length : 0)
  bytes.set(structure, HEADER)
  let offset = HEADER + structure.byteLength
  for (const view of arrays) {
    offset = align8(offset)
    bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), offset)
    offset += view.byteLength
  }
  if (listed && arrays.length > 0) writeEntries(bytes, entriesAt, arrays)
  return bytes
}

function writeHeader(bytes: Uint8Array, structureLength: number, entries: number): void {
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset, 2)
  header[0] = structureLength
  header[1] = entries
}

function writeEntries(bytes: Uint8Array, at: number, arrays: readonly ArrayBufferView[]): void {
  const entries = new Float64Array(bytes.buffer, bytes.byteOffset + at, arrays.length * 2)
  arrays.forEach((view, i) => {
    entries[2 * i] = view.byteLength
    entries[2 * i + 1] = tagOf(view)
  })
}

/** Decodes what {@link encodeValue} made. Its arrays are views on `bytes`, or on a copy of them. */
export function decodeValue(bytes: Uint8Array): unknown {
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEADER)
  const structureEnd = HEADER + head.getUint32(0, true)
  const entries = head.getUint32(4, true)
  if (structureEnd + entries * ENTRY > bytes.byteLength) throw new RangeError('a value on the wire is cut off')
  const plain = bytes[HEADER] === PLAIN
  const lies = bytes.byteOffset % 8 === 0 && bytes.byteLength >= bytes.buffer.byteLength * OWN_BELOW
  const arrays = plain ? bytes.byteLength > structureEnd : entries > 0
  const own = !arrays || lies ? bytes : new Uint8Array(bytes)
  return plain ? decodePlain(own, structureEnd) : decodeListed(own, structureEnd, entries)
}

function decodePlain(bytes: Uint8Array, structureEnd: number): unknown {
  const arrays = new ArrayReader(bytes, structureEnd, bytes.byteLength)
  const reader = new PlainReader(bytes, HEADER, structureEnd, arrays)
  const value = reader.read()
  if (!reader.complete || !arrays.complete) throw new RangeError('a value on the wire is longer than its arrays')
  return value
}

function decodeListed(bytes: Uint8Array, structureEnd: number, count: number): unknown {
  const entriesAt = bytes.byteLength - count * ENTRY
  const arrays = new ArrayReader(bytes, structureEnd, entriesAt)
  const entries = count === 0 ? NO_ENTRIES : new Float64Array(bytes.buffer, bytes.byteOffset + entriesAt, count * 2)
  const reader = new ValueReader(bytes.subarray(HEADER, structureEnd), arrays, entries)
  reader.readHeader()
  const value: unknown = reader.readValue()
  const complete = count === 0 ? bytes.byteLength === structureEnd : arrays.complete
  if (!reader.complete || !complete) throw new RangeError('a value on the wire is longer than its arrays')
  return value
}

const NO_ENTRIES = new Float64Array(0)
