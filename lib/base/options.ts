/**
 * Checks for option bags: a bag comes in, a checked value goes out.
 *
 * Wrong type: TypeError. Right type, impossible value: RangeError. Message form:
 * `chunksize` must be a positive integer, got -1 (number).
 */
import { OptionRangeError, OptionTypeError } from './errors.js'

/** The longest time, ms, that `setTimeout` waits; for a longer one it would not wait at all. */
export const LONGEST_TIMER: number = 2 ** 31 - 1

/** How a value is named in an error text: `-1 (number)`, `"two" (string)`, `null`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string')
    return `${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)} (string)`
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return `${Object.is(value, -0) ? '-0' : value} (${typeof value})`
  }
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`
  if (typeof value === 'symbol') return value.toString()
  return `${value.constructor?.name ?? 'object'} (object)`
}

/** The TypeError of a wrong option: *`name` must be EXPECTED, got VALUE*. */
export function typeError(name: string, expected: string, value: unknown): OptionTypeError {
  return new OptionTypeError(`\`${name}\` must be ${expected}, got ${describe(value)}`)
}

/** The RangeError of a wrong option: *`name` must be EXPECTED, got VALUE*. */
export function rangeError(name: string, expected: string, value: unknown): OptionRangeError {
  return new OptionRangeError(`\`${name}\` must be ${expected}, got ${describe(value)}`)
}

/** Throws for what is no bag of options, and for a key that no option has, naming the nearest one that exists. */
export function checkKeys(bag: object, known: readonly string[], where: string): void {
  if (typeof bag !== 'object' || bag === null || Array.isArray(bag))
    throw new OptionTypeError(
      `${where} takes its options as an object, such as { ${known[0] ?? ''}: … }, got ${describe(bag)}`,
    )
  for (const key of Object.keys(bag)) {
    if (known.includes(key)) continue
    const near = nearest(key, known)
    throw new OptionTypeError(
      `${where} has no option \`${key}\`${near ? `; did you mean \`${near}\`?` : `; known are ${known.join(', ')}`}`,
    )
  }
}

/** An integer of at least `min`: TypeError for anything but a whole number, RangeError below `min`. */
export function checkInteger(name: string, value: unknown, min: number, expected: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw typeError(name, expected, value)
  if (value < min) throw rangeError(name, expected, value)
  return value
}

/** A positive integer, or `undefined` when absent. */
export function optionalPositiveInteger(name: string, value: unknown): number | undefined {
  return value === undefined ? undefined : checkInteger(name, value, 1, 'a positive integer')
}

/** A finite number of at least 0, or `undefined` when absent. */
export function optionalNonNegative(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number' || Number.isNaN(value)) throw typeError(name, 'a non-negative number', value)
  if (value < 0) throw rangeError(name, 'a non-negative number', value)
  return value
}

/** A boolean, or `fallback` when absent. */
export function checkBoolean(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value !== 'boolean') throw typeError(name, 'a boolean', value)
  return value
}

/** One of `choices`, or `fallback` when absent. */
export function checkChoice<T extends string>(name: string, value: unknown, choices: readonly T[], fallback: T): T {
  if (value === undefined) return fallback
  const expected = `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`
  if (typeof value !== 'string') throw typeError(name, expected, value)
  const found = choices.find((choice) => choice === value)
  if (found === undefined) throw rangeError(name, expected, value)
  return found
}

/** The entry of `known` that is nearest to `word` by edit distance, if any is near enough to be a slip of the hand. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein distance by the usual two-row recurrence. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
