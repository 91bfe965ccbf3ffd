/** Checks of physical numbers; each returns the checked value, or the default (NaN: there is none, the number is required). */
import { rangeError, typeError } from '../base/options.js'

/** A finite number; `expected` says what in an error. */
export function checkFinite(name: string, value: unknown, fallback: number, expected: string): number {
  if (value === undefined && !Number.isNaN(fallback)) return fallback
  if (typeof value !== 'number' || !Number.isFinite(value)) throw typeError(name, expected, value)
  return value
}

/** A finite number above 0. */
export function checkPositive(name: string, value: unknown, fallback: number): number {
  const checked = checkFinite(name, value, fallback, 'a positive number')
  if (checked <= 0) throw rangeError(name, 'a positive number', value)
  return checked
}

/** A finite number of at least 0. */
export function checkNonNegative(name: string, value: unknown, fallback: number): number {
  const checked = checkFinite(name, value, fallback, 'a non-negative number')
  if (checked < 0) throw rangeError(name, 'a non-negative number', value)
  return checked
}
