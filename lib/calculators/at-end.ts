/**
 * What calculators have open is put in order at the end of the process: on exit, and on the SIGTERM of a pool that is
 * terminated. A process that is killed by SIGKILL, and a thread that is terminated, get to nothing any more: the programs
 * that they run are ended by the guardian, their folders stay.
 */
import { rmSync } from 'node:fs'

const cleanups = new Set<() => void>()

/** Calls `cleanup` at the end of this process; gives a function that takes it back. */
export function atEnd(cleanup: () => void): () => void {
  if (cleanups.size === 0) {
    process.on('exit', cleanUp)
    process.prependListener('SIGTERM', onTerminate)
  }
  cleanups.add(cleanup)
  return () => {
    if (!cleanups.delete(cleanup) || cleanups.size > 0) return
    process.off('exit', cleanUp)
    process.off('SIGTERM', onTerminate)
  }
}

/** Removes a folder in which a program may still be writing; what can't be removed stays. */
export function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  } catch {
    // It was of use to the calculation only.
  }
}

function cleanUp(): void {
  // What came last goes first, as with blocks: a program before its folder.
  for (const cleanup of [...cleanups].reverse()) cleanup()
}

/** Where nobody else listens the signal ends the process, as it would have without this listener. */
function onTerminate(): void {
  if (process.listenerCount('SIGTERM') > 1) return
  cleanUp()
  process.off('SIGTERM', onTerminate)
  process.kill(process.pid, 'SIGTERM')
}
