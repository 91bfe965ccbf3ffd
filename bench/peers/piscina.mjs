// piscina: worker threads, no processes; beside the others for what threads can do.
import { Piscina } from 'piscina'
import { inFlight } from '../pool/in-flight.mjs'

export async function open({ workers, depth }) {
  const pool = new Piscina({
    filename: new URL('../pool/tasks.mjs', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: depth,
  })
  return {
    run: (name, items) => inFlight((item) => pool.run(item, { name }), items, depth * workers),
    close: () => pool.destroy(),
  }
}
