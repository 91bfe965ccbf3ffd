// What a chunk costs rank 0 over MPI, as one line of JSON:  mpirun -np 3 node mpi-costs.mjs
//
// Rank 0 polls, so that its CPU time says nothing. Measured is the time that a chunk takes while the two workers have
// nothing to wait for but rank 0: an upper bound of what rank 0 pays. Times are in ms.
import { performance } from 'node:perf_hooks'
import { Pool, task } from 'autopara'
import { init } from 'autopara/mpi'

const echo = task(new URL('tasks.mjs', import.meta.url), 'echo')
const ROUNDS = 5

await init()
const pool = new Pool()
await pool.ready()
const perOutcome = await least(new Array(4000).fill(1))
const small = await least(sized(1000))
const large = await least(sized(1_000_000))
pool.close()
await pool.join()
console.log(
  JSON.stringify({
    // Each outcome came in a message of its own; a message of work is taken to cost the same.
    receive: perOutcome * 0.8,
    chunk: perOutcome * 0.2,
    send: perOutcome,
    perByte: Math.max(0, (large - small) / 2_000_000),
    latency: 0.02,
    worker: 0.02,
  }),
)

function sized(bytes) {
  return Array.from({ length: 60 }, () => new Uint8Array(bytes))
}

/** The shortest time of an item in a few rounds; the first one warms up. */
async function least(items) {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    let results = 0
    for await (const _ of pool.imap(echo, items, { exact: true })) results++
    if (results !== items.length) throw new Error('results are missing')
    if (round > 0) best = Math.min(best, (performance.now() - start) / items.length)
  }
  return best
}
