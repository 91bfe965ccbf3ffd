/** What a run leaves that is killed between the completion of an output and its own end: files that nobody needs. */
import { existsSync, rmSync } from 'node:fs'
import type { ConfigSetOut } from '../configset/configset-out.js'
import { lockOutput } from '../configset/output-lock.js'
import { FailureLog } from './failures.js'

/** Removes what stands beside outputs that are complete, unless another run is at them. */
export async function removeLeftovers(out: ConfigSetOut): Promise<void> {
  for (const path of out.outputFiles) {
    const { base } = out.namesOf(path)
    const files = [...leftoversOf(out, path), ...FailureLog.of(out, path).leftovers, `${base}.lock`]
    if (!files.some((file) => existsSync(file))) continue
    try {
      const unlock = await lockOutput(base)
      sweep(out, path)
      await unlock()
    } catch {
      // Another run is at work, or nothing may be changed here: the output is complete all the same.
    }
  }
}

/** Removes what stands beside the complete output at `path`. Only for who holds its lock. */
export function sweep(out: ConfigSetOut, path: string): void {
  FailureLog.of(out, path).recover()
  for (const file of leftoversOf(out, path)) rmSync(file, { force: true })
}

function leftoversOf(out: ConfigSetOut, path: string): string[] {
  const { temporary, journal } = out.namesOf(path)
  return [journal, `${journal}.new`, temporary]
}
