// The initializer seed-random: worker 0 draws the same numbers in each run, worker 1 others.
import { currentWorker, Pool, processRng } from 'autopara'

export function draw() {
  return { worker: currentWorker().id, number: processRng().random() }
}

const pool = new Pool({ processes: 1, initializer: 'seed-random', initargs: [42], maxtasksperchild: 2 })
for (let i = 0; i < 4; i++) {
  const { worker, number } = await pool.apply(draw)
  console.log(`worker ${worker} drew ${number.toFixed(6)}`)
}
pool.close()
await pool.join()
