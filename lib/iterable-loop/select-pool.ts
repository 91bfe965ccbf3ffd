/**
 * Which pool a loop runs on: one that it is given, or one of its own, that is this process (0), forked workers, or the ranks of
 * an MPI job.
 *
 * Under MPI the number of workers is the launcher's matter: `npool` is ignored, except an explicit 0.
 */
import { InitializerError } from '../pool/initializer-error.js'
import { Pool } from '../pool/pool.js'
import { PoolNotRunningError } from '../pool/pool-errors.js'
import { providedWorkers } from '../pool/worker-provider.js'
import type { LoopSettings } from './autopara-info.js'

/** A pool, and how the loop leaves it. */
export interface SelectedPool {
  readonly pool: Pool
  /** The loop is over; `complete`: with all of its results. */
  leave(complete: boolean): Promise<void>
}

/** The pool of one loop; the workers of one that was not given are starting. */
export function selectPool(settings: LoopSettings): SelectedPool {
  if (settings.pool) return { pool: settings.pool, leave: () => Promise.resolve() }
  const pool = ownPool(settings)
  return {
    pool,
    async leave(complete) {
      if (complete) pool.close()
      else await pool.terminate()
      await pool.join()
    },
  }
}

function ownPool({ npool, npoolGiven, poolOptions }: LoopSettings): Pool {
  const provider = providedWorkers()
  if (provider === undefined || (npool === 0 && npoolGiven)) return new Pool({ ...poolOptions, processes: npool })
  if (npool > 0) provider.ignored('npool', npool)
  return new Pool(poolOptions)
}

/**
 * Throws for a given pool that takes no work.
 *
 * @throws {PoolNotRunningError} after `close` or `terminate`
 * @throws {InitializerError} when none of its workers can be had
 */
export async function checkRunning({ pool }: LoopSettings): Promise<void> {
  if (pool === undefined || pool.state === 'run') return
  if (pool.state === 'terminate')
    await pool.ready().catch((error: unknown) => {
      if (error instanceof InitializerError) throw error
    })
  throw new PoolNotRunningError('`pool` is not running: it was closed or terminated before the loop began')
}
