// Measures what a chunk costs the parent, and what real workers reach: the simulation's input, and its check.
import { execFileSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
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
      ...(await workerCosts(perChunk, perFrame)),
    }
  } finally {
    await pool.terminate()
  }
}

/**
 * What a chunk costs its worker, and the way there and back, from the rates of one worker: at 1 ms it has always a chunk
 * ahead, so that what it takes beyond 1 ms is its own; at 12 ms chunks go one by one, and what is missing is the way.
 */
async function workerCosts(perChunk, perFrame) {
  const beyond = async (taskTime, count) => {
    const rates = []
    for (let round = 0; round < 3; round++) rates.push(await realRate(1, taskTime, count))
    return Math.max(0, 1000 / Math.max(...rates) - taskTime)
  }
  const worker = await beyond(1, 400)
  const gap = (await beyond(12, 50)) - worker
  return { worker, latency: Math.max(0.01, (gap - perFrame - perChunk) / 2) }
}

/** The costs over MPI, of the measurement in mpi-costs.mjs; undefined without an `mpirun`. */
export function mpiCosts() {
  const script = fileURLToPath(new URL('mpi-costs.mjs', import.meta.url))
  const flags = ['--oversubscribe', '--allow-run-as-root']
  const starts = [
    ['mpirun.openmpi', flags],
    ['mpirun.mpich', []],
    ['mpirun', []],
  ]
  for (const [mpirun, options] of starts) {
    try {
      const args = [...options, '-np', '3', process.execPath, script]
      const text = execFileSync(mpirun, args, {
        encoding: 'utf8',
        env: { ...process.env, WFL_MPIPOOL: '1' },
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: 120_000,
      })
      return JSON.parse(text)
    } catch (error) {
      if (error.code !== 'ENOENT') console.error(`${mpirun}: ${error.message}`)
    }
  }
  return undefined
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
