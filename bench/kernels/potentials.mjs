/**
 * Evaluations and molecular dynamics of the potentials, beside ASE and LAMMPS in the same run.
 *
 *     node --expose-gc bench/kernels/potentials.mjs [--python /usr/bin/python3] [--lammps lmp] [--rounds 5] [--quick]
 *
 * All times are CPU time of the process in question, so that a busy machine disturbs them little; the best of some rounds.
 * An energy is compared with ASE's before a figure is printed; LAMMPS runs the same number of atoms at the same density,
 * temperature, cutoff and time step. What is missing on the machine is left out, and said.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { AseCalculator, bulk, EMT, LennardJones, Rng, VelocityVerlet } from 'autopara'

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: '/usr/bin/python3' },
    lammps: { type: 'string', default: 'lmp' },
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
const argon = { epsilon: 0.0104, sigma: 3.4 }

function crystal(symbol, repeat, options = {}) {
  const atoms = bulk(symbol, { cubic: true, ...options }).repeat(repeat)
  atoms.rattle(0.05, new Rng('bench'))
  return atoms
}

function withMomenta(atoms, temperature) {
  const rng = new Rng('momenta')
  const width = atoms.masses.map((mass) => Math.sqrt(mass * 8.617330337e-5 * temperature))
  atoms.momenta = Float64Array.from({ length: 3 * atoms.length }, (_, o) => width[Math.floor(o / 3)] * rng.normal())
  return atoms
}

const cpu = (since) => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}

/** CPU seconds of one call, the best of the rounds, each of `calls` calls after a warm-up. */
function best(job, calls) {
  let fastest = Number.POSITIVE_INFINITY
  for (let round = 0; round <= rounds; round++) {
    const begin = process.cpuUsage()
    for (let c = 0; c < calls; c++) job()
    if (round > 0) fastest = Math.min(fastest, cpu(begin) / calls)
  }
  return fastest
}

async function bestSteps(dynamics, steps) {
  let fastest = Number.POSITIVE_INFINITY
  await dynamics.run(steps)
  for (let round = 0; round < rounds; round++) {
    const begin = process.cpuUsage()
    await dynamics.run(steps)
    fastest = Math.min(fastest, cpu(begin) / steps)
  }
  return fastest
}

const micro = (seconds) => `${(seconds * 1e6).toFixed(seconds < 1e-5 ? 3 : seconds < 1e-3 ? 1 : 0).padStart(8)} µs`

function line(what, own, control, unit = '') {
  const ratio = control
    ? `   ${control.name} ${micro(control.seconds)}${unit}   ${(control.seconds / own).toFixed(2)} × as fast`
    : ''
  console.log(`  ${what.padEnd(34)} ${micro(own)}${unit}${ratio}`)
}

function check(what, own, reference) {
  const difference = Math.abs(own - reference)
  if (difference > 1e-9 * Math.max(1, Math.abs(reference)))
    throw new Error(`${what}: energy ${own}, ASE has ${reference}`)
}

const evaluations = [
  {
    what: 'EMT, 64 atoms',
    atoms: crystal('Cu', [4, 2, 2]),
    make: () => new EMT(),
    calculator: 'EMT',
    calls: 200,
    aseRounds: 5,
  },
  {
    what: 'EMT, 500 atoms',
    atoms: crystal('Cu', 5),
    make: () => new EMT(),
    calculator: 'EMT',
    calls: 30,
    aseRounds: 2,
  },
  {
    what: 'LennardJones, 8 atoms',
    atoms: crystal('Ar', [2, 1, 1]),
    make: () => new LennardJones(argon),
    calculator: 'LJ',
    params: argon,
    calls: 1000,
    aseRounds: 20,
  },
  {
    what: 'LennardJones, 500 atoms',
    atoms: crystal('Ar', 5),
    make: () => new LennardJones(argon),
    calculator: 'LJ',
    params: argon,
    calls: 30,
    aseRounds: 3,
  },
]
const trajectories = [
  {
    what: 'EMT, 64 atoms, per step',
    atoms: withMomenta(crystal('Cu', [4, 2, 2]), 600),
    make: () => new EMT(),
    calculator: 'EMT',
    steps: 1000,
    aseSteps: 20,
  },
  {
    what: 'LennardJones, 108 atoms, per step',
    atoms: withMomenta(crystal('Ar', 3), 40),
    make: () => new LennardJones(argon),
    calculator: 'LJ',
    params: argon,
    steps: 1000,
    aseSteps: 20,
  },
]

