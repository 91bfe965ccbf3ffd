// One loop in a process of its own, so that each is measured from the same start: node one-run.mjs REQUEST (JSON)
//
//     { op: noop | emt | sleep, input, output, npool, chunksize?, cpuFile?, times?, folder? }      prints one JSON line
//
// With `warm: { skip, take }`, `skip` loops that don't count and `take` that do, the median of which is printed; with
// `keep`, all of them on one pool.
import { existsSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { ConfigSetIn, ConfigSetOut, calculate, EMT, iterableLoop, Pool } from 'autopara'
import { noop, sleepFor } from './ops.mjs'

const request = JSON.parse(process.argv[2])
const { op, npool, chunksize = 'auto', cpuFile, warm = { skip: 0, take: 1 }, keep = false } = request
const initializer = cpuFile ? { initializer: [[new URL('./note-cpu.mjs', import.meta.url).href, cpuFile]] } : {}
let items = 0
const progress = {
  end: ({ done }) => {
    items = done
  },
}
const pool = keep ? new Pool({ processes: npool, ...initializer }) : undefined
const settings = { chunksize, progress, ...(pool ? { pool } : { npool, ...initializer }) }

for (let k = 0; k < warm.skip; k++) await run()
const loops = []
for (let k = 0; k < warm.take; k++) loops.push(await measured())
const { seconds, parentCpu } = loops.sort((a, b) => a.seconds - b.seconds)[loops.length >> 1]
pool?.close()
await pool?.join()
const workerCpu = cpuFile && existsSync(cpuFile) ? sum(readFileSync(cpuFile, 'utf8').trim().split('\n').map(Number)) : 0
console.log(
  JSON.stringify({
    items,
    seconds,
    parentCpu,
    workerCpu,
    maxRss: process.resourceUsage().maxRSS * 1024,
  }),
)

async function measured() {
  const start = performance.now()
  const cpu = process.cpuUsage()
  await run()
  const seconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { seconds, parentCpu: user + system }
}

function run() {
  if (op === 'sleep') {
    const { times, folder } = request
    return iterableLoop({ ...settings, iterable: times, op: sleepFor, args: [folder, npool], chunksize: 1 })
  }
  const iterable = new ConfigSetIn({ inputFiles: request.input })
  const configsetOut = new ConfigSetOut({ outputFiles: request.output, force: true })
  if (op === 'noop') return iterableLoop({ ...settings, iterable, configsetOut, op: noop })
  return calculate(iterable, configsetOut, { calculator: [EMT, []] }, settings)
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}
