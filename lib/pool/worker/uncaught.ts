/**
 * What an uncaught error does to a worker: it ends it, after a last word to the pool.
 *
 * Except where it comes from the second instance of the main module: that is not the worker's work. A server that is started
 * there finds its port taken, a watcher its lock: the program itself has them.
 */
import { isLoadingMainInWorker } from '../../base/main-module.js'
import type { WorkerSession } from './session.js'

/** Sees to the uncaught errors of a worker, and to its last words. */
export function watchUncaught(session: WorkerSession): void {
  process.on('uncaughtException', (error: unknown) => {
    if (isLoadingMainInWorker()) {
      console.error(
        `autopara: uncaught where a worker loads the main module again (isMainProcess() can guard it): ${error}`,
      )
      return
    }
    console.error(error)
    session.lastWords(error)
    process.exit(1)
  })
  process.on('exit', () => session.lastWords())
}
