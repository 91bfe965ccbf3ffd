/**
 * Ctrl-C: the first lets what runs finish and rejects the rest, the second kills.
 *
 * Handlers are installed only while calls are pending. When the program has no SIGINT listener of its own, the signal is
 * raised again at its end, so that a shell sees what ended it (130); until then it may close its files.
 */

/** A pool, as far as an interruption matters to it. */
export interface Interruptible {
  /** Begin nothing more; reject the rest with an InterruptedError. */
  interrupt(): void
  /** Kill the workers at once. */
  kill(): void
}

const busy = new Set<Interruptible>()
let interrupted = false
let raiseAtExit = false

/** The pool has pending calls, or no longer. */
export function listenForInterrupt(pool: Interruptible, pending: boolean): void {
  const had = busy.size > 0
  if (pending) busy.add(pool)
  else busy.delete(pool)
  if (!had && busy.size > 0) process.prependListener('SIGINT', onInterrupt)
  if (had && busy.size === 0) {
    process.off('SIGINT', onInterrupt)
    interrupted = false
  }
}

function onInterrupt(): void {
  // First in line, so that a listener of the program's that hears it only once still counts.
  const alone = process.listenerCount('SIGINT') === 1
  if (interrupted) {
    for (const pool of [...busy]) pool.kill()
    if (alone) raise()
    return
  }
  interrupted = true
  if (alone && !raiseAtExit) {
    raiseAtExit = true
    process.once('exit', raise)
  }
  for (const pool of [...busy]) pool.interrupt()
}

function raise(): void {
  process.off('SIGINT', onInterrupt)
  process.kill(process.pid, 'SIGINT')
}
