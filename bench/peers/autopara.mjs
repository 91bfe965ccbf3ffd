// Autopara itself. `dist` is the URL of the built package: this checkout's, or another revision's.
const tasks = new URL('../pool/tasks.mjs', import.meta.url)

/** The drivers all have this shape: `run` gives the results in order. `mode` is the pool's call. */
export async function open({ workers, dist, mode = 'imap', context }) {
  const { Pool, task } = await import(dist)
  const pool = new Pool({ processes: workers, ...(context === undefined ? {} : { context }) })
  return {
    async run(name, items, { chunksize } = {}) {
      const func = task(tasks, name)
      const options = chunksize === undefined ? {} : { chunksize }
      if (mode === 'map') return await pool.map(func, items, options)
      const results = []
      for await (const result of pool.imap(func, items, options)) results.push(result)
      return results
    },
    close: () => pool.terminate(),
  }
}
