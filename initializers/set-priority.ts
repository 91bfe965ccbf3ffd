/**
 * Initializer `set-priority`: how the operating system schedules the worker.
 *
 *     new Pool({ initializer: 'set-priority', initargs: [10] })       // like `nice -n 10`
 *
 * In a serial run, and in a thread (which shares its process's priority), it does nothing.
 */
import { setPriority } from 'node:os'
import { currentWorker } from '../lib/base/current-worker.js'
import { checkInteger, rangeError } from '../lib/base/options.js'

/** @param nice -20 (first) … 19 (last), 10 if left out; lowering it below the program's own takes privileges */
export default function setWorkerPriority(nice = 10): void {
  checkInteger('nice', nice, -20, 'an integer from -20 to 19')
  if (nice > 19) throw rangeError('nice', 'an integer from -20 to 19', nice)
  const context = currentWorker()?.context
  if (context === undefined || context === 'serial' || context === 'thread') return
  setPriority(nice)
}
