/**
 * Initializer `limit-threads`: one thread (or a few) for the numerical libraries of each worker, so that N workers use N CPUs.
 *
 *     new Pool({ initializer: 'limit-threads' })
 *     new Pool({ initializer: [['limit-threads', 2]] })
 *
 * The libraries read these variables when they are loaded, Node's own pool of threads when it is first used: they are set
 * before the process starts. Python started by a worker (AseCalculator) inherits them. In a serial run nothing is set.
 */
import { currentWorker } from '../lib/base/current-worker.js'
import { checkInteger } from '../lib/base/options.js'

const variables = [
  'OMP_NUM_THREADS',
  'MKL_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'BLIS_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS',
  'NUMEXPR_NUM_THREADS',
  'UV_THREADPOOL_SIZE',
]

function settings(threads: number): Record<string, string> {
  checkInteger('threads', threads, 1, 'a positive integer')
  return Object.fromEntries(variables.map((name) => [name, String(threads)]))
}

/** The variables of a worker that is about to start. @param threads per worker; default 1 */
export function spawn(_worker: unknown, threads = 1): { env: Record<string, string> } {
  return { env: settings(threads) }
}

/** For workers that something else started (MPI): the variables still reach libraries and programs loaded later. */
export default function limitThreads(threads = 1): void {
  const env = settings(threads)
  const context = currentWorker()?.context
  if (context !== undefined && context !== 'serial') Object.assign(process.env, env)
}
