// Four workers share the GPUs 0 and 1: each sees only its own (see gpu-initializer.mjs).
import { currentWorker, Pool } from 'autopara'

export function device() {
  return [currentWorker().id, process.env.CUDA_VISIBLE_DEVICES]
}

const pool = new Pool({ processes: 4, initializer: './gpu-initializer.mjs', initargs: [[0, 1]] })
const seen = new Map()
while (seen.size < 4)
  for (const [id, gpu] of await pool.map(device, Array(16).fill(0), { chunksize: 1 })) seen.set(id, gpu)
for (const id of [...seen.keys()].sort()) console.log(`worker ${id} computes on GPU ${seen.get(id)}`)
await pool.terminate()
