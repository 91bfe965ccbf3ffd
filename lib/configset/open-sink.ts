/** What an output is written to: a file, a database or standard output. */
import type { ByteSink } from './byte-sink.js'
import { DatabaseSink, type Tags } from './database-sink.js'
import { FileSink } from './file-sink.js'
import { STDIO } from './input-file-error.js'
import type { OutputNames } from './output-names.js'
import { type RunIdentity, RunJournal, type RunRecord } from './run-journal.js'
import { StdoutSink } from './stdout-sink.js'

/** How an output is written. */
export interface SinkSettings {
  /** The output as its user named it. */
  readonly name: string
  /** Of the rows, where it is a database. */
  readonly tags: Tags | undefined
  readonly flushInterval: number | undefined
  /** What run it is, where that is to be gone on with. */
  readonly identity: RunIdentity | undefined
  /** How far a broken-off run came. */
  readonly record: RunRecord | undefined
}

/** Opens an output: empty, or behind what a broken-off run wrote. */
export async function openSink(names: OutputNames, settings: SinkSettings): Promise<ByteSink> {
  const { path: shown, place } = names.file
  const { name, tags, flushInterval, identity, record } = settings
  if (tags) return DatabaseSink.open(place, tags)
  if (place === STDIO) return new StdoutSink()
  const file = { flushInterval, shown, gzip: name.endsWith('.gz') }
  if (identity)
    return FileSink.open(place, {
      ...file,
      journal: { journal: await RunJournal.open(place, identity, record), record },
    })
  // That of an earlier run would go with this run's temporary file.
  await RunJournal.discard(names.journal)
  return FileSink.open(place, { ...file, inPlace: names.temporary === place })
}
