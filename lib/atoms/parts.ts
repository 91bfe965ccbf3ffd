/**
 * The data of a configuration, and how the many forms that a user may write become it.
 *
 *     AtomsInit (symbols or numbers, flat or rows, 3 lengths or 3×3 …)  →  AtomsParts (flat typed arrays, bare records)
 */
import { float64Array, type InfoValue, isNdArray, type NdArray } from '../base/ndarray.js'
import { checkKeys, rangeError, typeError } from '../base/options.js'
import { checkSymbol, maxAtomicNumber, parseFormula } from './elements.js'
import { bareRecord, copyArrays, copyInfo } from './record.js'

/** Which of the three lattice directions are periodic. */
export type Pbc = [boolean, boolean, boolean]

/** The data of a configuration of N atoms. */
export interface AtomsParts {
  /** N atomic numbers. */
  numbers: Int32Array
  /** 3N coordinates, Å. */
  positions: Float64Array
  /** 9 numbers, a lattice vector a row, Å; zeros: no cell. */
  cell: Float64Array
  /** Which lattice directions are periodic. */
  pbc: Pbc
  /** Values of the configuration. A record without a prototype. */
  info: Record<string, InfoValue>
  /** Values of each atom: the first length of each shape is N. A record without a prototype. */
  arrays: Record<string, NdArray>
  /** How a value of `info` was written where its JavaScript type does not say (2.0 was a float). Plain data of the reader. */
  infoTypes?: Record<string, string> | undefined
}

/** Numbers in one list, or in rows. */
export type Rows = ArrayLike<number> | readonly ArrayLike<number>[]

/** What `new Atoms()` takes. */
export interface AtomsInit {
  /** A formula ('H2O') or a list of symbols. */
  symbols?: string | readonly string[]
  /** Atomic numbers, instead of symbols. */
  numbers?: ArrayLike<number>
  /** Coordinates, Å: 3N numbers or N rows. Default: all at the origin. */
  positions?: Rows
  /** 9 numbers, 3 rows, or 3 lengths of a right-angled cell, Å. Default: none. */
  cell?: Rows
  /** Periodic directions; one boolean means all three. Default false. */
  pbc?: boolean | readonly boolean[]
  /** Values of the configuration, copied. Default: none. */
  info?: Readonly<Record<string, InfoValue>>
  /** Values of each atom, copied; the first length of each shape must be N. Default: none. */
  arrays?: Readonly<Record<string, NdArray>>
  /** As in {@link AtomsParts}. */
  infoTypes?: Readonly<Record<string, string>>
  /** Momenta, u·Å/t with t = Å·sqrt(u/eV): 3N numbers or N rows; kept as `arrays.momenta`. */
  momenta?: Rows
  /** Masses, u; kept as `arrays.masses`. */
  masses?: ArrayLike<number>
  /** Kept as `arrays.tags`. */
  tags?: ArrayLike<number>
  /** Initial charges, e; kept as `arrays.initial_charges`. */
  charges?: ArrayLike<number>
  /** Initial magnetic moments; kept as `arrays.initial_magmoms`. */
  magmoms?: ArrayLike<number>
}

const KEYS = ['symbols', 'numbers', 'positions', 'cell', 'pbc', 'info', 'arrays', 'infoTypes'] as const
const ARRAY_KEYS = ['momenta', 'masses', 'tags', 'charges', 'magmoms'] as const
const ARRAY_NAMES: Readonly<Record<string, string>> = { charges: 'initial_charges', magmoms: 'initial_magmoms' }

/**
 * Checks and copies what a user gave.
 *
 * @throws {OptionTypeError | OptionRangeError} which names the field.
 */
export function partsOf(init: AtomsInit): AtomsParts {
  if (typeof init !== 'object' || init === null) throw typeError('init', 'an object { symbols, positions, … }', init)
  checkKeys(init, [...KEYS, ...ARRAY_KEYS], 'Atoms')
  const numbers = numbersOf(init)
  const n = numbers.length
  const positions = init.positions === undefined ? new Float64Array(3 * n) : flatten('positions', init.positions, n, 3)
  for (const key of Object.keys(init.arrays ?? {})) checkArray(key, init.arrays?.[key], n)
  const arrays = copyArrays(init.arrays ?? {})
  for (const key of ARRAY_KEYS) {
    const value = init[key]
    if (value !== undefined) arrays[ARRAY_NAMES[key] ?? key] = perAtom(key, value, n)
  }
  const parts: AtomsParts = {
    numbers,
    positions,
    cell: cellOf(init.cell),
    pbc: pbcOf(init.pbc),
    info: copyInfo(init.info ?? {}),
    arrays,
  }
  if (init.infoTypes) parts.infoTypes = bareRecord(init.infoTypes)
  return parts
}

