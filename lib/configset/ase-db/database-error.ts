/** What goes wrong with a database, as an error; in a file of its own, so that it is known without SQLite. */
import { AutoparaError } from '../../base/errors.js'

/** A database that can't be opened, read or written. */
export class DatabaseError extends AutoparaError {
  override readonly name = 'DatabaseError'
  /** The database file. */
  readonly file: string

  constructor(file: string, message: string, options?: ErrorOptions) {
    super('AUTOPARA_DATABASE', message, options)
    this.file = file
  }
}
