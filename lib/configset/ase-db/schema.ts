/**
 * The tables of ASE's database format, version 9 (that of ASE 3.22): the same statements, so that the same file.
 *
 *     systems            a row for each configuration: blobs of little-endian arrays, JSON text
 *     species, keys, text_key_values, number_key_values      what queries look at, by the row's id
 *     information        version, metadata, names of external tables
 */
import { DatabaseError } from './database-error.js'
import type { SqliteConnection } from './sqlite-connection.js'

/** The version that is written. */
const VERSION = 9

/** The oldest version that is read, as in ASE. */
const OLDEST = 5

/** The columns of `systems` in order, with their types. */
const COLUMNS: Readonly<Record<string, string>> = {
  id: 'INTEGER PRIMARY KEY AUTOINCREMENT',
  unique_id: 'TEXT UNIQUE',
  ctime: 'REAL',
  mtime: 'REAL',
  username: 'TEXT',
  numbers: 'BLOB',
  positions: 'BLOB',
  cell: 'BLOB',
  pbc: 'INTEGER',
  initial_magmoms: 'BLOB',
  initial_charges: 'BLOB',
  masses: 'BLOB',
  tags: 'BLOB',
  momenta: 'BLOB',
  constraints: 'TEXT',
  calculator: 'TEXT',
  calculator_parameters: 'TEXT',
  energy: 'REAL',
  free_energy: 'REAL',
  forces: 'BLOB',
  stress: 'BLOB',
  dipole: 'BLOB',
  magmoms: 'BLOB',
  magmom: 'REAL',
  charges: 'BLOB',
  key_value_pairs: 'TEXT',
  data: 'BLOB',
  natoms: 'INTEGER',
  fmax: 'REAL',
  smax: 'REAL',
  volume: 'REAL',
  mass: 'REAL',
  charge: 'REAL',
}

/** The names of the columns of `systems`, in order. */
export const columnNames: readonly string[] = Object.keys(COLUMNS)

/** The tables beside `systems`, with their columns before `id`. */
export const sideTables: Readonly<Record<string, readonly string[]>> = {
  species: ['Z INTEGER', 'n INTEGER'],
  keys: ['key TEXT'],
  text_key_values: ['key TEXT', 'value TEXT'],
  number_key_values: ['key TEXT', 'value REAL'],
}

const INDICES: Readonly<Record<string, string>> = {
  unique_id_index: 'systems(unique_id)',
  ctime_index: 'systems(ctime)',
  username_index: 'systems(username)',
  calculator_index: 'systems(calculator)',
  species_index: 'species(Z)',
  key_index: 'keys(key)',
  text_index: 'text_key_values(key)',
  number_index: 'number_key_values(key)',
}

/** Makes the tables of an empty database. */
export function createTables(connection: SqliteConnection): void {
  const systems = Object.entries(COLUMNS).map(([name, type]) => `${name} ${type}`)
  connection.exec(`CREATE TABLE systems (${systems.join(', ')})`)
  for (const [table, columns] of Object.entries(sideTables)) {
    const all = [...columns, 'id INTEGER', 'FOREIGN KEY (id) REFERENCES systems(id)']
    connection.exec(`CREATE TABLE ${table} (${all.join(', ')})`)
  }
  connection.exec('CREATE TABLE information (name TEXT, value TEXT)')
  connection.run('INSERT INTO information VALUES (?, ?)', 'version', String(VERSION))
  for (const [index, place] of Object.entries(INDICES)) connection.exec(`CREATE INDEX ${index} ON ${place}`)
}

/** Whether the file has tables of ASE's format: false for a new or empty file. */
export function hasTables(connection: SqliteConnection): boolean {
  const tables = connection.all("SELECT name FROM sqlite_master WHERE type='table'").map(({ name }) => name)
  if (tables.length > 0 && !tables.includes('systems'))
    throw new DatabaseError(
      connection.path,
      `${connection.path}: an SQLite database, but not one of ASE (no table systems)`,
    )
  return tables.length > 0
}

/** Throws {@link DatabaseError} for a version that can't be read, or not be written. */
export function checkVersion(connection: SqliteConnection, readOnly: boolean): void {
  const { path } = connection
  const information = connection.get("SELECT count(*) n FROM sqlite_master WHERE name='information'")
  const found = information?.['n'] ? connection.get("SELECT value FROM information WHERE name='version'") : undefined
  const version = Number(found?.['value'] ?? 2)
  if (version > VERSION)
    throw new DatabaseError(path, `${path}: made by a newer ASE (database version ${version}, known up to ${VERSION})`)
  if (version < OLDEST || (!readOnly && version < VERSION))
    throw new DatabaseError(
      path,
      `${path}: database version ${version} can't be ${readOnly ? 'read' : 'written'}; convert it first: python3 -m ase db ${path} -i NEW.db`,
    )
}

/** The names of the user's own tables of values by row. */
export function externalTables(connection: SqliteConnection): string[] {
  return connection
    .all("SELECT value FROM information WHERE name='external_table_name'")
    .map(({ value }) => String(value))
}
