// Molecular dynamics of ten thousand atoms beside serial LAMMPS: the same number of atoms at the same density, temperature,
// cutoff, skin and time step. In turns, so that both see the same machine.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bulk, EMT, LennardJones, VelocityVerlet } from 'autopara'
import { cpuSince } from '../timing.mjs'
import { argon, withMomenta } from './cases.mjs'

const SYSTEMS = [
  {
    what: 'Lennard-Jones, 10,192 Ar atoms',
    crystal: { a: 5.26, repeat: [14, 14, 13], symbol: 'Ar', temperature: 80 },
    make: () => new LennardJones({ ...argon, rc: 8.5 }),
    input: `mass 1 39.948
velocity all create 80 87287
pair_style lj/cut 8.5
pair_coeff 1 1 0.0104 3.4
neighbor 0.85 bin`,
    bar: 1 / 2.5,
    aim: 1 / 1.5,
  },
  {
    what: 'EMT, 10,140 Cu atoms (LAMMPS: `eam`, whose functions are tables)',
    crystal: { a: 3.61, repeat: [13, 13, 15], symbol: 'Cu', temperature: 1200 },
    make: () => new EMT(),
    input: `pair_style eam
pair_coeff * * /usr/share/lammps/potentials/Cu_u3.eam
mass 1 63.546
velocity all create 1200 87287
neighbor 0.5 bin`,
    bar: 1 / 3,
    aim: 1 / 2,
  },
]

/** Rows `{ what, own, control, bar, aim }`, seconds an atom and step. */
export async function againstLammps({ lammps, rounds, steps }) {
  const rows = []
  for (const { what, crystal, make, input, bar, aim } of SYSTEMS) {
    const { a, repeat, symbol, temperature } = crystal
    const atoms = withMomenta(bulk(symbol, { cubic: true, a }).repeat(repeat), temperature)
    const dynamics = new VelocityVerlet(atoms, make(), { dt: 2 })
    await dynamics.run(steps / 2)
    let own = Number.POSITIVE_INFINITY
    let control = Number.POSITIVE_INFINITY
    for (let round = 0; round < rounds; round++) {
      const begin = process.cpuUsage()
      await dynamics.run(steps)
      own = Math.min(own, cpuSince(begin) / steps / atoms.length)
      control = Math.min(control, lammpsStep(lammps, crystal, input, steps) / atoms.length)
    }
    const found = Number.isFinite(control)
    if (!found) console.log(`(no LAMMPS as ${lammps}: it is left out)`)
    rows.push({
      what: `${what}: a step, per atom`,
      own,
      control: found ? { name: 'LAMMPS', seconds: control } : null,
      bar,
      aim,
    })
  }
  return rows
}

/** CPU seconds of a step of LAMMPS, by its own clock and its share of the CPU; infinite where there is none. */
function lammpsStep(lammps, { a, repeat }, input, steps) {
  const folder = mkdtempSync(join(tmpdir(), 'autopara-bench-'))
  const script = `units metal
atom_style atomic
lattice fcc ${a}
region box block 0 ${repeat[0]} 0 ${repeat[1]} 0 ${repeat[2]}
create_box 1 box
create_atoms 1 box
${input}
neigh_modify every 1 delay 0 check yes
fix 1 all nve
timestep 0.002
thermo ${steps}
run ${steps}
`
  writeFileSync(join(folder, 'in'), script)
  try {
    const env = { ...process.env, OMP_NUM_THREADS: '1' }
    const text = execFileSync(lammps, ['-in', 'in', '-log', 'none'], { cwd: folder, env, encoding: 'utf8' })
    const loop = Number(/Loop time of (\S+)/.exec(text)?.[1])
    const share = Number(/([\d.]+)% CPU use/.exec(text)?.[1]) / 100
    return (loop * share) / steps
  } catch {
    return Number.POSITIVE_INFINITY
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
