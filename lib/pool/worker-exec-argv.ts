/**
 * Which of the parent's Node flags its workers get: loaders, permissions and limits, but nothing that names what to run, opens
 * a debugger's port, or writes a file per process.
 */

/** Dropped with the argument that follows them. */
const dropWithValue = new Set([
  '-e',
  '--eval',
  '-p',
  '--print',
  '-pe',
  '--input-type',
  '--inspect-port',
  '--watch-path',
  '--cpu-prof-dir',
  '--cpu-prof-interval',
  '--cpu-prof-name',
  '--heap-prof-dir',
  '--heap-prof-interval',
  '--heap-prof-name',
  '--run',
])
const drop = /^(--inspect|--test|--watch|--cpu-prof|--heap-prof|--experimental-test|--debug-port)/
const dropExactly = new Set(['-i', '--interactive', '-c', '--check'])

/** Node flags for a worker process: `parent`'s, as far as they make sense there. */
export function workerExecArgv(parent: readonly string[] = process.execArgv): string[] {
  const kept: string[] = []
  for (let i = 0; i < parent.length; i++) {
    const flag = parent[i] as string
    if (dropWithValue.has(flag)) i++
    else if (!drop.test(flag) && !dropExactly.has(flag) && !/^(--eval|--print|--input-type|--run)=/.test(flag))
      kept.push(flag)
  }
  return kept
}
