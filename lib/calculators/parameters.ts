/** Checks of the numbers that potentials are made of; each returns the checked value or the default. */
import { rangeError, typeError } from '../base/options.js'

function checkFinite(name: string, value: unknown, fallback: number, expected: string): number {
  if (value === undefined) return fallback
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
