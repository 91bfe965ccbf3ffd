/** Under mpirun, a script that never calls `init()` would run once per rank, each alone. */
import { envMpiPool } from '../base/env.js'
import { isMainProcess } from '../base/main-module.js'
import { providedWorkers } from '../pool/worker-provider.js'
import { MpiError } from './errors.js'
import { findLauncher } from './launcher.js'
import { reportedOnce } from './reported-once.js'

/** Rejects when `WFL_MPIPOOL` asks for MPI and `init()` has not been called. */
export async function requireInit(): Promise<void> {
  if (!envMpiPool() || !isMainProcess() || providedWorkers() !== undefined) return
  const text =
    'WFL_MPIPOOL is set, but init() of autopara/mpi was not called; await it at the start of the script, or unset WFL_MPIPOOL'
  throw await reportedOnce(new MpiError('AUTOPARA_MPI_NOT_INITIALISED', text), findLauncher())
}