/** ASE's energies and times, or null. */
function askAse(cases) {
  const input = cases.map(({ atoms, make, ...rest }) => ({
    ...rest,
    numbers: [...atoms.numbers],
    positions: [...atoms.positions],
    cell: [...atoms.cell],
    momenta: [...atoms.momenta],
  }))
  const script = new URL('ase_potentials.py', import.meta.url).pathname
  const { status, stdout } = spawnSync(values.python, [script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  return status === 0 ? JSON.parse(stdout) : null
}

async function againstAse() {
  const cases = [
    ...evaluations.map((entry) => ({ ...entry, what: 'evaluate', rounds: entry.aseRounds })),
    ...trajectories.map((entry) => ({ ...entry, what: 'md', dt: 2, steps: entry.aseSteps })),
  ]
  const ase = askAse(cases)
  if (!ase) console.log(`(no ASE at ${values.python}: its columns are left out)`)
  const control = (i) => ase && { name: 'ASE', seconds: ase[i].seconds }
  console.log('one evaluation: energy, forces, stress of a new configuration')
  for (const [i, { what, atoms, make, calls }] of evaluations.entries()) {
    const calculator = make()
    if (ase) check(what, calculator.calculate(atoms).energy, ase[i].energy)
    line(
      what,
      best(() => calculator.calculate(atoms, ['energy', 'forces', 'stress']), calls),
      control(i),
    )
  }
  console.log('molecular dynamics, velocity Verlet, 2 fs')
  for (const [t, { what, atoms, make, steps, aseSteps }] of trajectories.entries()) {
    const i = evaluations.length + t
    const probe = new VelocityVerlet(atoms.copy(), make(), { dt: 2 })
    await probe.run(aseSteps)
    if (ase) check(what, probe.results.energy, ase[i].energy)
    line(what, await bestSteps(new VelocityVerlet(atoms.copy(), make(), { dt: 2 }), steps), control(i))
  }
}

const LAMMPS = {
  lj: ({ a, repeat }) => `lattice fcc ${a}
region box block 0 ${repeat[0]} 0 ${repeat[1]} 0 ${repeat[2]}
create_box 1 box
create_atoms 1 box
mass 1 39.948
velocity all create 80 87287
pair_style lj/cut 8.5
pair_coeff 1 1 0.0104 3.4
neighbor 0.85 bin`,
  eam: ({ a, repeat, potential }) => `lattice fcc ${a}
region box block 0 ${repeat[0]} 0 ${repeat[1]} 0 ${repeat[2]}
create_box 1 box
create_atoms 1 box
pair_style eam
pair_coeff * * ${potential}
mass 1 63.546
velocity all create 1200 87287
neighbor 0.5 bin`,
}

/** CPU seconds of a step of LAMMPS, by its own clock and its share of the CPU; or null. */
function lammpsStep(setup, steps) {
  const folder = mkdtempSync(join(tmpdir(), 'autopara-bench-'))
  const script = `units metal\natom_style atomic\n${setup}\nneigh_modify every 1 delay 0 check yes\nfix 1 all nve\ntimestep 0.002\nthermo ${steps}\nrun ${steps}\n`
  writeFileSync(join(folder, 'in'), script)
  try {
    const env = { ...process.env, OMP_NUM_THREADS: '1' }
    const text = execFileSync(values.lammps, ['-in', 'in', '-log', 'none'], { cwd: folder, env, encoding: 'utf8' })
    const loop = Number(/Loop time of (\S+)/.exec(text)?.[1])
    const share = Number(/([\d.]+)% CPU use/.exec(text)?.[1]) / 100
    return (loop * share) / steps
  } catch {
    return null
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function againstLammps() {
  const steps = values.quick ? 50 : 200
  const potential = '/usr/share/lammps/potentials/Cu_u3.eam'
  const systems = [
    {
      what: 'LennardJones, 10,192 Ar atoms',
      style: 'lj',
      a: 5.26,
      repeat: [14, 14, 13],
      symbol: 'Ar',
      temperature: 80,
      make: () => new LennardJones({ ...argon, rc: 8.5 }),
    },
    {
      what: 'EMT (LAMMPS: eam), 10,140 Cu atoms',
      style: 'eam',
      a: 3.61,
      repeat: [13, 13, 15],
      symbol: 'Cu',
      temperature: 1200,
      make: () => new EMT(),
    },
  ]
  console.log('molecular dynamics of many atoms, velocity Verlet, 2 fs, per atom and step')
  for (const { what, style, a, repeat, symbol, temperature, make } of systems) {
    const atoms = withMomenta(bulk(symbol, { cubic: true, a }).repeat(repeat), temperature)
    let own = Number.POSITIVE_INFINITY
    let lammps = Number.POSITIVE_INFINITY
    const dynamics = new VelocityVerlet(atoms, make(), { dt: 2 })
    await dynamics.run(steps / 2)
    // In turns, so that both see the same machine.
    for (let round = 0; round < rounds; round++) {
      const begin = process.cpuUsage()
      await dynamics.run(steps)
      own = Math.min(own, cpu(begin) / steps / atoms.length)
      const step = lammpsStep(LAMMPS[style]({ a, repeat, potential }), steps)
      lammps = Math.min(lammps, step === null ? Number.POSITIVE_INFINITY : step / atoms.length)
    }
    line(what, own, Number.isFinite(lammps) && { name: 'LAMMPS', seconds: lammps })
  }
}

/** The way to Python and back: calls of a calculator of ASE that does nothing. */
async function aseOverhead() {
  const folder = mkdtempSync(join(tmpdir(), 'autopara-bench-'))
  writeFileSync(
    join(folder, 'zero.py'),
    `import numpy as np
from ase.calculators.calculator import Calculator
class Zero(Calculator):
    implemented_properties = ['energy', 'forces']
    def calculate(self, atoms=None, properties=None, system_changes=None):
        self.results = {'energy': 0.0, 'forces': np.zeros((len(atoms), 3))}
`,
  )
  process.env.PYTHONPATH = folder
  const calculator = new AseCalculator({ class: 'zero:Zero', python: values.python })
  const atoms = crystal('Ar', [4, 4, 1])
  const times = []
  try {
    for (let n = 0; n < 2000; n++) {
      const begin = performance.now()
      await calculator.calculate(atoms, ['energy', 'forces'])
      times.push((performance.now() - begin) / 1000)
    }
  } catch {
    return
  } finally {
    await calculator.close()
    rmSync(folder, { recursive: true, force: true })
  }
  times.sort((x, y) => x - y)
  console.log('AseCalculator, 64 atoms, a calculator that does nothing: wall time of a call')
  console.log(`  shortest ${micro(times[0])}, median ${micro(times[times.length / 2])}`)
}

/** Bytes that a step leaves on the heap, between two rebuilds of the neighbour list (a cold crystal needs none). */
async function garbage() {
  if (!globalThis.gc) return console.log('(run with --expose-gc for the bytes allocated by a step)')
  console.log('bytes on the heap per step, no rebuild of the list (a boxed number is 16)')
  for (const [what, atoms, make] of [
    ['LennardJones', withMomenta(bulk('Ar', { cubic: true }).repeat(4), 0.5), () => new LennardJones(argon)],
    ['EMT', withMomenta(bulk('Cu', { cubic: true }).repeat(3), 0.5), () => new EMT()],
  ]) {
    const dynamics = new VelocityVerlet(atoms, make(), { dt: 2 })
    await dynamics.run(3000)
    let least = Number.POSITIVE_INFINITY
    for (let round = 0; round < 5; round++) {
      globalThis.gc()
      const before = process.memoryUsage().heapUsed
      await dynamics.run(500)
      least = Math.min(least, (process.memoryUsage().heapUsed - before) / 500)
    }
    console.log(`  ${what.padEnd(34)} ${least.toFixed(0).padStart(8)}`)
  }
}

await againstAse()
await againstLammps()
await aseOverhead()
await garbage()
