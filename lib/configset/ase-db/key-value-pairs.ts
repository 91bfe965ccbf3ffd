/**
 * Which keys and values ASE takes as key-value pairs, the part of a row that queries see.
 */
import { maxAtomicNumber, symbolOf } from '../../atoms/elements.js'
import type { InfoValue } from '../../base/ndarray.js'
import { rangeError, typeError } from '../../base/options.js'
import { pythonNumber } from './python-number.js'
import { RESULT_COLUMNS } from './value-columns.js'

/** A value of a key-value pair. */
export type PairValue = number | bigint | boolean | string

const WORD = /^[_a-zA-Z][_0-9a-zA-Z]*$/

/** ASE's reserved keys, and names that would hide an attribute of ASE's row or one of its tables' columns. */
const RESERVED: ReadonlySet<string> = new Set([
  ...RESULT_COLUMNS,
  ...['stresses', 'energies', 'positions', 'numbers', 'cell', 'pbc', 'initial_charges', 'initial_magmoms'],
  ...[
    'id',
    'unique_id',
    'ctime',
    'mtime',
    'user',
    'fmax',
    'smax',
    'momenta',
    'constraints',
    'natoms',
    'formula',
    'age',
  ],
  ...['calculator', 'calculator_parameters', 'key_value_pairs', 'data', 'external_tables'],
  ...['tags', 'masses', 'volume', 'mass', 'charge', 'symbols', 'constrained_forces', 'count_atoms', 'get', 'toatoms'],
  ...Array.from({ length: maxAtomicNumber + 1 }, (_, number) => symbolOf(number)),
])

/** Whether a text can be a key at all. */
export function isKey(text: string): boolean {
  return WORD.test(text)
}

/** Whether ASE takes this pair. A string that reads as a number is refused: a query could not find it. */
export function isPair(key: string, value: InfoValue): value is PairValue {
  return isKey(key) && !RESERVED.has(key) && isPairValue(value)
}

function isPairValue(value: InfoValue): value is PairValue {
  if (typeof value === 'string') return pythonNumber(value) === undefined
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
}

/** Throws TypeError or RangeError, which names `option`, for a pair that ASE does not take. */
export function checkPairs(option: string, pairs: Readonly<Record<string, InfoValue>>): Record<string, PairValue> {
  for (const [key, value] of Object.entries(pairs)) {
    if (!isKey(key)) throw rangeError(option, 'keys of letters, digits and _ (for a database)', key)
    if (RESERVED.has(key)) throw rangeError(option, 'keys that ASE does not use itself (for a database)', key)
    if (typeof value === 'object')
      throw typeError(`${option}.${key}`, 'a number, boolean or string (for a database)', value)
    if (!isPairValue(value))
      throw rangeError(`${option}.${key}`, 'a number instead of a string that looks like one', value)
  }
  return pairs as Record<string, PairValue>
}
