/**
 * Results of a calculator as values of a configuration, under the keys that wfl and ASE give them.
 *
 *     PREFIXenergy, PREFIXstress …     info       (energy: the free energy where there is one, as the forces belong to it)
 *     PREFIXforces, PREFIXenergies …   arrays
 */
import type { Atoms } from '../atoms/atoms.js'
import { AutoparaError } from '../base/errors.js'
import { float64Array } from '../base/ndarray.js'
import { describe, rangeError, typeError } from '../base/options.js'
import type { Results } from '../calculators/calculator.js'
import { setFloat } from './set-float.js'

/** Properties that are one value, or a few, of the whole configuration although their length may look like N. */
const OF_THE_CONFIGURATION: ReadonlySet<string> = new Set(['stress', 'dipole'])
/** Columns of ASE's per-atom properties. */
const COLUMNS: ReadonlyMap<string, number> = new Map([
  ['forces', 3],
  ['stresses', 6],
])
/** What a prefix of `null` clears: ASE's names themselves. */
const PLAIN: readonly string[] = [
  'energy',
  'free_energy',
  'energies',
  'forces',
  'stress',
  'stresses',
  'dipole',
  'charges',
  'magmom',
  'magmoms',
  'converged',
]

/** What begins the keys of results. @throws {OptionTypeError | OptionRangeError} */
export function checkPrefix(prefix: string): string {
  if (typeof prefix !== 'string') throw typeError('outputPrefix', 'a string', prefix)
  if (prefix === '') throw rangeError('outputPrefix', 'a string that is not empty', prefix)
  return prefix
}

/**
 * Removes every key that begins with `prefix` (null: ASE's plain property names), so that no older result remains. Of a
 * prefix like 'last_op__md_' the part up to the double underscore counts: it holds the results of the last operation only.
 */
export function deleteResults(atoms: Atoms, prefix: string | null): void {
  const stem = prefix?.match(/^.*?__/)?.[0] ?? prefix
  for (const record of [atoms.info, atoms.arrays]) {
    for (const key of Object.keys(record)) {
      if (prefix === null ? PLAIN.includes(key) : key.startsWith(stem ?? '')) delete record[key]
    }
  }
}

/**
 * Stores `properties` of `results` in `atoms` under `prefix`, after removing what was there under that prefix.
 *
 * @throws {AutoparaError} when a property is missing from the results, or can't be stored; the configuration is then as it was.
 */
export function saveResults(
  atoms: Atoms,
  results: Results,
  properties: readonly string[],
  prefix: string | null,
): void {
  const values = properties.map((property) => required(results, property))
  deleteResults(atoms, prefix)
  for (const [p, value] of values.entries()) {
    const property = properties[p] as string
    saveProperty(atoms, property, value, `${prefix ?? ''}${property}`)
  }
  if (results.converged !== undefined) atoms.info[`${prefix ?? ''}converged`] = results.converged
}

function required(results: Results, property: string): number | boolean | Float64Array {
  const value = property === 'energy' ? (results.free_energy ?? results.energy) : results[property]
  if (value === undefined) {
    const given = Object.keys(results).filter((key) => results[key] !== undefined)
    const what = given.length > 0 ? given.join(', ') : 'nothing'
    throw new AutoparaError('AUTOPARA_PROPERTY', `The calculator gave no '${property}', but ${what}`)
  }
  if (typeof value !== 'number' && typeof value !== 'boolean' && !(value instanceof Float64Array)) {
    const text = `The calculator's '${property}' must be a number, a boolean or a Float64Array, got ${describe(value)}`
    throw new AutoparaError('AUTOPARA_PROPERTY', text)
  }
  return value
}

function saveProperty(atoms: Atoms, property: string, value: number | boolean | Float64Array, key: string): void {
  if (typeof value === 'boolean') {
    atoms.info[key] = value
    return
  }
  if (typeof value === 'number') {
    setFloat(atoms, key, value)
    return
  }
  // Of no atoms there is nothing.
  const fits = atoms.length === 0 ? value.length === 0 : value.length > 0 && value.length % atoms.length === 0
  const perAtom = fits && !OF_THE_CONFIGURATION.has(property)
  if (!perAtom) {
    atoms.info[key] = float64Array(value.slice())
    return
  }
  const columns = COLUMNS.get(property) ?? (value.length / atoms.length || 1)
  atoms.arrays[key] = float64Array(value.slice(), columns === 1 ? [atoms.length] : [atoms.length, columns])
}
