// Evaluations and steps beside ASE's, whose energies are compared first.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { VelocityVerlet } from 'autopara'
import { bestCall, cpuSince } from '../timing.mjs'
import { evaluations, trajectories } from './cases.mjs'

/** Rows `{ what, own, control, bar, aim }`, seconds; `control` is null where there is no ASE. */
export async function againstAse({ python, rounds }) {
  const ase = askAse(python)
  if (!ase) console.log(`(no ASE at ${python}: it is left out)`)
  const rows = []
  for (const [i, { what, atoms, make, calls }] of evaluations.entries()) {
    const calculator = make()
    if (ase) check(what, calculator.calculate(atoms).energy, ase[i].energy)
    const own = bestCall(() => calculator.calculate(atoms, ['energy', 'forces', 'stress']), calls, rounds)
    rows.push({
      what: `${what}: energy, forces, stress`,
      own,
      control: ase && { name: 'ASE', seconds: ase[i].seconds },
    })
  }
  for (const [t, { what, atoms, make, steps, aseSteps }] of trajectories.entries()) {
    const found = ase?.[evaluations.length + t]
    const probe = new VelocityVerlet(atoms.copy(), make(), { dt: 2 })
    await probe.run(aseSteps)
    if (found) check(what, probe.results.energy, found.energy)
    const own = await bestSteps(new VelocityVerlet(atoms.copy(), make(), { dt: 2 }), steps, rounds)
    rows.push({
      what: `${what}: a step of molecular dynamics`,
      own,
      control: found && { name: 'ASE', seconds: found.seconds },
    })
  }
  return rows.map((row) => ({ ...row, bar: 100, aim: 300 }))
}

async function bestSteps(dynamics, steps, rounds) {
  let fastest = Number.POSITIVE_INFINITY
  await dynamics.run(steps)
  for (let round = 0; round < rounds; round++) {
    const begin = process.cpuUsage()
    await dynamics.run(steps)
    fastest = Math.min(fastest, cpuSince(begin) / steps)
  }
  return fastest
}

/** ASE's energies and times, or null. */
function askAse(python) {
  const cases = [
    ...evaluations.map(({ rounds, ...entry }) => ({ ...entry, what: 'evaluate', rounds })),
    ...trajectories.map(({ aseSteps, ...entry }) => ({ ...entry, what: 'md', dt: 2, steps: aseSteps })),
  ]
  const input = cases.map(({ atoms, make, ...rest }) => ({
    ...rest,
    numbers: [...atoms.numbers],
    positions: [...atoms.positions],
    cell: [...atoms.cell],
    momenta: [...atoms.momenta],
  }))
  const { status, stdout } = spawnSync(python, [fileURLToPath(new URL('evaluate_ase.py', import.meta.url))], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  return status === 0 ? JSON.parse(stdout) : null
}

function check(what, own, reference) {
  const difference = Math.abs(own - reference)
  if (difference > 1e-9 * Math.max(1, Math.abs(reference)))
    throw new Error(`${what}: energy ${own}, ASE has ${reference}`)
}