/** `count` rows of `columns` numbers, given as such or flat, as one new Float64Array. */
export function flatten(name: string, rows: Rows, count: number, columns = 1): Float64Array {
  const shape = columns === 1 ? `${count}` : `${count} × ${columns}`
  if (typeof rows !== 'object' || rows === null) throw typeError(name, `${shape} numbers`, rows)
  const list = typeof rows[0] === 'object' ? Array.from(rows as readonly ArrayLike<number>[]) : undefined
  const flat = Float64Array.from(list ? list.flatMap((row) => Array.from(row)) : (rows as ArrayLike<number>))
  if (flat.length !== count * columns) throw rangeError(name, `${shape} numbers (${count * columns})`, flat.length)
  const ragged = list?.findIndex((row) => row.length !== columns) ?? -1
  if (ragged >= 0) throw rangeError(`${name}[${ragged}]`, `a row of length ${columns}`, list?.[ragged]?.length)
  return flat
}

/** A per-atom array of N numbers, or 3N for momenta; integers for tags. */
function perAtom(key: (typeof ARRAY_KEYS)[number], value: Rows, n: number): NdArray {
  if (key === 'momenta') return float64Array(flatten(key, value, n, 3), [n, 3])
  const flat = flatten(key, value, n)
  return key === 'tags' ? { dtype: 'int32', shape: [n], data: Int32Array.from(flat) } : float64Array(flat)
}

/**
 * Checks the fields that a program may have assigned, where a configuration is about to be written or sent.
 *
 * @throws {OptionTypeError | OptionRangeError} which names the field.
 */
export function checkParts({ numbers, positions, cell, arrays }: AtomsParts): void {
  if (!(numbers instanceof Int32Array)) throw typeError('numbers', 'an Int32Array', numbers)
  if (!(positions instanceof Float64Array)) throw typeError('positions', flatNumbers, positions)
  if (!(cell instanceof Float64Array)) throw typeError('cell', 'a Float64Array of 9 numbers', cell)
  for (const key in arrays) if (!isNdArray(arrays[key])) throw typeError(`arrays.${key}`, ndArray, arrays[key])
}

const flatNumbers = 'a Float64Array of x y z of each atom (Float64Array.from(rows.flat()))'
const ndArray = "an NdArray, such as { dtype: 'float64', shape: [atoms.length], data: Float64Array }"

function checkArray(key: string, array: NdArray | undefined, n: number): void {
  if (!isNdArray(array)) throw typeError(`arrays.${key}`, ndArray, array)
  if (array.shape[0] !== n)
    throw rangeError(`arrays.${key}`, `an array with a row for each of ${n} atoms`, array.shape[0])
}

function numbersOf({ symbols, numbers }: AtomsInit): Int32Array {
  if (symbols !== undefined && numbers !== undefined) {
    throw typeError('numbers', 'absent where `symbols` is given', numbers)
  }
  if (typeof symbols === 'string') return Int32Array.from(parseFormula(symbols))
  if (symbols !== undefined) return Int32Array.from(symbols, (symbol) => checkSymbol('symbols', symbol))
  if (numbers === undefined) return new Int32Array(0)
  return Int32Array.from(numbers, (number) => {
    if (!Number.isInteger(number)) throw typeError('numbers', 'atomic numbers', number)
    if (number < 0 || number > maxAtomicNumber) throw rangeError('numbers', 'atomic numbers (0 to 118)', number)
    return number
  })
}

function cellOf(cell: Rows | undefined): Float64Array {
  if (cell === undefined) return new Float64Array(9)
  if (cell.length === 3 && typeof cell[0] === 'number') {
    const [a, b, c] = cell as ArrayLike<number> as [number, number, number]
    return Float64Array.of(a, 0, 0, 0, b, 0, 0, 0, c)
  }
  return flatten('cell', cell, 3, 3)
}

function pbcOf(pbc: boolean | readonly boolean[] | undefined): Pbc {
  if (pbc === undefined || typeof pbc === 'boolean') return [pbc === true, pbc === true, pbc === true]
  if (!Array.isArray(pbc) || pbc.length !== 3) throw typeError('pbc', 'a boolean or three of them', pbc)
  return [Boolean(pbc[0]), Boolean(pbc[1]), Boolean(pbc[2])]
}
