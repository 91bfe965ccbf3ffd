/**
 * An ASE database in an SQLite file (`ase.db`): read by selections, written in transactions, shared with Python's ASE.
 *
 *     select ── ids and change times at once, rows in pages ──► AseRow          write ── one transaction ──► ids
 *
 * No lock is held between pages, so a long loop over a database keeps nobody from writing to it, not even itself.
 */
import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import type { Atoms } from '../../atoms/atoms.js'
import type { InfoValue, JsonValue } from '../../base/ndarray.js'
import { checkKeys, typeError } from '../../base/options.js'
import { yearsOfDate } from './ase-time.js'
import { DatabaseError } from './database-error.js'
import { checkPairs, type PairValue } from './key-value-pairs.js'
import { OWN_KEYS } from './own-entries.js'
import { type AseRow, decodeRow } from './row-decode.js'
import { type EncodedRow, encodeRow } from './row-encode.js'
import { checkVersion, columnNames, createTables, externalTables, hasTables, sideTables } from './schema.js'
import { parseSelection, type Selection } from './selection.js'
import { whereOf } from './selection-sql.js'
import type { SqliteConnection, SqlRow, SqlValue } from './sqlite-connection.js'

/** How many rows are read under one lock. */
const PAGE = 64

/** What {@link AseDatabase.write} stores beside the configurations. */
export interface WriteRowOptions {
  /** Key-value pairs, for queries; they take precedence over the `info` of the configurations. */
  keyValuePairs?: Readonly<Record<string, PairValue>>
  /** Anything else, not for queries. */
  data?: Readonly<Record<string, InfoValue>>
  /** The name of the calculator of the results, as in 'emt'. Default 'unknown'. */
  calculator?: string
}

/** The name in ASE's table `information` of a run of ours that left no row. */
const EMPTY_RUN = 'autopara_empty_run'

const INSERT = `INSERT INTO systems (${columnNames.slice(1).join(', ')}) VALUES (${columnNames.slice(1).fill('?').join(', ')})`

/** An open ASE database; see `openAseDatabase`. */
export class AseDatabase implements Disposable {
  /** The connection, for what works on the tables themselves. @internal */
  readonly connection: SqliteConnection
  readonly #external: readonly string[]

  /** @internal */
  constructor(connection: SqliteConnection, readOnly: boolean) {
    this.connection = connection
    if (!hasTables(connection)) {
      if (readOnly) throw new DatabaseError(connection.path, `${connection.path}: an empty file, no ASE database`)
      connection.transaction('immediate', () => hasTables(connection) || createTables(connection))
    }
    checkVersion(connection, readOnly)
    this.#external = externalTables(connection)
  }

  /** The file. */
  get path(): string {
    return this.connection.path
  }

  /**
   * The rows that a selection selects, by id. The rows are found at once and read a few at a time.
   *
   * @throws {SelectionError} for a selection that can't be understood
   * @throws {DatabaseError} for a row that can't be read, or that was changed or removed since the rows were found
   */
  *select(selection: string | Selection = ''): Generator<AseRow> {
    const { where, values } = whereOf(parsed(selection))
    const found = this.connection.all(`SELECT id, mtime FROM systems ${where} ORDER BY id`, ...values)
    for (let start = 0; start < found.length; start += PAGE) {
      yield* this.#page(found.slice(start, start + PAGE))
    }
  }

  #page(found: readonly SqlRow[]): AseRow[] {
    return this.connection.transaction('deferred', () =>
      found.map(({ id, mtime }) => {
        const row = this.connection.get('SELECT * FROM systems WHERE id=?', id as SqlValue)
        if (row?.['mtime'] !== mtime)
          throw new DatabaseError(
            this.path,
            `${this.path}: row ${id} was ${row ? 'changed' : 'removed'} while rows were read`,
          )
        return decodeRow(row as SqlRow, this.#externalValues(id as SqlValue), this.path)
      }),
    )
  }

