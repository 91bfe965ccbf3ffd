/**
 * Loads a module for its tasks. What it starts on the way does nothing in a worker (see base/main-module.ts), so that a script
 * which another module imports doesn't run again in each worker; a module that waits for it at its top level is an error.
 */
import { deferred } from '../../base/deferred.js'
import { isMainProcess, loadingModule } from '../../base/main-module.js'
import { BootstrapError } from '../task-errors.js'

/** How long a module may still go on after it asked something of a pool, ms. */
const quietTime = 2000

/** Imports `url`; rejects with what it throws. */
export async function taskModule(url: string, name: string): Promise<Record<string, unknown>> {
  const load = (): Promise<Record<string, unknown>> => import(url)
  if (isMainProcess()) return await load()
  const stuck = deferred<never>()
  let timer: NodeJS.Timeout | undefined
  const reached = (what: 'pool' | 'call'): void => {
    if (what === 'call') timer ??= setTimeout(() => stuck.reject(waiting(url, name)), quietTime)
  }
  return await Promise.race([loadingModule({ reached }, load), stuck.promise]).finally(() => clearTimeout(timer))
}

function waiting(url: string, name: string): BootstrapError {
  const text = `${name} can't be had in a worker: ${url}, or a module that it imports, waits at its top level for a pool`
  return new BootstrapError(name, url, `${text}; move ${name} to a file that imports no such module`)
}
