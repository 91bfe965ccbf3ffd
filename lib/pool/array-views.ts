/** Typed arrays, DataViews and Buffers on the wire: each kind has a tag. */

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
const TAGS: ReadonlyMap<string, number> = new Map(VIEWS.map((name, tag) => [name, tag]))

/** The tag of a view's kind. A subclass counts as what it extends. */
export function tagOf(view: ArrayBufferView): number {
  if (Buffer.isBuffer(view)) return 0
  const name = (view as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]
  const tag = TAGS.get(name)
  if (tag === undefined) throw new TypeError(`${name} could not be cloned.`)
  return tag
}

/** A view of this kind. */
export function viewOn(tag: number, buffer: ArrayBuffer, offset: number, byteLength: number): ArrayBufferView {
  if (tag === 0) return Buffer.from(buffer, offset, byteLength)
  const View = CONSTRUCTORS[tag]
  if (View === undefined) throw new TypeError(`this Node version has no ${VIEWS[tag] ?? `array of tag ${tag}`}`)
  return new View(buffer, offset, byteLength / (ELEMENT_BYTES[tag] ?? 1))
}
