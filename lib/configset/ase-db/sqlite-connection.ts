/**
 * One connection to an SQLite file: node:sqlite where this Node has it (22.13 on), otherwise @photostructure/sqlite.
 *
 * The package is node:sqlite itself as an addon for Node 20, with its binaries in the tarball: nothing is compiled or
 * fetched, and it takes the same locks on the file as every other SQLite. Both are synchronous. Their quirks:
 *
 * - The package (1.2.1) binds a number between 0 and 2^-52 as 0. Where that is so, such a number is bound as text, which its
 *   SQLite (3.53) turns into the same number wherever a REAL column is written or compared.
 * - The package keeps a closed database's descriptor until its statements are collected as garbage (node:sqlite doesn't).
 * - An iterated statement keeps its lock until it is collected as garbage: rows are read with `all`.
 * - Node 22 prints an ExperimentalWarning when the module is first loaded.
 */
import { AutoparaError } from '../../base/errors.js'
import { DatabaseError } from './database-error.js'

/** What a cell of a table may hold. */
export type SqlValue = null | number | bigint | string | Uint8Array

/** A row by column names. */
export type SqlRow = Record<string, SqlValue>

interface Statement {
  run(...values: SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  all(...values: SqlValue[]): unknown[]
}

interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

interface SqliteModule {
  DatabaseSync: new (path: string, options: { readOnly: boolean }) => Database
}

/** How long a statement waits for another program's lock, as in ASE; ms. */
const BUSY_TIMEOUT = 20_000

/** An open SQLite file with its prepared statements. Every failure is a {@link DatabaseError}. */
export class SqliteConnection {
  readonly path: string
  readonly #database: Database
  readonly #statements = new Map<string, Statement>()
  readonly #losesTiny: boolean
  #open = true

  private constructor(path: string, database: Database) {
    this.path = path
    this.#database = database
    const [row] = database.prepare('SELECT ? x').all(Number.MIN_VALUE) as SqlRow[]
    this.#losesTiny = row?.['x'] === 0
  }

  /** Opens the file; it is made when it doesn't exist, unless `readOnly`. */
  static async open(path: string, readOnly: boolean): Promise<SqliteConnection> {
    const { DatabaseSync } = await sqliteModule(path)
    return attempt(path, () => {
      const database = new DatabaseSync(path, { readOnly })
      database.exec(`PRAGMA busy_timeout=${BUSY_TIMEOUT}`)
      return new SqliteConnection(path, database)
    })
  }

  /** Executes statements without values. */
  exec(sql: string): void {
    attempt(this.path, () => this.#database.exec(sql))
  }

  /** Executes a statement that changes the database; the result is the last inserted row's id. */
  run(sql: string, ...values: SqlValue[]): number {
    return attempt(this.path, () => Number(this.#statement(sql).run(...this.#bindable(values)).lastInsertRowid))
  }

  /** All rows of a query. */
  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return attempt(this.path, () => this.#statement(sql).all(...this.#bindable(values)) as SqlRow[])
  }

  /** The first row of a query, if any. */
  get(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.all(sql, ...values)[0]
  }

  /** Does `work` in one transaction (`deferred` to read, `immediate` to write), undone when it throws. */
  transaction<T>(mode: 'deferred' | 'immediate', work: () => T): T {
    this.exec(`BEGIN ${mode}`)
    try {
      const result = work()
      this.exec('COMMIT')
      return result
    } catch (error) {
      try {
        this.exec('ROLLBACK')
      } catch {
        // SQLite has rolled back by itself (a full disk, for one); the first error tells why.
      }
      throw error
    }
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#statements.clear()
    attempt(this.path, () => this.#database.close())
  }

  /** The values as they are bound: tiny numbers as text where they would be lost. */
  #bindable(values: SqlValue[]): SqlValue[] {
    if (!this.#losesTiny) return values
    return values.map((value) =>
      typeof value === 'number' && value > 0 && value < Number.EPSILON ? String(value) : value,
    )
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

/** node:sqlite, or the package. A computed name, because the types of Node 20 don't know the module. */
async function sqliteModule(path: string): Promise<SqliteModule> {
  const builtIn: string = 'node:sqlite'
  try {
    return (await import(builtIn)) as SqliteModule
  } catch {
    try {
      return (await import('@photostructure/sqlite')) as SqliteModule
    } catch (error) {
      throw new DatabaseError(
        path,
        `can't open ${path}: Node ${process.versions.node} has no node:sqlite; use Node 22.13 or later, or npm install @photostructure/sqlite@1`,
        { cause: error },
      )
    }
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof AutoparaError) throw error
    throw new DatabaseError(path, `${path}: ${explain(error)}`, { cause: error })
  }
}

/** What the primary result code of SQLite means here, and what to do. */
function explain(error: unknown): string {
  const code = (error as { errcode?: unknown }).errcode
  switch (typeof code === 'number' ? code & 0xff : undefined) {
    case 5:
    case 6:
      return `the database is locked by another program for more than ${BUSY_TIMEOUT / 1000} s; try again when it is done`
    case 8:
      return 'no permission to write the database'
    case 13:
      return 'the disk is full; free some space and start again'
    case 14:
      return "can't open the database: the file or its folder is missing, or there is no permission"
    case 11:
    case 26:
      return 'the file is no SQLite database, or it is damaged'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
