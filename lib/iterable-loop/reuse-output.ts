/** An operation that need not run, because its output is there. */
import { stat } from 'node:fs/promises'
import { tell } from '../base/tell.js'
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { ConfigSetOut } from '../configset/configset-out.js'
import type { PlacedFile } from '../configset/placed-file.js'
import { FailureLog } from './failures.js'
import type { ProgressSink, ReusedSummary } from './progress-sink.js'
import { whyNoRerun } from './rerun-failed.js'

/**
 * The outputs of an earlier run, with a line that says so, and warnings when configurations failed in it or an input is
 * newer. `sink` is told what failed.
 */
export async function reuseOutput(
  out: ConfigSetOut,
  opName: string,
  inputs: readonly PlacedFile[],
  sink: ProgressSink = {},
): Promise<ConfigSetIn> {
  tell(`autopara: ${opName} not run, since its output is done: ${out.outputFiles.join(', ')}\n`)
  const summary = reusedSummary(out, opName)
  if (summary.failed > 0) tell(`autopara: warning: ${failuresText(out, summary)}\n`)
  const times = (paths: readonly string[]): Promise<number[]> =>
    Promise.all(paths.map(async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0))
  const [changed, made] = await Promise.all([
    times(inputs.map(({ place }) => place)),
    times(out.outputFiles.map((path) => out.namesOf(path).file.place)),
  ])
  const oldest = Math.min(...made)
  const newer = inputs.filter((_, k) => (changed[k] as number) > oldest).map(({ path }) => path)
  if (newer.length > 0) tell(`autopara: warning: ${newer.join(', ')} changed after that; use force to compute anew\n`)
  sink.reused?.(summary)
  return out.toConfigSetIn()
}

/** What the failure logs of the outputs say. */
function reusedSummary(out: ConfigSetOut, op: string): ReusedSummary {
  const logs = out.outputFiles.map((path) => FailureLog.of(out, path))
  const failures = logs.flatMap((log) => log.records().map((record) => ({ record, log: log.path })))
  const [first] = failures
  const { index = 0, location = '', error } = first?.record ?? {}
  return {
    op,
    failed: failures.length,
    firstFailure: error && { index, location, message: error.message },
    failureLog: first?.log,
  }
}

function failuresText(out: ConfigSetOut, { failed, firstFailure, failureLog }: ReusedSummary): string {
  const first = firstFailure ? `, the first at${firstFailure.location}: ${firstFailure.message}` : ''
  const again = whyNoRerun(out) === undefined ? 'rerunFailed (--rerun-failed) runs these again, ' : ''
  return `${failed} failed in the run that made it${first} (all in ${failureLog}); ${again}force (--force) all`
}
