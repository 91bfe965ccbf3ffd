// How one figure of the loop's benchmark is measured; every run is a process of its own.
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Rng } from 'autopara'
import { unboundedSchedule } from '../pool/items.mjs'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const command = here('../../lib/cli/autopara.js')
const run = promisify(execFile)

/** Measurements with files in `folder`; `python` is the interpreter. */
export function measurementsIn(folder, python) {
  const output = join(folder, 'out.xyz')

  async function loop(request) {
    const { stdout } = await run(process.execPath, [here('one-run.mjs'), JSON.stringify({ output, ...request })])
    return JSON.parse(stdout)
  }

  /** µs a configuration, and of the parent's CPU. */
  async function perConfig(request, count) {
    const { items, seconds, parentCpu } = await loop(request)
    if (items !== count) throw new Error(`${items} items instead of ${count}`)
    return { value: (seconds / items) * 1e6, cpu: parentCpu / items }
  }

  /** The same of the job in Python, over the first `limit` configurations. */
  async function pythonPerConfig({ input, op, npool, chunksize }, limit) {
    const args = [here('../python/iterable_loop.py'), input, output, op, npool, chunksize, limit].map(String)
    const { configs, seconds, parent_cpu } = JSON.parse((await run(python, args)).stdout)
    return { value: (seconds / configs) * 1e6, cpu: (parent_cpu / configs) * 1e6 }
  }

  /** µs of CPU for one configuration more, in the parent and in a worker: what starts and ends cost is not in it. */
  async function cpuOfOneMore(small, large) {
    const [few, many] = [await cpuOf(small), await cpuOf(large)]
    const more = many.items - few.items
    return { parent: (many.parentCpu - few.parentCpu) / more, worker: (many.workerCpu - few.workerCpu) / more }
  }

  async function cpuOf(input) {
    const cpuFile = join(folder, 'cpu')
    rmSync(cpuFile, { force: true })
    return loop({ op: 'noop', input, npool: 2, cpuFile })
  }

  /** How near (%) sleeping items come to the schedule in which nothing but sleeping takes time. */
  async function sleeping(distribution, npool) {
    const place = mkdtempSync(join(folder, 'sleep-'))
    const times = TIMES[distribution](40 * npool + 40)
    await loop({ op: 'sleep', times, folder: place, npool })
    const spans = readFileSync(join(place, 'log'), 'utf8').trim().split('\n')
    const [starts, ends] = [0, 1].map((part) => spans.map((span) => Number(span.split(' ')[part])))
    const order = spans.map((_, k) => k).sort((a, b) => starts[a] - starts[b])
    const ideal = unboundedSchedule(
      order.map((k) => ends[k] - starts[k]),
      npool,
    )
    return { value: (100 * ideal) / (Math.max(...ends) - Math.min(...starts)) }
  }

  /** Seconds for EMT over a folder of files of one configuration each, in one loop. */
  async function filesInOneLoop(inputs) {
    return seconds(process.execPath, [
      command,
      'calculate',
      join(inputs, '*.xyz'),
      '-o',
      output,
      '-f',
      ...EMT,
      '-n',
      '2',
    ])
  }

  /** The same with GNU parallel: a process for each file, as many at a time as there are workers. */
  async function filesWithParallel(inputs) {
    const results = mkdtempSync(join(folder, 'parallel-'))
    const each = `${process.execPath} ${command} calculate {} -o ${results}/{/} ${EMT.join(' ')}`
    return seconds('sh', ['-c', `parallel --will-cite -j 2 '${each}' ::: ${inputs}/*.xyz`])
  }

  async function seconds(program, args) {
    const start = performance.now()
    await run(program, args, { maxBuffer: 1 << 26 })
    return { value: (performance.now() - start) / 1000 }
  }

  /** The most memory (MB) that the parent had, and its CPU for a configuration (µs). */
  async function memory(input) {
    const { maxRss, parentCpu, items } = await loop({ op: 'noop', input, npool: 2 })
    return { value: maxRss / 1e6, cpu: parentCpu / items }
  }

  return { perConfig, pythonPerConfig, cpuOfOneMore, sleeping, filesInOneLoop, filesWithParallel, memory }
}

const EMT = ['--calculator', 'EMT', '--no-progress']

/** Sleeping times with a mean of 50 ms. */
const TIMES = {
  uniform: (count) => draw(count, (rng) => 100 * rng.random()),
  lognormal: (count) => draw(count, (rng) => 50 * Math.exp(1.5 * rng.normal() - 1.5 ** 2 / 2)),
}

function draw(count, one) {
  const rng = new Rng('sleeping times')
  return Array.from({ length: count }, () => Math.max(1, Math.round(one(rng))))
}

/** Whether GNU parallel is installed. */
export function hasParallel() {
  try {
    return execFileSync('parallel', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).includes(
      'GNU',
    )
  } catch {
    return false
  }
}
