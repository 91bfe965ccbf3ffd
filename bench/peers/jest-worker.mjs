// jest-worker with child processes, told to serialize as structured clones.
import { fileURLToPath } from 'node:url'
import { Worker } from 'jest-worker'
import { inFlight } from '../pool/in-flight.mjs'

export async function open({ workers }) {
  const pool = new Worker(fileURLToPath(new URL('../pool/tasks.mjs', import.meta.url)), {
    numWorkers: workers,
    exposedMethods: ['echo', 'spin', 'sleep'],
    forkOptions: { serialization: 'advanced' },
  })
  return {
    run: (name, items, { depth }) => inFlight((item) => pool[name](item), items, depth * workers),
    close: () => pool.end(),
  }
}
