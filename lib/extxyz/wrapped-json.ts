/**
 * Lists that ASE does not read as they are: it makes numpy arrays of all lists, which fails for ragged ones (and with it the
 * whole file), and makes numbers of booleans that stand among numbers.
 *
 * They are written as records, {"_JSON": list}, which ASE leaves alone. A record of the user's that would be taken for one
 * gets the same once more.
 */
import { isNdArray, type NdArray } from '../base/ndarray.js'

/** The only key of such a record. */
export const WRAPPER = '_JSON'

/** Whether a value is such a list, or a record around one. */
export function needsWrapper(value: unknown): boolean {
  if (Array.isArray(value)) {
    const layout = layoutOf(value)
    return !layout || layout.kinds === (BOOLEAN | NUMBER)
  }
  if (typeof value !== 'object' || value === null) return false
  const record = value as Record<string, unknown>
  return Object.hasOwn(record, WRAPPER) && Object.keys(record).length === 1 && needsWrapper(record[WRAPPER])
}

const BOOLEAN = 1
const NUMBER = 2
const OTHER = 4

interface Layout {
  readonly shape: readonly number[]
  /** Which kinds of items there are, as bits. */
  readonly kinds: number
}

/** What numpy sees in nested lists; undefined for ragged ones. */
function layoutOf(value: unknown): Layout | undefined {
  if (isNdArray(value)) return { shape: value.shape, kinds: kindOfArray(value) }
  if (!Array.isArray(value)) return { shape: [], kinds: kindOf(value) }
  let inner: readonly number[] | undefined
  let kinds = 0
  for (const item of value) {
    const layout = layoutOf(item)
    if (!layout || (inner && !(inner.length === layout.shape.length && inner.every((n, d) => n === layout.shape[d]))))
      return undefined
    inner = layout.shape
    kinds |= layout.kinds
  }
  return { shape: [value.length, ...(inner ?? [])], kinds }
}

function kindOf(item: unknown): number {
  if (typeof item === 'boolean') return BOOLEAN
  return typeof item === 'number' || typeof item === 'bigint' ? NUMBER : OTHER
}

function kindOfArray({ dtype }: NdArray): number {
  return dtype === 'bool' ? BOOLEAN : dtype === 'string' ? OTHER : NUMBER
}
