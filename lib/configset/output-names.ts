/** The names of an output, and of the files that stand beside it while it is made. */
import { DatabaseSink, type Tags } from './database-sink.js'
import { FileSink } from './file-sink.js'
import type { PlacedFile } from './placed-file.js'
import { RunJournal } from './run-journal.js'

/** Where an output and what stands beside it are. */
export interface OutputNames {
  /** The file that is written; where the output is a symbolic link, that to which it leads. */
  readonly file: PlacedFile
  /** By what its log and its lock are named: in a database, which other runs write too, by the rows. */
  readonly base: string
  /** `base` as people are told it. */
  readonly shownBase: string
  /** What is written until it is complete; the output itself where that is written in place. */
  readonly temporary: string
  readonly journal: string
}

/** The names for the output `file`; `tags` where it is a database. */
export function outputNames(file: PlacedFile, tags: Tags | undefined, allOrNone: boolean): OutputNames {
  const { path, place } = file
  return {
    file,
    base: tags ? DatabaseSink.nameOf(place, tags) : place,
    shownBase: tags ? DatabaseSink.nameOf(path, tags) : path,
    temporary: tags ? DatabaseSink.temporaryOf(place, tags) : allOrNone ? FileSink.temporaryOf(place) : place,
    journal: RunJournal.pathOf(place),
  }
}
