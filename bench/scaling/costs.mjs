// Measures what a chunk costs the parent, and what real workers reach: the simulation's input, and its check.
import { performance } from 'node:perf_hooks'
import { Pool, task } from 'autopara'

const tasks = new URL('tasks.mjs', import.meta.url)

/** Runs `items` through `name` on an open pool; ms of the clock and of this process's CPU. */
async function run(pool, name, items) {
  const cpu = process.cpuUsage()
  const start = performance.now()
  let results = 0
  for await (const _ of pool.imap(task(tasks, name), items)) results++
  const took = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  if (results !== items.length) throw new Error('results are missing')
  return { took, cpu: (user + system) / 1000 }
}

/** The least of a few measurements: what disturbs them only adds. */
async function least(rounds, measure) {
  let best
  for (let i = 0; i < rounds; i++) {
    const value = await measure()
    if (best === undefined || value.cpu < best.cpu) best = value
  }
  return best
}

/** The parent's costs over child processes, ms; see simulate.mjs. */
export async function forkCosts() {
  const pool = new Pool(2)
  try {
    await run(pool, 'wait', new Array(5000).fill(0))
    // A window of one, so a frame each way for every chunk; and a window of many, where frames carry many.
    const single = await least(5, () => run(pool, 'wait', new Array(60).fill(12)))
    const many = await least(5, () => run(pool, 'wait', new Array(2000).fill(0.2)))
    const sized = (bytes) => Array.from({ length: 40 }, () => ({ wait: 12, bytes: new Uint8Array(bytes) }))
    const small = await least(5, () => run(pool, 'waitAndEcho', sized(1000)))
    const large = await least(5, () => run(pool, 'waitAndEcho', sized(1_000_000)))
    const perChunk = many.cpu / 2000
    const perFrame = Math.max(0, single.cpu / 60 - perChunk)
    return {
      // Of what a chunk costs in a crowd, receiving its outcome is nearly all: it comes in a frame of its own.
      receive: perChunk * 0.8,
      chunk: perChunk * 0.2,
      send: perFrame,
      perByte: Math.max(0, (large.cpu - small.cpu) / 40 / 2_000_000),
      latency: 0.05,
      worker: 0.02,
    }
  } finally {
    await pool.terminate()
  }
}

/** Chunks per second that real workers reach with tasks of this many ms. */
export async function realRate(workers, taskTime, count) {
  const pool = new Pool(workers)
  try {
    await run(pool, 'wait', new Array(workers * 20).fill(taskTime))
    const { took } = await run(pool, 'wait', new Array(count).fill(taskTime))
    return (count / took) * 1000
  } finally {
    await pool.terminate()
  }
}
