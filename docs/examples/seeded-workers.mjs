// A Monte Carlo estimate of pi. Each item has its own stream of random numbers, so that the result is the same for any
// number of workers.   node seeded-workers.mjs [PROCESSES]
import { Pool, Rng } from 'autopara'

const seed = 2024

/** How many of n random points of the unit square lie in the quarter circle. */
export function hits(item, n) {
  const rng = new Rng(seed).spawn(item)
  let inside = 0
  for (let i = 0; i < n; i++) inside += rng.random() ** 2 + rng.random() ** 2 < 1 ? 1 : 0
  return inside
}

const pool = new Pool(Number(process.argv[2] ?? 2))
const n = 20_000
const items = Array.from({ length: 16 }, (_, item) => [item, n])
const counts = await pool.starmap(hits, items)
await pool.terminate()
console.log(`pi is about ${(4 * counts.reduce((sum, count) => sum + count)) / (n * items.length)}`)
