/** Runs a command's loop, and says at its end what came of it: a line for people, or with `--json` an object for machines. */
import { type AutoparaInfo, formatSummary, type LoopSummary, type ReusedSummary } from '../index.js'
import { autoparaOf, type LoopOptionValues } from './loop-options.js'
import { checkJsonPlace, printJson } from './print-json.js'

/**
 * Calls `run` with the loop's settings and returns the command's exit code: 1 when a configuration failed, also in an earlier run
 * whose finished output is taken.
 *
 * A loop that ends in an error prints no summary, which would name an output that there is not: the error's line is all.
 */
export async function runLoop(
  values: LoopOptionValues,
  run: (autopara: AutoparaInfo) => Promise<unknown>,
): Promise<number> {
  checkJsonPlace(values)
  let summary: LoopSummary | undefined
  let reused: ReusedSummary | undefined
  const autopara = await autoparaOf(values, {
    end: (end) => {
      summary = end
    },
    reused: (earlier) => {
      reused = earlier
    },
  })
  await run(autopara)
  if (values.json)
    printJson({ output: values.output, ...(summary && resultOf(summary)), ...(reused && earlierOf(reused)) })
  else if (summary) {
    process.stderr.write(`${formatSummary(summary)}${values.output === '-' ? '' : ` → ${values.output}`}\n`)
  }
  return (summary ?? reused)?.failed ? 1 : 0
}

/** What `--json` prints of an output that was done. */
function earlierOf(summary: ReusedSummary): object {
  const { op, failed, firstFailure = null, failureLog = null } = summary
  return { reused: true, op, failed, firstFailure, failureLog }
}

/** A summary as what `--json` prints of it; what there is none of is null. */
function resultOf(summary: LoopSummary): object {
  const { op, done, configs, failed, firstFailure = null, failureLog = null, seconds, rate, npool } = summary
  const { seed, seedDrawn } = summary
  const counts = { items: done, configurations: configs, failed, firstFailure, failureLog }
  return { reused: false, op, ...counts, seconds, rate, npool, seed, seedDrawn }
}
