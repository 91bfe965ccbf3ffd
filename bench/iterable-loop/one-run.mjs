// One run of the file → file job in a process of its own, so that each is measured from the same start.
//
//     node one-run.mjs IN OUT noop|emt NPOOL CHUNKSIZE      prints one JSON line
import { performance } from 'node:perf_hooks'
import { ConfigSetIn, ConfigSetOut, calculate, EMT, iterableLoop } from 'autopara'
import { noop } from './ops.mjs'

const [input, output, op, npoolText, chunkText] = process.argv.slice(2)
const npool = Number(npoolText)
const chunksize = chunkText === 'auto' ? 'auto' : Number(chunkText)
const iterable = new ConfigSetIn({ inputFiles: input })
const configsetOut = new ConfigSetOut({ outputFiles: output, force: true })
const start = performance.now()
const cpu = process.cpuUsage()
let configs = 0
const progress = {
  end: (summary) => {
    configs = summary.configs
  },
}
if (op === 'noop') await iterableLoop({ iterable, configsetOut, op: noop, npool, chunksize, progress })
else await calculate(iterable, configsetOut, { calculator: [EMT, []] }, { npool, chunksize, progress })
const seconds = (performance.now() - start) / 1000
const { user, system } = process.cpuUsage(cpu)
console.log(JSON.stringify({ configs, seconds, rate: configs / seconds, parent_cpu: (user + system) / 1e6 }))
