/**
 * Which pool a loop runs on: this process (0), forked workers, or the ranks of an MPI job.
 *
 * Under MPI the number of workers is the launcher's matter: `npool` is ignored, except an explicit 0.
 */
import { Pool } from '../pool/pool.js'
import { providedWorkers } from '../pool/worker-provider.js'
import type { LoopSettings } from './autopara-info.js'

/** The pool of one loop, its workers starting. */
export function selectPool({ npool, npoolGiven, pool }: LoopSettings): Pool {
  const provider = providedWorkers()
  if (provider === undefined || (npool === 0 && npoolGiven)) return new Pool({ ...pool, processes: npool })
  if (npool > 0) provider.ignored('npool', npool)
  return new Pool(pool)
}
