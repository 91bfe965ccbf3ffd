/** The species of a descriptor, as its user gives them. */
import { checkSymbol, maxAtomicNumber } from '../../atoms/elements.js'
import { rangeError, typeError } from '../../base/options.js'

/** Symbols or atomic numbers; their order is the order of the vector's parts. */
export type SpeciesList = readonly (string | number)[]

/** The atomic numbers of `species`. @throws {OptionTypeError | OptionRangeError} for an empty list, no element, or one twice. */
export function checkSpecies(species: unknown): number[] {
  if (!Array.isArray(species) || species.length === 0) {
    throw typeError('species', "a list of symbols or atomic numbers like ['Cu', 'Au']", species)
  }
  const numbers = species.map((entry: unknown) => atomicNumber('species', entry))
  if (new Set(numbers).size !== numbers.length) throw rangeError('species', 'different elements', species.join(' '))
  return numbers
}

/** The atomic number of a symbol, a number, or digits. */
export function atomicNumber(name: string, entry: unknown): number {
  const value = typeof entry === 'string' && /^\d+$/.test(entry) ? Number(entry) : entry
  if (typeof value === 'string') return checkSymbol(name, value)
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw typeError(name, 'a symbol or an atomic number', entry)
  if (value < 0 || value > maxAtomicNumber) throw rangeError(name, `an atomic number (0 to ${maxAtomicNumber})`, value)
  return value
}

/** A finite number above 0. */
export function checkPositive(name: string, value: unknown, expected: string): number {
  if (typeof value !== 'number') throw typeError(name, expected, value)
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) throw rangeError(name, expected, value)
  return value
}

/** A finite number. */
export function checkFinite(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw typeError(name, 'a finite number', value)
  return value
}
