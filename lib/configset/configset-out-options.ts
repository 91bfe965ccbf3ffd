/**
 * The options of an output, checked: a bag comes in, a record of what the output works with goes out.
 */
import type { InfoValue } from '../base/ndarray.js'
import { checkBoolean, checkKeys, optionalNonNegative, rangeError, typeError } from '../base/options.js'
import { checkTags, type Tags } from './database-sink.js'
import { STDIO } from './input-file-error.js'
import { type OutputFilesOption, OutputTargets } from './output-targets.js'
import type { InfoAdditions, OutputForm } from './produced.js'

/** The options of `ConfigSetOut`. Without `outputFiles` and `db` the configurations are kept in memory. */
export interface ConfigSetOutOptions {
  /** One path, or a map from input file (as iterated, its file root included) to output file; `-` is standard output. */
  outputFiles?: OutputFilesOption
  /** An ASE database, made when it doesn't exist, to which the configurations are added with `setTags` as key-value pairs. */
  db?: string
  /** Put before every relative output path. */
  fileRoot?: string
  /** Set in the `info` of every configuration that is written. A database needs some: the rows with these tags are the output. */
  setTags?: Record<string, InfoValue>
  /** A key of `info` under which each configuration's location (' / 0 / 3') is written. Default: it is not written. */
  locationKey?: string
  /** Write to `NAME.partial`, renamed when complete (default true). False: write in place, and refuse an existing file without `force`. */
  allOrNone?: boolean
  /** Compute anew although the outputs exist, and replace them (in a database: the rows with the tags) at the end (default false). */
  force?: boolean
  /**
   * Keep a journal `NAME.journal` beside the temporary file, so that a run that was broken off goes on where it stopped
   * when the loop is run again (default false). Only for loops, not for `ConfigSetOut.write`, and not for a database.
   */
  resume?: boolean
  /**
   * For how long (ms) less than 1 MiB of finished results may wait before they are written to the file, and to the journal.
   * Default 100; 0 writes each as soon as it is finished.
   */
  flushInterval?: number
}

const OPTIONS = [
  'outputFiles',
  'db',
  'fileRoot',
  'setTags',
  'locationKey',
  'allOrNone',
  'force',
  'resume',
  'flushInterval',
] as const

/** What an output works with. */
export interface OutputSettings {
  /** The files that are written; undefined for memory. */
  targets: OutputTargets | undefined
  /** The tags of the rows, where the output is a database. */
  tags: Tags | undefined
  form: OutputForm
  additions: InfoAdditions
  allOrNone: boolean
  force: boolean
  resume: boolean
  flushInterval: number | undefined
}

/** Checks the options. Throws TypeError and RangeError. */
export function resolveOutputOptions(options: ConfigSetOutOptions): OutputSettings {
  checkKeys(options, OPTIONS, 'ConfigSetOut')
  const { outputFiles, db, fileRoot = '', setTags, locationKey } = options
  if (setTags !== undefined && (typeof setTags !== 'object' || setTags === null))
    throw typeError('setTags', 'a record of info values', setTags)
  if (locationKey !== undefined && (typeof locationKey !== 'string' || locationKey === ''))
    throw typeError('locationKey', 'a key of info', locationKey)
  if (db !== undefined && typeof db !== 'string') throw typeError('db', 'the path of a database', db)
  if (db !== undefined && outputFiles !== undefined) throw typeError('db', 'absent where `outputFiles` is given', db)
  if (db === STDIO) throw rangeError('db', 'a file; only extended XYZ goes to standard output', db)
  if (db === '') throw rangeError('db', 'the path of a database', db)
  const allOrNone = checkBoolean('allOrNone', options.allOrNone, true)
  const resume = checkBoolean('resume', options.resume, false)
  const place = db ?? outputFiles
  const targets = place === undefined ? undefined : new OutputTargets(place, fileRoot)
  if (db !== undefined && !allOrNone)
    throw rangeError('allOrNone', 'true for a database, whose rows are added in one transaction', false)
  if (resume && (!targets || db !== undefined || !allOrNone || targets.paths.includes(STDIO))) {
    throw rangeError(
      'resume',
      'false for memory, databases, standard output and `allOrNone: false`: only temporary files can be gone on with',
      true,
    )
  }
  return {
    targets,
    tags: db === undefined ? undefined : checkTags(setTags),
    form: db !== undefined ? 'rows' : targets ? 'extxyz' : 'atoms',
    additions: { setTags, locationKey },
    allOrNone,
    force: checkBoolean('force', options.force, false),
    resume,
    flushInterval: optionalNonNegative('flushInterval', options.flushInterval),
  }
}
