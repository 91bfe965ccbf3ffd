// The input of emt-job.mjs: rattled fcc Cu, 64 atoms each.
import { join } from 'node:path'
import { bulk, Rng, write } from 'autopara'

export async function makeInput(folder) {
  const configs = Array.from({ length: 1000 }, (_, i) => {
    const atoms = bulk('Cu', { cubic: true }).repeat([4, 2, 2])
    atoms.rattle(0.05, new Rng(1).spawn(i))
    return atoms
  })
  await write(join(folder, 'in.xyz'), configs)
}
