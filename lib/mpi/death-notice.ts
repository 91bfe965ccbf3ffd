/**
 * Says that this rank was killed, when it can no longer say so itself.
 *
 * MPICH's mpirun kills all ranks when one is lost, and then names a host and a process id: no rank, and on a busy machine not
 * even the process that went first. So a shell waits at the end of a pipe that only this rank holds, and prints a line when the
 * pipe closes. As all ranks are killed there is a line for each; that of the one that went first comes first.
 */
import { spawn } from 'node:child_process'
import type { RankInfo } from './control.js'
import { placeText } from './job-end.js'

/** Prints its argument when its input ends before a line came. */
const WAIT = 'read -r line || printf "%s\\n" "$0" >&2'

/** Begins to watch over this process, until it ends in a way that it knows of. */
export function announceDeath(info: RankInfo): void {
  const text = `autopara: MPI ${placeText(info)} (process ${info.pid}) was killed; all are when one is: the first such line counts`
  const shell = spawn('sh', ['-c', WAIT, text], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] })
  // Where there is no shell there is no notice.
  shell.on('error', () => {})
  shell.stdin.on('error', () => {})
  shell.unref()
  process.on('exit', () => void shell.kill('SIGKILL'))
}
