// poolifier's pool of cluster workers, told to serialize as structured clones.
import { fileURLToPath } from 'node:url'
import { FixedClusterPool } from 'poolifier'
import { inFlight } from '../pool/in-flight.mjs'

export async function open({ workers }) {
  const pool = new FixedClusterPool(workers, fileURLToPath(new URL('poolifier-worker.cjs', import.meta.url)), {
    settings: { serialization: 'advanced' },
  })
  return {
    run: (name, items, { depth }) => inFlight((item) => pool.execute(item, name), items, depth * workers),
    close: () => pool.destroy(),
  }
}