  /** The values that the user's own tables have for a row, by table. */
  #externalValues(id: SqlValue): Record<string, JsonValue> {
    const values: Record<string, JsonValue> = {}
    for (const table of this.#external) {
      const rows = this.connection.all(`SELECT key, value FROM "${table.replaceAll('"', '""')}" WHERE id=?`, id)
      if (rows.length > 0) values[table] = Object.fromEntries(rows.map(({ key, value }) => [key, value as JsonValue]))
    }
    return values
  }

  /** How many rows a selection selects. @throws {SelectionError} */
  count(selection: string | Selection = ''): number {
    const { where, values } = whereOf(parsed(selection))
    return Number(this.connection.get(`SELECT count(*) n FROM systems ${where}`, ...values)?.['n'])
  }

  /**
   * Writes configurations in one transaction, and returns the ids of their rows.
   *
   * @throws {TypeError | RangeError} for key-value pairs that ASE doesn't take
   */
  write(configs: Atoms | Iterable<Atoms>, options: WriteRowOptions = {}): number[] {
    checkKeys(options, ['keyValuePairs', 'data', 'calculator'], 'write')
    const { keyValuePairs = {}, data = {} } = options
    checkPairs('keyValuePairs', keyValuePairs)
    const own = OWN_KEYS.find((key) => Object.hasOwn(data, key))
    if (own) throw typeError(`data.${own}`, 'absent, since values of info and arrays go there', data[own])
    const list = Symbol.iterator in configs ? [...configs] : [configs]
    return this.insert(list.map((atoms) => encodeRow(atoms, options)))
  }

  /** Adds rows in one transaction. @internal */
  insert(rows: readonly EncodedRow[]): number[] {
    return this.connection.transaction('immediate', () => this.insertWithin(rows))
  }

  /** Adds rows inside a transaction that is open already. @internal */
  insertWithin(rows: readonly EncodedRow[]): number[] {
    const head = [yearsOfDate(new Date()), userName()]
    return rows.map((row) => this.#insertRow(row, head))
  }

  #insertRow({ cells, species, pairs }: EncodedRow, [time, user]: readonly SqlValue[]): number {
    const { connection } = this
    const all: Record<string, SqlValue | undefined> = {
      ...cells,
      ctime: time,
      mtime: time,
      username: user,
      unique_id: newUniqueId(),
    }
    const id = connection.run(INSERT, ...columnNames.slice(1).map((name) => all[name] ?? null))
    for (const [number, count] of species) connection.run('INSERT INTO species VALUES (?, ?, ?)', number, count, id)
    for (const [key, value] of pairs) {
      const table = typeof value === 'string' ? 'text_key_values' : 'number_key_values'
      connection.run(`INSERT INTO ${table} VALUES (?, ?, ?)`, key, value, id)
      connection.run('INSERT INTO keys VALUES (?, ?)', key, id)
    }
    return id
  }

  /** Removes the rows that a selection selects, and returns how many they were. @throws {SelectionError} */
  delete(selection: string | Selection): number {
    const parts = parsed(selection)
    return this.connection.transaction('immediate', () => this.deleteWithin(parts))
  }

  /** Removes rows inside a transaction that is open already. @internal */
  deleteWithin(selection: Selection): number {
    const { connection } = this
    const { where, values } = whereOf(selection)
    const ids = connection.all(`SELECT id FROM systems ${where}`, ...values).map(({ id }) => id as SqlValue)
    const tables = [
      ...this.#external.map((name) => `"${name.replaceAll('"', '""')}"`),
      ...Object.keys(sideTables),
      'systems',
    ]
    for (const id of ids) for (const table of tables) connection.run(`DELETE FROM ${table} WHERE id=?`, id)
    return ids.length
  }

  /** The signatures of runs that were completed without a row. @internal */
  emptyRuns(): string[] {
    return this.connection
      .all('SELECT value FROM information WHERE name=?', EMPTY_RUN)
      .map(({ value }) => String(value))
  }

  /** Notes a run that was completed without a row. @internal */
  addEmptyRun(signature: string): void {
    this.connection.run('INSERT INTO information VALUES (?, ?)', EMPTY_RUN, signature)
  }

  /** Forgets a run without a row. @internal */
  deleteEmptyRun(signature: string): void {
    this.connection.run('DELETE FROM main.information WHERE name=? AND value=?', EMPTY_RUN, signature)
  }

  /** Closes the file; closing twice is fine. */
  close(): void {
    this.connection.close()
  }

  /** As `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close()
  }
}

function parsed(selection: string | Selection): Selection {
  if (typeof selection !== 'string' && !Array.isArray(selection?.comparisons))
    throw typeError('selection', "a selection string like 'Cu>2,energy<0'", selection)
  return typeof selection === 'string' ? parseSelection(selection) : selection
}

/** 32 random hexadecimal digits, as ASE's. */
function newUniqueId(): string {
  return randomUUID().replaceAll('-', '')
}

/** Who runs this; null for a user id without a name. */
function userName(): string | null {
  try {
    return userInfo().username
  } catch {
    return null
  }
}
