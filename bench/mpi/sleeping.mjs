// Tasks that only wait: which share of the workers' time was task time?
import { Pool } from 'autopara'
import { init } from 'autopara/mpi'

const MS = 20
const EACH = 50

/** Sleeps; gives the time that it took. */
export async function sleep(ms) {
  const started = performance.now()
  await new Promise((resolve) => setTimeout(resolve, ms))
  return performance.now() - started
}

await init()
const pool = new Pool()
await pool.ready()
await pool.map(sleep, new Array(2 * pool.processes).fill(MS), { chunksize: 1 })
const started = performance.now()
const times = await pool.map(sleep, new Array(EACH * pool.processes).fill(MS), { chunksize: 1 })
const wall = performance.now() - started
console.log(JSON.stringify({ value: times.reduce((a, b) => a + b, 0) / (wall * pool.processes) }))
