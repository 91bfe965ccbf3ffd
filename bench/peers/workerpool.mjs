// workerpool with child processes, told to serialize as structured clones.
import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'
import { inFlight } from '../pool/in-flight.mjs'

export async function open({ workers }) {
  const pool = workerpool.pool(fileURLToPath(new URL('workerpool-worker.mjs', import.meta.url)), {
    workerType: 'process',
    minWorkers: workers,
    maxWorkers: workers,
    forkOpts: { serialization: 'advanced' },
  })
  return {
    run: (name, items, { depth }) => inFlight((item) => pool.exec(name, [item]), items, depth * workers),
    close: () => pool.terminate(true),
  }
}
