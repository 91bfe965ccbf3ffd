/** How a run begins to write its outputs. */
import type { RunIdentity } from './run-journal.js'

/** What goes with each output file and must change together with it, such as a log. */
export interface Companion {
  /** The output at `path` is about to be completed: its temporary file holds everything. */
  prepare(path: string): void
  /** The output at `path` is complete. */
  settle(path: string): void
}

/** How a run begins. */
export interface BeginOptions {
  /** What run it is, for one that can be resumed. */
  identity?: RunIdentity | undefined
  /** Finished outputs are made anew, and replaced at the end. */
  replace?: boolean
  companion?: Companion
}
