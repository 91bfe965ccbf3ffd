/**
 * The structure of a small plain value, written without V8's serializer, whose setting up takes longer than such a value.
 *
 *     value   ┌ kind ┬ what the kind says ┐
 *             int32, double    4 or 8 bytes          text, key   u8 length, Latin-1
 *             array            u8 count, values      object      u8 count, (key, value) …
 *             view             u8 tag, u32 length: its bytes are not here, but with the value's arrays, in this order
 *
 * Plain is: primitives, arrays and objects as literals make them, and typed arrays, no object twice, nothing long. All else,
 * what can't be cloned included, is refused, and goes through V8: what is written here comes back exactly as from there.
 */
import { types } from 'node:util'
import { tagOf } from './array-views.js'

/** The first byte of a plain structure. V8's begin with 0xff. */
export const PLAIN = 1

/** A structure takes no more than this, bytes … */
const MAX_BYTES = 4096
/** … a text or a list no more than its length's byte can say … */
const MAX_LENGTH = 255
/** … and a value has no more objects than can be looked through quickly. */
const MAX_OBJECTS = 32
/** Room for the largest thing but a text that is written without a look at the bound. */
const MARGIN = 16
/** Texts up to this length are looked up among those seen before. */
const SHORT = 24
const REMEMBERED = 1024

const UNDEFINED = 0
const NULL = 1
const FALSE = 2
const TRUE = 3
const INT32 = 4
const DOUBLE = 5
const TEXT = 6
const ARRAY = 7
const OBJECT = 8
const VIEW = 9

const toText = Object.prototype.toString
/** The one object of Node's own that looks like a literal; V8 refuses it. */
const environment: object = process.env

/** Writes one value at a time into memory of its own. */
export class PlainWriter {
  readonly #bytes = new Uint8Array(MAX_BYTES)
  readonly #view = new DataView(this.#bytes.buffer)
  #at = 0
  #objects: object[] = []
  #busy = false
  /** The arrays of the last value, in order. */
  arrays: ArrayBufferView[] = []

  /** The structure, to be used before the next call; undefined for a value that is not plain. */
  write(value: unknown): Uint8Array | undefined {
    // A getter may encode something itself.
    if (this.#busy) return undefined
    this.#busy = true
    this.#at = 1
    this.#bytes[0] = PLAIN
    this.arrays = []
    try {
      return this.#value(value) ? this.#bytes.subarray(0, this.#at) : undefined
    } finally {
      if (this.#objects.length > 0) this.#objects = []
      this.#busy = false
    }
  }

  /** Writes a value, or says that it can't. */
  #value(value: unknown): boolean {
    if (this.#at > MAX_BYTES - MARGIN) return false
    switch (typeof value) {
      case 'number':
        this.#number(value)
        return true
      case 'string':
        return this.#kind(TEXT) && this.#text(value)
      case 'boolean':
        return this.#kind(value ? TRUE : FALSE)
      case 'undefined':
        return this.#kind(UNDEFINED)
      case 'object':
        if (value === null) return this.#kind(NULL)
        return this.#first(value) && this.#structure(value)
      default:
        return false
    }
  }

  #kind(kind: number): true {
    this.#bytes[this.#at++] = kind
    return true
  }

  #number(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.#kind(INT32)
      this.#view.setInt32(this.#at, value, true)
      this.#at += 4
    } else {
      this.#kind(DOUBLE)
      this.#view.setFloat64(this.#at, value, true)
      this.#at += 8
    }
  }

  #text(text: string): boolean {
    const { length } = text
    if (length > MAX_LENGTH || this.#at + length >= MAX_BYTES) return false
    const bytes = this.#bytes
    let at = this.#at
    bytes[at++] = length
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0xff) return false
      bytes[at++] = code
    }
    this.#at = at
    return true
  }

  /** Remembers an object; false if it was seen before: then it must come back as one, which V8 sees to. */
  #first(object: object): boolean {
    const objects = this.#objects
    if (objects.length >= MAX_OBJECTS || objects.includes(object)) return false
    objects.push(object)
    return true
  }

  #structure(value: object): boolean {
    if (ArrayBuffer.isView(value)) return this.#arrayView(value)
    if (types.isProxy(value) || value === environment) return false
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype) return toText.call(value) === '[object Object]' && this.#object(value)
    return prototype === Array.prototype && Array.isArray(value) && this.#array(value)
  }

  #arrayView(view: ArrayBufferView): boolean {
    if (view.byteLength > 0xffff_ffff) return false
    this.arrays.push(view)
    this.#kind(VIEW)
    this.#kind(tagOf(view))
    this.#view.setUint32(this.#at, view.byteLength, true)
    this.#at += 4
    return true
  }

  #object(object: object): boolean {
    const keys = Object.keys(object)
    if (keys.length > MAX_LENGTH) return false
    this.#kind(OBJECT)
    this.#kind(keys.length)
    for (const key of keys) {
      if (!this.#text(key) || !this.#value((object as Record<string, unknown>)[key])) return false
    }
    return true
  }

  /** Lists without holes or further properties: their keys are the places and nothing else. */
  #array(list: readonly unknown[]): boolean {
    const { length } = list
    if (length > MAX_LENGTH) return false
    const keys = Object.keys(list)
    if (keys.length !== length || (length > 0 && keys[length - 1] !== String(length - 1))) return false
    this.#kind(ARRAY)
    this.#kind(length)
    for (let i = 0; i < length; i++) if (!this.#value(list[i])) return false
    return true
  }
}

