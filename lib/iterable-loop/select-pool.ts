/**
 * Which pool a loop runs on: this process (0), forked workers, or the ranks of an MPI job.
 *
 * Under MPI the number of workers is the launcher's matter: `npool` is ignored, except an explicit 0.
 */
import { envMpiPool } from '../base/env.js'
import { isMainProcess } from '../base/main-module.js'
import { MpiError } from '../mpi/errors.js'
import { Pool } from '../pool/pool.js'
import { providedWorkers } from '../pool/worker-provider.js'
import type { LoopSettings } from './autopara-info.js'

/** The pool of one loop, its workers starting. */
export function selectPool({ npool, npoolGiven, pool }: LoopSettings): Pool {
  const provider = providedWorkers()
  if (provider === undefined) {
    if (envMpiPool() && isMainProcess()) throw notInitialised()
    return new Pool({ ...pool, processes: npool })
  }
  if (npool === 0 && npoolGiven) return new Pool({ ...pool, processes: 0 })
  if (npool > 0) provider.ignored('npool', npool)
  return new Pool(pool)
}

/** Under mpirun each rank would run the whole script. */
function notInitialised(): MpiError {
  const text =
    'WFL_MPIPOOL is set, but init() of autopara/mpi was not called; await it at the start of the script, or unset WFL_MPIPOOL'
  return new MpiError('AUTOPARA_MPI_NOT_INITIALISED', text)
}
