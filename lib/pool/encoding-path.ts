/** Finds which part of a value can't be encoded, for an {@link EncodingError} that names it. */
import { encodeValue } from './codec.js'
import { EncodingError } from './pool-errors.js'

/** The error for a value that `encodeValue` refused with `reason`; `root` is `argument` or `result`. It never throws. */
export function encodingError(root: string, value: unknown, reason: unknown): EncodingError {
  const culprit = find({ path: root, value })
  return new EncodingError(culprit.path, kindOf(culprit), { cause: reason })
}

/** The error for an item that can't even be read from the caller's list. */
export function readingError(root: string, reason: unknown): EncodingError {
  return new EncodingError(root, kindOf({ path: root, value: undefined, unreadable: true }), { cause: reason })
}

interface Part {
  readonly path: string
  readonly value: unknown
  /** Its getter throws. */
  readonly unreadable?: true
}

/** A path gets no longer than this: a getter may give a new object at each look. */
const MAX_STEPS = 100

/** Goes down along the first part that is refused on its own, until no smaller part is. */
function find(root: Part): Part {
  const seen = new Set<unknown>()
  let part = root
  for (let next: Part | undefined = root; next; next = refusedPart(part, seen)) part = next
  return part
}

function refusedPart(part: Part, seen: Set<unknown>): Part | undefined {
  const { value, path } = part
  if (typeof value !== 'object' || value === null || seen.size === MAX_STEPS) return undefined
  seen.add(value)
  try {
    for (const smaller of partsOf(value, path)) {
      // What leads back up is refused only because of its other parts.
      if (smaller.unreadable || (!seen.has(smaller.value) && !accepted(smaller.value))) return smaller
    }
  } catch {
    // A proxy that doesn't let itself be looked into.
  }
  return undefined
}

function* partsOf(value: object, path: string): Generator<Part> {
  if (value instanceof Map) {
    for (const [key, entry] of value) {
      yield { path: `${path}.keys()`, value: key }
      yield { path: `${path}.get(${keyText(key)})`, value: entry }
    }
  } else if (value instanceof Set) {
    for (const entry of value) yield { path: `${path}.values()`, value: entry }
  }
  for (const key of Object.keys(value)) {
    const isIndex = Array.isArray(value) && /^\d+$/.test(key)
    const isName = /^[A-Za-z_$][\w$]*$/.test(key)
    const step = isIndex ? `[${key}]` : isName ? `.${key}` : `[${JSON.stringify(key)}]`
    yield { path: path + step, ...read(value, key) }
  }
}

function keyText(key: unknown): string {
  return typeof key === 'string' ? JSON.stringify(key) : typeof key === 'object' ? '…' : String(key)
}

function read(value: object, key: string): Pick<Part, 'value' | 'unreadable'> {
  try {
    return { value: (value as Record<string, unknown>)[key] }
  } catch {
    return { value: undefined, unreadable: true }
  }
}

function accepted(value: unknown): boolean {
  try {
    encodeValue(value)
    return true
  } catch {
    return false
  }
}

function kindOf({ value, unreadable }: Part): string {
  if (unreadable) return 'a property whose getter throws'
  try {
    if (typeof value === 'function') {
      const isClass = /^class\b/.test(Function.prototype.toString.call(value))
      return `${isClass ? 'the class' : 'the function'} ${value.name || '(anonymous)'}`
    }
    if (typeof value === 'symbol') return `the symbol ${value.toString()}`
    if (typeof value === 'object' && value !== null)
      return `a ${value.constructor?.name ?? 'value'} that has no encoding`
    return `a ${typeof value}`
  } catch {
    return "a value that can't be looked into"
  }
}
