/**
 * From the options `db` and `inputQueries` to the sources that read them, a source for each query.
 */
import { existsSync, statSync } from 'node:fs'
import { typeError } from '../base/options.js'
import { parseSelection } from './ase-db/selection.js'
import { InputFileError } from './input-file-error.js'
import { joinRoot, placed } from './placed-file.js'
import { DatabaseSource } from './sources.js'

/** The sources of the rows that `queries` select. Throws for a missing database and for a query that can't be understood. */
export function databaseSources(db: string, queries: string | readonly string[], fileRoot: string): DatabaseSource[] {
  if (typeof db !== 'string') throw typeError('db', 'the path of a database', db)
  const list = typeof queries === 'string' ? [queries] : queries
  if (!Array.isArray(list) || !list.every((query) => typeof query === 'string'))
    throw typeError('inputQueries', "a selection string like 'Cu>2,energy<0', or a list of them", queries)
  const file = placed(joinRoot(fileRoot, db))
  const { path } = file
  if (!existsSync(path) || !statSync(path).isFile())
    throw new InputFileError(path, `there is no database ${path} (seen from ${process.cwd()})`)
  return list.map((query: string) => new DatabaseSource(file, parseSelection(query), query))
}
