/**
 * Says which process was which rank when rank 0 dies without a word.
 *
 * A killed rank can say nothing, and takes all others along. MPICH's mpirun then names the host and the process id of the one
 * that went first, but not its rank. So a shell waits at the end of a pipe that only this process holds: when the pipe closes,
 * it prints the list of the ranks, once per job.
 */
import { spawn } from 'node:child_process'
import type { RankInfo } from './control.js'
import { placeText } from './job-end.js'

/** Prints its first argument when its input ends before a line came. */
const WAIT = 'read -r line || printf "%s\\n" "$0" >&2'

/** Begins to watch over this process; the result ends that, silently. */
export function announceDeath(ranks: readonly RankInfo[]): () => void {
  const list = ranks.map((info) => `${placeText(info)}: ${info.pid}`).join(', ')
  const text = `autopara: MPI the job was killed; the process ids of its ranks were: ${list}`
  const shell = spawn('sh', ['-c', WAIT, text], { detached: true, stdio: ['pipe', 'ignore', 'inherit'] })
  // Where there is no shell there is no notice.
  shell.on('error', () => {})
  shell.unref()
  shell.stdin.on('error', () => {})
  return () => void shell.kill('SIGKILL')
}
