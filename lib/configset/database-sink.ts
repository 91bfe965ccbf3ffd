/**
 * An ASE database as an output: the rows of a run, told apart by their tags, are all there or none.
 *
 *     append → rows of NAME.TAGS.partial, a database of its own ──end──► takes the name, or is added in one transaction
 *
 * So a run of hours keeps no lock on the database, runs with other tags may go on beside it, and one that fails or is
 * killed leaves the database as it was.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { deserialize } from 'node:v8'
import type { InfoValue } from '../base/ndarray.js'
import { rangeError } from '../base/options.js'
import type { AseDatabase } from './ase-db/ase-database.js'
import { DatabaseError } from './ase-db/database-error.js'
import { checkPairs, type PairValue } from './ase-db/key-value-pairs.js'
import { openAseDatabase } from './ase-db/open-ase-database.js'
import type { EncodedRow } from './ase-db/row-encode.js'
import type { Selection } from './ase-db/selection.js'
import type { ByteSink, Text } from './byte-sink.js'
import { syncFolder } from './file-sink.js'
import { outputFileError } from './output-file-error.js'

/** The tags that name the rows of a run in a database. */
export type Tags = Readonly<Record<string, PairValue>>

/** The tags of an output that is a database; throws for none, and for such as ASE does not take. */
export function checkTags(setTags: Readonly<Record<string, InfoValue>> | undefined): Tags {
  if (setTags === undefined || Object.keys(setTags).length === 0)
    throw rangeError('setTags', 'at least one tag for a database, which tells the rows of a run from others', setTags)
  for (const [key, value] of Object.entries(setTags))
    if (Number.isNaN(value)) throw rangeError(`setTags.${key}`, 'a value that equals itself, to be found again', value)
  return checkPairs('setTags', setTags)
}

/** The selection of the rows that have all tags. */
export function selectionOfTags(tags: Tags): Selection {
  const comparisons = Object.entries(tags).map(([key, value]) => ({
    key,
    operator: '=' as const,
    value: typeof value === 'string' ? value : Number(value),
  }))
  return { keys: [], comparisons }
}

/** The tags as people write a selection. */
export function textOfTags(tags: Tags): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

/** Whether a run with these tags was completed. Throws for a file that is no database. */
export async function isRunInDatabase(path: string, tags: Tags): Promise<boolean> {
  if (!existsSync(path)) return false
  using database = await openAseDatabase(path, { readOnly: true })
  return database.count(selectionOfTags(tags)) > 0 || database.emptyRuns().includes(signatureOf(tags))
}

/** The tags as one text, in whatever order they were given. */
function signatureOf(tags: Tags): string {
  return JSON.stringify(
    Object.keys(tags)
      .sort()
      .map((key) => [key, String(tags[key])]),
  )
}

/** Collects rows beside a database, and adds them to it at the end. */
export class DatabaseSink implements ByteSink {
  readonly path: string
  readonly #tags: Tags
  readonly #staging: AseDatabase
  /** The rows until they are complete. */
  readonly temporary: string
  #rows = 0
  #open = true

  private constructor(path: string, tags: Tags, staging: AseDatabase) {
    this.path = path
    this.temporary = staging.path
    this.#tags = tags
    this.#staging = staging
  }

  /** A name for the rows of a run, from which the names of the files beside the database are made. */
  static nameOf(path: string, tags: Tags): string {
    return `${path}.${createHash('sha256').update(signatureOf(tags)).digest('hex').slice(0, 8)}`
  }

  /** The name of the rows of a run until they are complete. */
  static temporaryOf(path: string, tags: Tags): string {
    return `${DatabaseSink.nameOf(path, tags)}.partial`
  }

  /** Begins with no rows. Throws when the database can't take any. */
  static async open(path: string, tags: Tags): Promise<DatabaseSink> {
    if (existsSync(path)) {
      using database = await openAseDatabase(path)
      database.connection.transaction('immediate', () => undefined)
    }
    const temporary = DatabaseSink.temporaryOf(path, tags)
    await rm(temporary, { force: true }).catch((error: unknown) => {
      throw outputFileError('write', temporary, error)
    })
    const staging = await openAseDatabase(temporary)
    // Nobody else reads this file, and it is thrown away unless it is complete.
    staging.connection.exec('PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; BEGIN')
    return new DatabaseSink(path, tags, staging)
  }

  /** Adds the rows that `produce` serialized. */
  append(rowsText: Text): undefined {
    const rows = deserialize(rowsText as Uint8Array) as EncodedRow[]
    this.#staging.insertWithin(rows)
    this.#rows += rows.length
  }

  /** Puts the rows into the database in the place of those that have the same tags. */
  async end(): Promise<void> {
    if (!this.#open) return
    if (this.#rows === 0) this.#staging.addEmptyRun(signatureOf(this.#tags))
    this.#staging.connection.exec('COMMIT')
    this.#staging.close()
    this.#open = false
    const { temporary } = this
    try {
      if (!(await takeName(temporary, this.path))) await this.#addTo(this.path)
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      throw new DatabaseError(this.path, `${problem} (the new rows are kept in ${temporary})`, { cause: error })
    }
    // The rows are in; what can't be removed is removed by the next run that finds them.
    await rm(temporary, { force: true }).catch(() => undefined)
  }

  async #addTo(path: string): Promise<void> {
    using target = await openAseDatabase(path)
    const { replaceRows } = await import('./ase-db/replace-rows.js')
    replaceRows(target, this.temporary, selectionOfTags(this.#tags), signatureOf(this.#tags))
  }

  /** Gives the rows up; the database stays as it is. */
  async abandon(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    this.#staging.close()
    await rm(this.temporary, { force: true })
  }
}

/** Gives a complete database its name, durably; false if there is a file of that name. */
async function takeName(temporary: string, path: string): Promise<boolean> {
  if (existsSync(path)) return false
  const handle = await open(temporary, 'r+')
  await handle.sync().finally(() => handle.close())
  try {
    await link(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  await syncFolder(dirname(path))
  return true
}
