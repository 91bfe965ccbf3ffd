/** Which sink shows a loop's progress, and the last line. */
import { envProgress } from '../base/env.js'
import { tell } from '../base/tell.js'
import type { LoopSummary, ProgressSink } from './progress-sink.js'

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
      if (wish !== undefined || summary.seedDrawn) tell(`${formatSummary(summary)}\n`)
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
