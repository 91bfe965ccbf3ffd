/** A pool of the ranks of an MPI job, for programs that want to say so. */
import { isLoadingMainInWorker } from '../base/main-module.js'
import { Pool } from '../pool/pool.js'
import type { PoolOptions } from '../pool/pool-options.js'
import { providedWorkers } from '../pool/worker-provider.js'
import { MpiError } from './errors.js'

/**
 * A {@link Pool} whose workers are the other ranks of the MPI job. After `init()`, `new Pool()` is the same; this class says
 * so in the code, and throws where there is no MPI instead of forking.
 */
export class MpiPool extends Pool {
  /** @throws {MpiError} `AUTOPARA_MPI_NOT_INITIALISED` */
  constructor(options: Omit<PoolOptions, 'processes' | 'context'> = {}) {
    if (!isLoadingMainInWorker() && providedWorkers() === undefined) {
      const text =
        'MpiPool needs MPI: await init() of autopara/mpi at the start of the script, with WFL_MPIPOOL set, under mpirun'
      throw new MpiError('AUTOPARA_MPI_NOT_INITIALISED', text)
    }
    super(options)
  }
}
