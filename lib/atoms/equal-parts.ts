/** Equality of two configurations, value by value. */
import { equalNdArrays, type InfoValue, isNdArray, type JsonValue, type NdArray } from '../base/ndarray.js'
import type { AtomsParts } from './parts.js'

/** True when every field is equal: floats bit for bit (every NaN equals every NaN), records by keys in any order. */
export function equalParts(a: AtomsParts, b: AtomsParts): boolean {
  return (
    equalLists(a.numbers, b.numbers) &&
    equalLists(a.positions, b.positions) &&
    equalLists(a.cell, b.cell) &&
    a.pbc.every((periodic, d) => periodic === b.pbc[d]) &&
    equalRecords(a.info, b.info, equalInfoValues) &&
    equalRecords(a.arrays, b.arrays, equalNdArrays as (x: NdArray, y: NdArray) => boolean)
  )
}

/** Equal info values; an array equals an array of the same dtype, shape and elements. */
export function equalInfoValues(a: InfoValue, b: InfoValue): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  if (isNdArray(a) || isNdArray(b)) return isNdArray(a) && isNdArray(b) && equalNdArrays(a, b)
  if (Array.isArray(a) !== Array.isArray(b)) return false
  return equalRecords(a as Record<string, JsonValue>, b as Record<string, JsonValue>, equalInfoValues)
}

function equalRecords<T>(a: Record<string, T>, b: Record<string, T>, equal: (x: T, y: T) => boolean): boolean {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key] as T, b[key] as T))
}

function equalLists(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}
