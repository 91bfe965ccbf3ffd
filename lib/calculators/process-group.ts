/**
 * A program that runs in a process group of its own (`detached: true`), so that what it starts can be ended with it: by a
 * limit of time, and at the end of this process, however that comes.
 */
import type { ChildProcess } from 'node:child_process'
import { guardGroup, releaseGroup } from '../pool/guardian.js'
import { atEnd } from './at-end.js'

/** Ends the group with this process; gives a function to be called when the program has ended. */
export function keepGroup(leader: ChildProcess): () => void {
  const { pid = 0 } = leader
  guardGroup(pid)
  const forget = atEnd(() => killGroup(leader))
  return () => {
    forget()
    releaseGroup(pid)
  }
}

/** Kills the program, and what it started. */
export function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}
