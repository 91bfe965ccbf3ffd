/**
 * The door to ASE databases: all that reads and writes them is loaded when the first one is opened.
 */
import { checkBoolean, checkKeys, typeError } from '../../base/options.js'
import type { AseDatabase } from './ase-database.js'

/** The options of {@link openAseDatabase}. */
export interface OpenAseDatabaseOptions {
  /** Refuse to write, and an absent file (default false: an absent file is made). */
  readOnly?: boolean
}

/**
 * Opens an ASE database. Close it, or use it with `using`.
 *
 * @throws {DatabaseError} for a file that is none, or of a version that can't be read (or written)
 */
export async function openAseDatabase(path: string, options: OpenAseDatabaseOptions = {}): Promise<AseDatabase> {
  if (typeof path !== 'string') throw typeError('path', 'the path of a database', path)
  checkKeys(options, ['readOnly'], 'openAseDatabase')
  const readOnly = checkBoolean('readOnly', options.readOnly, false)
  const { AseDatabase: Database } = await import('./ase-database.js')
  const { SqliteConnection } = await import('./sqlite-connection.js')
  const connection = await SqliteConnection.open(path, readOnly)
  try {
    return new Database(connection, readOnly)
  } catch (error) {
    connection.close()
    throw error
  }
}
