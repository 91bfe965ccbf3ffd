/** What a loop tells about itself while it runs and when it ends. */

/** How far a loop is. */
export interface ProgressState {
  /** Items finished, the failed ones included. */
  done: number
  /** Items that failed. */
  failed: number
  /** Configurations written. */
  configs: number
  /** The share of the input that is finished, 0 … 1, where it can be told. */
  fraction: number | undefined
  /** Items a second since the start. */
  rate: number
  /** Seconds to the end, at the rate so far, where it can be told. */
  left: number | undefined
  /** Workers that have work in hand. */
  readonly busy: number
  /** How many workers there are; 1 when the loop runs in this process. */
  workers: number
}

/** How a loop ended. */
export interface LoopSummary extends Pick<ProgressState, 'done' | 'failed' | 'configs' | 'rate'> {
  /** The operation's name. */
  op: string
  /** How long the loop took, s. */
  seconds: number
  /** Worker processes; 0: serial. */
  npool: number
  /** The seed of the items' random streams. */
  seed: number | string
  /** Whether the loop drew the seed itself. */
  seedDrawn: boolean
  /** The first failure in input order. */
  firstFailure: { index: number; location: string; message: string } | undefined
  /** Where the failures are listed. */
  failureLog: string | undefined
}

/** What is left of an earlier run whose finished output is taken. */
export type ReusedSummary = Pick<LoopSummary, 'op' | 'failed' | 'firstFailure' | 'failureLog'>

/** Receives the progress of a loop. */
export interface ProgressSink {
  /** Called when the loop begins, with the operation's name; `state()` says at any time how far it is. */
  start?(op: string, state: () => ProgressState): void
  /** Called while it runs, after each chunk of results. */
  update?(state: ProgressState): void
  /** Called also when the loop fails: then with the state reached, before the error is thrown. */
  end?(summary: LoopSummary): void
  /** Called instead of all others when nothing runs, since the output is done: the failures are those of the run that made it. */
  reused?(summary: ReusedSummary): void
}
