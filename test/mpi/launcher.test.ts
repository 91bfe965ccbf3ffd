import { describe, expect, it } from 'vitest'
import type { LauncherVariables } from '../../lib/base/env.js'
import { findLauncher } from '../../lib/mpi/launcher.js'

const none = { size: undefined, rank: undefined }

/** What is found where only these variables are set. */
function found(variables: { [K in keyof LauncherVariables]?: Partial<LauncherVariables[K]> }) {
  return findLauncher({
    openMpi: { ...none, ...variables.openMpi },
    pmi: { ...none, fd: undefined, local: undefined, ...variables.pmi },
    pmix: { rank: undefined, ...variables.pmix },
    slurm: { ...none, ...variables.slurm },
  })
}

describe('the launcher', () => {
  it('is none where nothing says so, and for one process of Slurm', () => {
    expect(found({})).toBeUndefined()
    expect(found({ slurm: { size: 1, rank: 0 } })).toBeUndefined()
  })

  it("is Open MPI's, whatever else is set", () => {
    const launcher = found({ openMpi: { size: 4, rank: 2 }, pmi: { rank: 0 }, pmix: { rank: 2 }, slurm: { size: 1 } })
    expect(launcher).toMatchObject({ family: 'openmpi', size: 4, rank: 2 })
  })

  it('is of PMI where PMI and PMIx are set, as by mpirun.mpich inside sbatch', () => {
    const launcher = found({ pmi: { size: 3, rank: 1, fd: 9 }, pmix: { rank: 0 }, slurm: { size: 1, rank: 0 } })
    expect(launcher).toMatchObject({ family: 'mpich', size: 3, rank: 1, descriptor: 9 })
  })

  it('is srun with PMIx, by whose number of tasks the ranks are counted', () => {
    const launcher = found({ pmix: { rank: 1 }, slurm: { size: 8, rank: 1 } })
    expect(launcher).toMatchObject({ family: 'openmpi', size: 8, rank: 1 })
  })

  it('is srun without any MPI, which is a mismatch later', () => {
    expect(found({ slurm: { size: 8, rank: 1 } })).toMatchObject({ family: undefined, size: 8, rank: 1 })
  })
})
