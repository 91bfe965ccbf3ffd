// MPI beside its controls:  npm run bench:mpi -- [options]
//
//     --rounds N   how often each is measured, in turns (default 5)
//     --only TEXT  only the rows whose name contains this
//     --write      writes the tables into docs/mpi.md
//
// Needs openmpi-bin, mpich and python3-mpi4py (which Debian builds on Open MPI: it is the control of both families).
// Candidates of a row are measured in turns, so that a slow moment of the machine hits all of them; medians are compared.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadText, machineLine } from '../harness/machine.mjs'
import { readOptions } from '../harness/options.mjs'
import { writeSection } from '../harness/page.mjs'
import { median } from '../harness/statistics.mjs'
import { figure } from '../harness/table.mjs'
import { makeInput } from './make-input.mjs'

const options = readOptions(import.meta.url, {
  rounds: { type: 'string', default: '5' },
  only: { type: 'string', default: '' },
  write: { type: 'boolean', default: false },
})
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const openmpi = (ranks) => `mpirun.openmpi --oversubscribe --allow-run-as-root -np ${ranks}`.split(' ')
const mpich = (ranks) => ['mpirun.mpich', '-np', String(ranks)]
const FAMILIES = { 'Open MPI': openmpi, MPICH: mpich }
const folder = mkdtempSync(join(tmpdir(), 'autopara-bench-'))

/** A call that hands its argument back, 2 workers: calls a second, beside mpi4py.futures. */
function echoRow(name, atoms, calls, bar) {
  const settings = JSON.stringify([[name, atoms, calls]])
  const ours = Object.entries(FAMILIES).map(([family, mpirun]) => [
    `autopara, ${family}`,
    [...mpirun(3), process.execPath, here('ranks.mjs'), settings],
  ])
  const control = ['mpi4py.futures', [...openmpi(3), '/usr/bin/python3', here('control.py'), settings]]
  return {
    name: `${name}, 2 workers`,
    unit: 'calls a second',
    candidates: Object.fromEntries([control, ...ours]),
    bar,
    text: `≥ ${bar} × mpi4py.futures`,
    judge: (value, of) => value / of('mpi4py.futures'),
  }
}

const ROWS = [
  echoRow('no-op', 0, 20_000, 3),
  echoRow('64 atoms', 64, 10_000, 2.5),
  echoRow('10,000 atoms', 10_000, 6_000, 1.2),
  {
    name: 'an operation that sleeps 20 ms, 8 ranks (7 workers)',
    unit: 'efficiency',
    candidates: Object.fromEntries(
      Object.entries(FAMILIES).map(([family, mpirun]) => [
        `autopara, ${family}`,
        [...mpirun(8), process.execPath, here('sleeping.mjs')],
      ]),
    ),
    bar: 0.95,
    text: '≥ 0.95',
    judge: (value) => value,
  },
  {
    name: 'EMT, 1,000 × 64 atoms, file → file',
    unit: 'configurations a second',
    candidates: Object.fromEntries([
      ['fork, 2 workers', [process.execPath, here('emt-job.mjs'), folder]],
      ...Object.entries(FAMILIES).map(([family, mpirun]) => [
        `3 ranks, ${family}`,
        [...mpirun(3), process.execPath, here('emt-job.mjs'), folder],
      ]),
    ]),
    bar: 0.9,
    text: '≥ 0.9 × fork',
    judge: (value, of) => value / of('fork, 2 workers'),
  },
].filter(({ name }) => name.includes(options.only))

/** The value that one run of a candidate prints. */
function measure([command, ...args]) {
  const env = { ...process.env, WFL_MPIPOOL: command === process.execPath ? '' : '1' }
  const stdio = ['ignore', 'pipe', 'inherit']
  return JSON.parse(execFileSync('timeout', ['300', command, ...args], { encoding: 'utf8', env, stdio })).value
}

/** All rounds of a row: the lines of its table. */
function tableOf({ name, unit, candidates, bar, text, judge }) {
  const values = Object.fromEntries(Object.keys(candidates).map((who) => [who, []]))
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [who, command] of Object.entries(candidates)) values[who].push(measure(command))
  }
  const of = (who) => median(values[who])
  const [control] = Object.keys(candidates)
  const lines = Object.keys(candidates).map((who) => {
    const ratio = judge(of(who), of)
    const isControl = who === control && bar !== 0.95
    const verdict = isControl ? '' : `${ratio.toFixed(2)} (${text}: ${ratio >= bar ? 'met' : '**missed**'})`
    return `| ${who} | ${figure(of(who))} | ${figure(Math.max(...values[who]))} | ${verdict} |`
  })
  return [`| ${name} | ${unit} | best | |`, '| --- | --: | --: | --- |', ...lines].join('\n')
}

try {
  await makeInput(folder)
  const tables = []
  console.log(`${machineLine()}\n`)
  for (const row of ROWS) {
    tables.push(tableOf(row))
    console.log(`${tables.at(-1)}\n`)
  }
  console.log(`load ${loadText()}`)
  if (options.write) {
    const intro = `Measured on ${machineLine()}; median of ${options.rounds} rounds, in turns. Written by \`npm run bench:mpi -- --write\`.`
    writeSection(
      fileURLToPath(new URL('../../docs/mpi.md', import.meta.url)),
      'tables',
      [intro, ...tables].join('\n\n'),
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
