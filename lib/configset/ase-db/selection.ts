/**
 * ASE's selection strings: 'Cu>2,energy<0', 'H2O', 'config_type=bulk', '0<=fmax<0.05', '-relaxed', 'age<2d'.
 *
 * Expressions joined by commas, each a comparison (or two around one key), a bare formula (at least these atoms), a bare key
 * (rows that have it), or '-key' (rows that lack it). As `ase.db.core.parse_selection`, except that a bare word is a formula
 * only if all its symbols are elements, and that a text where a number belongs, or what can be no key, is an error.
 */
import { numberOf, parseFormula } from '../../atoms/elements.js'
import { AutoparaError } from '../../base/errors.js'
import { yearsOfDate } from './ase-time.js'
import { isKey } from './key-value-pairs.js'
import { isPythonInteger, pythonNumber } from './python-number.js'

/** How a comparison compares. */
export type Operator = '!=' | '<=' | '>=' | '<' | '>' | '='

/** A condition on a value: the key is a column or key-value pair, or an atomic number whose atoms are counted. */
export interface Comparison {
  /** A column, the key of a pair, or an atomic number. */
  key: string | number
  /** How it is compared. */
  operator: Operator
  /** With what. */
  value: string | number
}

/** Rows that have every key (or lack it) and pass every comparison. */
export interface Selection {
  /** Keys that a row must have (`present`) or lack. */
  keys: { key: string; present: boolean }[]
  /** What must hold. */
  comparisons: Comparison[]
}

/** A selection string that can't be understood. */
export class SelectionError extends AutoparaError {
  override readonly name = 'SelectionError'
  /** The whole selection. */
  readonly selection: string
  /** The part that is wrong. */
  readonly expression: string

  constructor(selection: string, expression: string, problem: string) {
    super('AUTOPARA_SELECTION', `selection ${JSON.stringify(selection)}: ${JSON.stringify(expression)} ${problem}`)
    this.selection = selection
    this.expression = expression
  }
}

/** In the order in which they are looked for, the longer first. */
const OPERATORS: readonly Operator[] = ['!=', '<=', '>=', '<', '>', '=']

/** The opposite of each operator. */
export const inverseOperator: Readonly<Record<Operator, Operator>> = {
  '<': '>=',
  '<=': '>',
  '>=': '<',
  '>': '<=',
  '=': '!=',
  '!=': '=',
}

/** Columns of numbers. */
const NUMERIC: ReadonlySet<string> = new Set([
  'id',
  'energy',
  'magmom',
  'charge',
  'natoms',
  'fmax',
  'smax',
  'volume',
  'mass',
  'ctime',
])

/** Seconds of the units of `age`. */
const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_629_800,
  y: 31_557_600,
}

/** Parses a selection string; '' selects everything. @throws {SelectionError} */
export function parseSelection(text: string, now: Date = new Date()): Selection {
  const selection: Selection = { keys: [], comparisons: [] }
  for (const part of text.split(',')) {
    const expression = part.trim()
    if (expression === '') continue
    const fail = (problem: string): SelectionError => new SelectionError(text, expression, problem)
    const compared = comparisonsOf(expression, fail)
    if (compared.length === 0) addWord(selection, expression, fail)
    for (const { key, operator, value } of compared) {
      if (key === '' || value === '') throw fail('lacks a key or a value')
      selection.comparisons.push(...meaningOf(key, operator, value, now, fail))
    }
  }
  return selection
}

interface Words {
  key: string
  operator: Operator
  value: string
}

