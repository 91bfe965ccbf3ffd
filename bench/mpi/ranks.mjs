// The ranks of run.mjs: each case once through Pool.map, chunksize 1. One line of JSON per case: calls a second.
import { Pool } from 'autopara'
import { init } from 'autopara/mpi'

export function same(item) {
  return item
}

await init()
const pool = new Pool()
await pool.ready()
await pool.map(
  same,
  Array.from({ length: 200 }, (_, i) => i),
  { chunksize: 1 },
)
for (const [, atoms, calls] of JSON.parse(process.argv[2])) {
  const items = Array.from({ length: calls }, atoms === 0 ? (_, i) => i : frameOf(atoms))
  const started = performance.now()
  let count = 0
  for await (const result of pool.imap(same, items, { chunksize: 1 })) {
    if (atoms > 0 && result.positions[7] !== items[0].positions[7]) throw new Error('wrong result')
    count++
  }
  if (count !== calls) throw new Error('results are missing')
  const value = calls / ((performance.now() - started) / 1000)
  console.log(JSON.stringify({ value }))
}
pool.close()
await pool.join()

function frameOf(atoms) {
  const frame = {
    numbers: new Int32Array(atoms).fill(29),
    positions: Float64Array.from({ length: 3 * atoms }, Math.random),
  }
  return () => frame
}
