/** A wrong start is wrong on every rank: rank 0 says so, and the others hold their tongue. */
import { MpiError } from './errors.js'
import type { Launcher } from './launcher.js'

/** How much later than rank 0 other ranks fail, ms: by then the launcher may have ended them. */
const LATER = 5_000

/** Gives `error` to be thrown; on other ranks than 0 late, or never, as this process ends with exit code 1. */
export async function reportedOnce(error: unknown, launcher: Launcher | undefined): Promise<unknown> {
  if ((launcher?.rank ?? 0) === 0) return error
  await new Promise((resolve) => setTimeout(resolve, LATER))
  // A library may be missing on this machine alone.
  if (error instanceof MpiError && error.code !== 'AUTOPARA_MPI_NO_LIBRARY') process.exit(1)
  return error
}
