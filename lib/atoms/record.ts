/**
 * Records without a prototype: what `info` and `arrays` are, so that keys like `__proto__` or `constructor` are data.
 */
import { copyNdArray, type InfoValue, isNdArray, type NdArray } from '../base/ndarray.js'

/** A record without a prototype with the own enumerable entries of `source`; each value as `copy` gives it. */
export function bareRecord<T>(source: Readonly<Record<string, T>> = {}, copy?: (value: T) => T): Record<string, T> {
  const record: Record<string, T> = Object.create(null)
  for (const key of Object.keys(source)) {
    const value = source[key] as T
    record[key] = copy ? copy(value) : value
  }
  return record
}

/** A deep copy of an info value. */
export function copyInfoValue(value: InfoValue): InfoValue {
  if (typeof value !== 'object' || value === null) return value
  return isNdArray(value) ? copyNdArray(value) : structuredClone(value)
}

/** A deep copy of `info`. */
export function copyInfo(info: Readonly<Record<string, InfoValue>>): Record<string, InfoValue> {
  return bareRecord(info, copyInfoValue)
}

/** A deep copy of `arrays`. */
export function copyArrays(arrays: Readonly<Record<string, NdArray>>): Record<string, NdArray> {
  return bareRecord(arrays, copyNdArray)
}
