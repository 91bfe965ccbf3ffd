/**
 * Who started this process as a part of an MPI job, by what launchers leave in the environment.
 *
 * `mpirun.mpich` inside `sbatch` sets both PMI and PMIX variables, so PMI is asked first.
 */
import { envLauncher } from '../base/env.js'
import type { Family } from './abi.js'

/** What is known of the launcher. */
export interface Launcher {
  /** The family that its ranks must use, as far as it can be told. */
  readonly family: Family | undefined
  /** Its name, for messages. */
  readonly label: string
  /** How many ranks it started, if it says so. */
  readonly size: number | undefined
  /** Which one this is, if it says so. */
  readonly rank: number | undefined
  /** The descriptor over which the ranks find each other, where it is an inherited one. */
  readonly descriptor: number | undefined
  /** When a rank is killed, the launcher does not say which one it was. */
  readonly losesRanks: boolean
}

/** The launcher of this process, or undefined: it was started by itself. */
export function findLauncher(variables: ReturnType<typeof envLauncher> = envLauncher()): Launcher | undefined {
  const { openMpi, pmi, pmix, slurm } = variables
  if (openMpi.size !== undefined) {
    return { family: 'openmpi', label: "Open MPI's mpirun", ...openMpi, descriptor: undefined, losesRanks: false }
  }
  if (pmi.rank !== undefined || pmi.fd !== undefined || pmi.local !== undefined) {
    const label = slurm.size === undefined ? "MPICH's mpirun" : 'srun (PMI)'
    const [size, rank] = [pmi.size ?? slurm.size, pmi.rank ?? slurm.rank]
    return { family: 'mpich', label, size, rank, descriptor: pmi.fd, losesRanks: true }
  }
  if (pmix.rank !== undefined) {
    const own = { size: slurm.size, rank: pmix.rank, descriptor: undefined, losesRanks: false }
    return { family: 'openmpi', label: 'srun (PMIx)', ...own }
  }
  if ((slurm.size ?? 1) > 1) {
    return { family: undefined, label: 'srun', ...slurm, descriptor: undefined, losesRanks: false }
  }
  return undefined
}
