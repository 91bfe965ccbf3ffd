// tinypool with child processes, told to serialize as structured clones (its default is JSON, which loses typed arrays).
import { Tinypool } from 'tinypool'
import { inFlight } from '../pool/in-flight.mjs'

export async function open({ workers, depth }) {
  const pool = new Tinypool({
    runtime: 'child_process',
    serialization: 'advanced',
    env: { ...process.env },
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
