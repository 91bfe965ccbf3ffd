/**
 * How a rank ends: in order with all others, or by ending the whole job at once.
 *
 * MPI has no way to go on without one of its ranks. So an uncaught error, an unhandled rejection or a non-zero exit code on
 * any rank ends the job with that code, and a line on stderr says which rank it was, where, and why. Runs in `exit`, the last
 * thing that Node calls, synchronously.
 */
import { writeSync } from 'node:fs'
import { inspect } from 'node:util'
import type { Comm } from './comm.js'
import type { RankInfo } from './control.js'
import { nap } from './poller.js'

/** How long the launcher gets to pass on what a rank said before it aborts, ms: MPICH's now and then drops what it has not. */
const PASS_ON = 100

/** What this process is in the job. */
export interface Place {
  readonly comm: Comm
  readonly info: RankInfo
}

/** `rank 2 on node17`. */
export function placeText({ rank, host }: Pick<RankInfo, 'rank' | 'host'>): string {
  return `rank ${rank} on ${host}`
}

/** A line on stderr, whatever state the program is in. */
export function say(text: string): void {
  try {
    writeSync(2, `autopara: MPI ${text}\n`)
  } catch {
    // Nobody listens any more.
  }
}

/** Ends all ranks with `code` (0 counts as 1), after saying why. */
export function abortJob({ comm, info }: Place, why: string, code: number): void {
  say(`${placeText(info)}: ${why}; the job is aborted`)
  nap(PASS_ON)
  comm.abort(code === 0 ? 1 : code)
  // Some libraries return for a moment before the launcher kills.
  process.exitCode = code === 0 ? 1 : code
}

/**
 * Watches over the end of this process.
 *
 * @param leave called at exit code 0: leaves MPI in order, or says why that can't be
 */
export function guardEnd(place: Place, leave: () => string | undefined): void {
  let uncaught: unknown
  process.on('uncaughtExceptionMonitor', (error) => {
    uncaught = error
    // Who is alive then has handled it.
    setImmediate(() => {
      uncaught = undefined
    })
  })
  process.on('exit', (code) => {
    if (code === 0) {
      const why = leave()
      if (why !== undefined) abortJob(place, why, 1)
      return
    }
    const why = uncaught === undefined ? `ends with exit code ${code}` : inspect(uncaught)
    abortJob(place, why, code)
  })
}
