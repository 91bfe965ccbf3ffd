/**
 * A selection as SQL on ASE's tables, with the same meaning as ASE's own statement.
 */
import type { Comparison, Operator, Selection } from './selection.js'
import { inverseOperator } from './selection.js'
import type { SqlValue } from './sqlite-connection.js'

/** Columns of `systems` that comparisons go to directly, by key. */
const COLUMNS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'id',
      'unique_id',
      'ctime',
      'calculator',
      'natoms',
      'pbc',
      'energy',
      'magmom',
      'fmax',
      'smax',
      'volume',
      'mass',
      'charge',
    ].map((name) => [name, name]),
  ),
  user: 'username',
}

/** Bare keys that ask for a column that is not empty. */
const PRESENCE: Readonly<Record<string, string>> = {
  energy: 'energy',
  fmax: 'fmax',
  smax: 'smax',
  constraints: 'constraints',
  calculator: 'calculator',
  forces: 'fmax',
  stress: 'smax',
  strain: 'smax',
}

const COMPARE: Readonly<Record<Operator, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
  '>=': (a, b) => a >= b,
  '>': (a, b) => a > b,
  '!=': (a, b) => a !== b,
}

/** The WHERE clause of a selection ('' for everything) and its values. */
export function whereOf({ keys, comparisons }: Selection): { where: string; values: SqlValue[] } {
  const parts: string[] = []
  const values: SqlValue[] = []
  const add = (sql: string, ...more: SqlValue[]): void => {
    parts.push(sql)
    values.push(...more)
  }
  for (const { key, present } of keys) {
    const column = Object.hasOwn(PRESENCE, key) ? PRESENCE[key] : undefined
    if (column) add(`systems.${column} IS ${present ? 'NOT NULL' : 'NULL'}`)
    else add(`systems.id ${present ? 'IN' : 'NOT IN'} (SELECT id FROM keys WHERE key=?)`, key)
  }
  for (const comparison of comparisons) {
    const { key, operator, value } = comparison
    if (typeof key === 'number') addCount(comparison, comparisons, add)
    else if (Object.hasOwn(COLUMNS, key)) add(`systems.${COLUMNS[key]}${operator}?`, value)
    else {
      const table = typeof value === 'string' ? 'text_key_values' : 'number_key_values'
      add(`systems.id IN (SELECT id FROM ${table} WHERE key=? AND value${operator}?)`, key, value)
    }
  }
  return { where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values }
}

/** A count of atoms. Where no atom at all would pass too ('H<2'), rows without the element have to be kept. */
function addCount(
  { key, operator, value }: Comparison,
  all: readonly Comparison[],
  add: (sql: string, ...values: SqlValue[]) => void,
): void {
  const none = all
    .filter((other) => other.key === key)
    .every((other) => COMPARE[other.operator](0, Number(other.value)))
  const [inside, compare] = none ? ['NOT IN', inverseOperator[operator]] : ['IN', operator]
  add(`systems.id ${inside} (SELECT id FROM species WHERE Z=? AND n${compare}?)`, key as number, value)
}
