/**
 * Which pool a loop runs on: this process (0), forked workers, or the ranks of an MPI job.
 */
import { Pool } from '../pool/pool.js'
import type { LoopSettings } from './autopara-info.js'

/** The pool of one loop, its workers starting. */
export function selectPool({ npool, pool }: LoopSettings): Pool {
  return new Pool({ ...pool, processes: npool })
}
