/** The names of the files that stand beside an output while it is made. */
import { DatabaseSink, type Tags } from './database-sink.js'
import { FileSink } from './file-sink.js'
import { RunJournal } from './run-journal.js'

/** Names beside an output. */
export interface OutputNames {
  /** By what its log and its lock are named: in a database, which other runs write too, by the rows. */
  readonly base: string
  /** What is written until it is complete; the output itself where that is written in place. */
  readonly temporary: string
  readonly journal: string
}

/** The names for the output at `path`; `tags` where it is a database. */
export function outputNames(path: string, tags: Tags | undefined, allOrNone: boolean): OutputNames {
  return {
    base: tags ? DatabaseSink.nameOf(path, tags) : path,
    temporary: tags ? DatabaseSink.temporaryOf(path, tags) : allOrNone ? FileSink.temporaryOf(path) : path,
    journal: RunJournal.pathOf(path),
  }
}
