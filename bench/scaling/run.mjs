// How many workers one parent feeds:  node bench/scaling/run.mjs [--write] [--json FILE]
//
// Measures the parent's costs here, checks the simulation against 1, 2, 4 and 8 real workers, and simulates the rest.
// With --write, the tables go into docs/performance.md and the plot beside it (`npm ci --prefix bench/peers` first).
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadText, machineLine } from '../harness/machine.mjs'
import { readOptions } from '../harness/options.mjs'
import { writeSection } from '../harness/page.mjs'
import { forkCosts, mpiCosts, realRate } from './costs.mjs'
import { simulate, workersFed } from './simulate.mjs'

const options = readOptions(import.meta.url, { write: { type: 'boolean' }, json: { type: 'string' } })
const docs = (name) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url))

/** Task times of the plot, ms. */
const TIMES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000]
/** Bytes of a chunk: a number; ten configurations of 64 atoms as text; one of 10,000 atoms as arrays. */
const SIZES = [0, 60_000, 500_000]
const fork = await forkCosts()
const mpi = mpiCosts()
const check = []
for (const taskTime of [0.5, 2, 20]) {
  for (const workers of [1, 2, 4, 8]) {
    const count = Math.round(Math.min(4000, (600 / taskTime) * workers))
    const rates = []
    for (let round = 0; round < 2; round++) rates.push(await realRate(workers, taskTime, count))
    const model = simulate({ workers, taskTime, costs: fork, tasks: count, sigma: 0 }).perSecond
    check.push({ taskTime, workers, real: Math.max(...rates), model })
  }
}
const fed = { fork: SIZES.map((bytes) => curve(fork, bytes)), mpi: mpi === undefined ? [] : [curve(mpi, 0)] }

function curve(costs, bytes) {
  return { bytes, workers: TIMES.map((taskTime) => workersFed({ taskTime, costs, bytes })) }
}

const text = report()
console.log(text)
if (options.json) writeFileSync(options.json, `${JSON.stringify({ fork, mpi, check, times: TIMES, fed }, null, 2)}\n`)
if (options.write) {
  const { plotWorkersFed } = await import('../peers/plot.mjs')
  writeFileSync(docs('workers-fed.svg'), plotWorkersFed(TIMES, fed))
  writeSection(docs('performance.md'), 'scaling', text)
}

function report() {
  const us = (ms) => `${(ms * 1000).toFixed(1)} µs`
  const ratio = ({ real, model }) => (real / model).toFixed(2)
  return [
    `Measured on ${machineLine()} (load at the end ${loadText()}); written by \`node bench/scaling/run.mjs --write\`.`,
    '',
    `The parent's CPU over child processes: ${us(fork.receive + fork.chunk)} a chunk where frames are shared, ` +
      `${us(fork.send)} more for a chunk that goes alone, ${(fork.perByte * 1e6).toFixed(2)} ms a megabyte. ` +
      `A worker pays ${us(fork.worker)} (how much too long a wait takes is in it), and the way is ${us(fork.latency)} each.`,
    mpi === undefined
      ? 'Over MPI nothing was measured: there is no mpirun here.'
      : `Over MPI a chunk in a message of its own takes ${us(mpi.receive + mpi.chunk)} at most, ` +
        `a megabyte ${(mpi.perByte * 1e6).toFixed(2)} ms, measured with this package and two workers.`,
    '',
    '| task | workers | measured, chunks/s | simulated | ratio |',
    '| --: | --: | --: | --: | --: |',
    ...check.map(
      (row) =>
        `| ${row.taskTime} ms | ${row.workers} | ${row.real.toFixed(0)} | ${row.model.toFixed(0)} | ${ratio(row)} |`,
    ),
    '',
    'Workers that one parent keeps busy for 90 % of their time, simulated (4096 is where the simulation stops):',
    '',
    `| task | fork | fork, 60 KB each way | fork, 500 KB each way |${mpi === undefined ? '' : ' MPI |'}`,
    `| --: | --: | --: | --: |${mpi === undefined ? '' : ' --: |'}`,
    ...TIMES.map(
      (time, i) => `| ${time} ms | ${[...fed.fork, ...fed.mpi].map(({ workers }) => workers[i]).join(' | ')} |`,
    ),
  ].join('\n')
}