/** The comparisons of an expression as they are written; none for a bare word. */
function comparisonsOf(expression: string, fail: (problem: string) => SelectionError): Words[] {
  const range = /^([^<]*)<(=?)([^<=]+)(<=?)([^<]*)$/.exec(expression)
  if (range) {
    const [, low, equal, key, operator, high] = range as unknown as string[] as [
      string,
      string,
      string,
      string,
      Operator,
      string,
    ]
    return [
      { key: key.trim(), operator: equal ? '>=' : '>', value: low.trim() },
      { key: key.trim(), operator, value: high.trim() },
    ]
  }
  const operator = OPERATORS.find((candidate) => expression.includes(candidate))
  if (!operator) return []
  const [key, value, ...more] = expression.split(operator) as [string, string, ...string[]]
  if (more.length > 0) throw fail('has too many comparisons')
  return [{ key: key.trim(), operator, value: value.trim() }]
}

/** A bare word: atoms, or a key. */
function addWord(selection: Selection, word: string, fail: (problem: string) => SelectionError): void {
  const counts = countsOf(word)
  if (counts) {
    for (const [key, count] of counts) selection.comparisons.push({ key, operator: '>', value: count - 1 })
  } else {
    const present = !word.startsWith('-')
    const key = present ? word : word.slice(1)
    if (!isKey(key)) throw fail('is neither a formula nor a key; for rows by their number write id=1 or 1<=id<=3')
    selection.keys.push({ key, present })
  }
}

/** The conditions that a comparison means. */
function meaningOf(
  key: string,
  operator: Operator,
  value: string,
  now: Date,
  fail: (problem: string) => SelectionError,
): Comparison[] {
  const number = numberOf(key)
  if (number !== undefined) {
    if (!isPythonInteger(value)) throw fail('must count atoms with a whole number')
    return [{ key: number, operator, value: pythonNumber(value) as number }]
  }
  switch (key) {
    case 'age':
      return [{ key: 'ctime', operator: inverseOperator[operator], value: yearsOfDate(now) - yearsOf(value, fail) }]
    case 'formula':
      return formulaOf(operator, value, fail)
    case 'pbc':
      if ((operator !== '=' && operator !== '!=') || !/^[TF]{3}$/.test(value))
        throw fail('must read pbc=TTF or the like')
      return [{ key, operator, value: [...value].reduce((bits, c, d) => bits | (c === 'T' ? 1 << d : 0), 0) }]
    default: {
      if (!isKey(key)) throw fail('compares no key: a key has letters, digits and _')
      const meant = value === 'True' ? 1 : value === 'False' ? 0 : (pythonNumber(value) ?? value)
      if (NUMERIC.has(key) && typeof meant !== 'number') throw fail('must compare with a number')
      return [{ key, operator, value: meant }]
    }
  }
}

/** Exactly these atoms and no others. */
function formulaOf(operator: Operator, value: string, fail: (problem: string) => SelectionError): Comparison[] {
  const counts = countsOf(value)
  if (operator !== '=' || !counts) throw fail('must read formula=H2O or the like')
  const natoms = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return [
    ...[...counts].map(([key, count]): Comparison => ({ key, operator: '=', value: count })),
    { key: 'natoms', operator: '=', value: natoms },
  ]
}

/** How many atoms of each element a formula like '2H2O+Cu' has; undefined for a word that is none. */
function countsOf(formula: string): Map<number, number> | undefined {
  const counts = new Map<number, number>()
  try {
    for (const part of formula.split('+')) {
      const [, times, unit] = /^(\d*)(.+)$/.exec(part) as RegExpExecArray
      for (const number of parseFormula(unit as string))
        counts.set(number, (counts.get(number) ?? 0) + Number(times || 1))
    }
  } catch {
    return undefined
  }
  return counts
}

/** A span of time like '2d' or '1h+30m', in years. */
function yearsOf(text: string, fail: (problem: string) => SelectionError): number {
  let seconds = 0
  for (const part of text.replaceAll(' ', '').split('+')) {
    const match = /^(\d+)([smhdwMy])$/.exec(part)
    if (!match) throw fail('must give a time like 30s, 5m, 2h, 1d, 1w, 3M or 1y')
    seconds += Number(match[1]) * (SECONDS[match[2] as string] as number)
  }
  return seconds / (SECONDS['y'] as number)
}
