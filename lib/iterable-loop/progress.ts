/** What a loop tells about itself while it runs and when it ends, and which sink shows it. */
import { envProgress } from '../base/env.js'

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
  /** Workers that have work in hand, and how many there are; 1 when the loop runs in this process. */
  readonly busy: number
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

/** Receives the progress of a loop. */
export interface ProgressSink {
  /** Called when the loop begins, with the operation's name; `state()` says at any time how far it is. */
  start?(op: string, state: () => ProgressState): void
  /** Called while it runs, after each chunk of results. */
  update?(state: ProgressState): void
  /** Called also when the loop fails: then with the state reached, before the error is thrown. */
  end?(summary: LoopSummary): void
}

/**
 * `true`: shown; `'auto'`: shown on a terminal, or as `AUTOPARA_PROGRESS` says; a sink shows it itself; false: nothing at all.
 * Default: as the variable says; without it only a last line on stderr, when the loop drew its own seed.
 */
export type ProgressOption = boolean | 'auto' | ProgressSink

/** The sink that an option asks for. */
export async function progressSink(option: ProgressOption | undefined): Promise<ProgressSink> {
  if (typeof option === 'object') return option
  const shown = option ?? envProgress() ?? false
  const visible = shown === 'auto' ? (envProgress() ?? true) : shown
  if (!visible) return {}
  const { barSink, lineSink } = await import('./progress-sinks.js')
  return process.stderr.isTTY ? barSink() : lineSink()
}

/** The sink of a loop: that of {@link progressSink}, and a last line, which names a seed that was drawn. */
export async function loopSink(option: ProgressOption | undefined): Promise<ProgressSink> {
  if (typeof option === 'object') return option
  const sink = await progressSink(option)
  const wish = option ?? envProgress()
  if (wish === false) return sink
  return {
    ...sink,
    end: (summary) => {
      sink.end?.(summary)
      if (wish !== undefined || summary.seedDrawn) process.stderr.write(`${formatSummary(summary)}\n`)
    },
  }
}

/** One line for people: what ran, how fast, what failed. */
export function formatSummary({
  op,
  done,
  configs,
  seconds,
  rate,
  npool,
  failed,
  firstFailure,
  failureLog,
  seed,
}: LoopSummary): string {
  const where = npool === 0 ? 'serially' : `with ${npool} process${npool === 1 ? '' : 'es'}`
  const first = firstFailure
    ? `; ${failed} failed, the first at${firstFailure.location}: ${firstFailure.message}${failureLog ? ` (all in ${failureLog})` : ''}`
    : ''
  return `${op}: ${done} items → ${configs} configurations ${where} in ${seconds.toFixed(2)} s (${rate.toFixed(0)}/s), seed ${seed}${first}`
}