/** Gives the arrays of a value, in order. */
export interface ArraySource {
  next(tag: number, byteLength: number): ArrayBufferView
}

/** Reads a structure that {@link PlainWriter} wrote. */
export class PlainReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #end: number
  readonly #arrays: ArraySource
  #at: number

  /**
   * @param bytes holds the structure from `from` to before `end`
   * @param arrays gives its arrays
   */
  constructor(bytes: Uint8Array, from: number, end: number, arrays: ArraySource) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, end)
    this.#at = from + 1
    this.#end = end
    this.#arrays = arrays
  }

  /** The whole structure was read. */
  get complete(): boolean {
    return this.#at === this.#end
  }

  /** The next value. Throws a RangeError where the bytes end too early or make no sense. */
  read(): unknown {
    const kind = this.#byte()
    switch (kind) {
      case UNDEFINED:
        return undefined
      case NULL:
        return null
      case FALSE:
      case TRUE:
        return kind === TRUE
      case INT32:
        this.#at += 4
        return this.#view.getInt32(this.#at - 4, true)
      case DOUBLE:
        this.#at += 8
        return this.#view.getFloat64(this.#at - 8, true)
      case TEXT:
        return this.#text()
      case ARRAY:
        return this.#list()
      case OBJECT:
        return this.#object()
      case VIEW: {
        const tag = this.#byte()
        this.#at += 4
        return this.#arrays.next(tag, this.#view.getUint32(this.#at - 4, true))
      }
      default:
        throw new RangeError(`a value on the wire has a part of unknown kind ${kind}`)
    }
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new RangeError('a value on the wire is cut off')
    return this.#bytes[this.#at++] as number
  }

  #list(): unknown[] {
    const list: unknown[] = []
    for (let count = this.#byte(); count > 0; count--) list.push(this.read())
    return list
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    for (let count = this.#byte(); count > 0; count--) {
      const key = this.#text()
      const value = this.read()
      // An assignment to an inherited name (`__proto__`, `constructor`) would be something else than a property of its own.
      if (key in object) define(object, key, value)
      else object[key] = value
    }
    return object
  }

  #text(): string {
    const length = this.#byte()
    const from = this.#at
    this.#at += length
    if (this.#at > this.#end) throw new RangeError('a value on the wire is cut off')
    return length <= SHORT ? remembered(this.#bytes, from, length) : latin1(this.#bytes, from, this.#at)
  }
}

function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Short texts by their bytes: names of properties, species and the like come again and again. */
const texts: string[] = new Array<string>(REMEMBERED).fill('')

function remembered(bytes: Uint8Array, from: number, length: number): string {
  let hash = length
  for (let i = from; i < from + length; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0
  const place = (hash ^ (hash >>> 10)) & (REMEMBERED - 1)
  const known = texts[place] as string
  if (known.length === length) {
    let i = 0
    while (i < length && known.charCodeAt(i) === bytes[from + i]) i++
    if (i === length) return known
  }
  const text = latin1(bytes, from, from + length)
  texts[place] = text
  return text
}

function latin1(bytes: Uint8Array, from: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, end - from).toString('latin1')
}
