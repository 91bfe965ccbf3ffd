/** Finds which part of a value can't be encoded, for an {@link EncodingError} that names it. */
import { encodeValue } from './codec.js'
import { EncodingError } from './pool-errors.js'

/** The error for a value that `encodeValue` refused with `reason`; `root` is `argument` or `result`. */
export function encodingError(root: string, value: unknown, reason: unknown): EncodingError {
  const culprit = find(value, root, new Set())
  return new EncodingError(culprit.path, kindOf(culprit.value), { cause: reason })
}

interface Part {
  readonly path: string
  readonly value: unknown
}

/** Goes down along the first part that is refused on its own, until no smaller part is. */
function find(value: unknown, path: string, seen: Set<object>): Part {
  if (typeof value !== 'object' || value === null || seen.has(value)) return { path, value }
  seen.add(value)
  for (const part of partsOf(value, path)) {
    // What leads back up is refused only because of its other parts.
    if (seen.has(part.value as object)) continue
    if (!accepted(part.value)) return find(part.value, part.path, seen)
  }
  return { path, value }
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
    yield { path: path + step, value: read(value, key) }
  }
}

function keyText(key: unknown): string {
  return typeof key === 'string' ? JSON.stringify(key) : typeof key === 'object' ? '…' : String(key)
}

function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key]
  } catch {
    return undefined
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

function kindOf(value: unknown): string {
  if (typeof value === 'function') {
    const isClass = /^class\b/.test(Function.prototype.toString.call(value))
    return `${isClass ? 'the class' : 'the function'} ${value.name || '(anonymous)'}`
  }
  if (typeof value === 'symbol') return `the symbol ${value.toString()}`
  if (typeof value === 'object' && value !== null) return `a ${value.constructor?.name ?? 'value'} that has no encoding`
  return `a ${typeof value}`
}
