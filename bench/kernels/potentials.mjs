// Evaluations and molecular dynamics of the potentials, beside ASE and LAMMPS in the same run.
//
//     node --expose-gc bench/kernels/potentials.mjs [--python /usr/bin/python3] [--lammps lmp] [--rounds 5] [--quick] [--write]
//
// All times but those of AseCalculator are CPU time of the process in question, so that a busy machine disturbs them little;
// the best of some rounds. What is missing on the machine is left out, and said. `--write`: also into docs/calculators.md.
import { fileURLToPath } from 'node:url'
import { loadText, machineLine } from '../harness/machine.mjs'
import { readOptions } from '../harness/options.mjs'
import { writeSection } from '../harness/page.mjs'
import { againstAse } from './potentials/against-ase.mjs'
import { againstLammps } from './potentials/against-lammps.mjs'
import { aseOverhead } from './potentials/ase-overhead.mjs'
import { drift, garbage } from './potentials/steady-state.mjs'
import { duration } from './timing.mjs'

const values = readOptions(import.meta.url, {
  python: { type: 'string', default: '/usr/bin/python3' },
  lammps: { type: 'string', default: 'lmp' },
  rounds: { type: 'string', default: '5' },
  quick: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
})
const { python, lammps } = values
const rounds = Number(values.rounds)
const machine = machineLine()

const rows = [
  ...(await againstAse({ python, rounds })),
  ...(await againstLammps({ lammps, rounds, steps: values.quick ? 50 : 200 })),
]
const lines = [
  `Measured on ${machine}; the best of ${rounds} rounds, CPU time. Written by \`node --expose-gc bench/kernels/potentials.mjs --write\`.`,
  '',
  '| job | autopara | control | speed | bar | aim |',
  '| --- | --: | --: | --: | --: | --: |',
  ...rows.map(rowText),
  '',
  ...overheadText(await aseOverhead({ python })),
  ...(await garbage()).map(
    ({ what, bytes }) => `- ${what}: a step leaves ${bytes.toFixed(0)} bytes on the heap (a boxed number is 16).`,
  ),
  ...(await drift()).map(
    ({ what, slope, deviation }) =>
      `- ${what}, 50 ps at constant energy: ${slope.toExponential(1)} meV an atom and ps, ± ${deviation.toExponential(1)} meV an atom.`,
  ),
  '',
  `Load at the end ${loadText()}.`,
]
console.log(lines.join('\n'))
if (values.write) {
  writeSection(fileURLToPath(new URL('../../docs/calculators.md', import.meta.url)), 'potentials', lines.join('\n'))
}

function rowText({ what, own, control, bar, aim }) {
  if (!control) return `| ${what} | ${duration(own)} | | | | |`
  const speed = control.seconds / own
  const verdict = (goal) => `${times(goal)} ${speed >= goal ? 'met' : '**missed**'}`
  const cells = [what, duration(own), `${control.name} ${duration(control.seconds)}`, times(speed)]
  return `| ${[...cells, verdict(bar), verdict(aim)].join(' | ')} |`
}

/** A speed beside the control's: so many times as fast, or, below 1, so many times its time. */
function times(speed) {
  return speed >= 1 ? `${speed.toFixed(0)} ×` : `1/${(1 / speed).toFixed(2)}`
}

function overheadText(times) {
  if (!times) return []
  const { shortest, median } = times
  return [
    `- A call of \`AseCalculator\` (64 atoms, a calculator that does nothing): ${duration(shortest)} at least, ${duration(median)} in the median, wall time; bar 0.3 ms ${median <= 3e-4 ? 'met' : '**missed**'}.`,
  ]
}
