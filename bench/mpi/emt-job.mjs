// The file → file job of run.mjs, on 2 forked workers or, under mpirun, on its ranks: node emt-job.mjs FOLDER
import { join } from 'node:path'
import { ConfigSetIn, ConfigSetOut, calculate, EMT } from 'autopara'
import { init } from 'autopara/mpi'

const [folder] = process.argv.slice(2)
await init()
const started = performance.now()
let configs = 0
const progress = {
  end: (summary) => {
    configs = summary.configs
  },
}
await calculate(
  new ConfigSetIn({ inputFiles: join(folder, 'in.xyz') }),
  new ConfigSetOut({ outputFiles: join(folder, 'out.xyz'), force: true }),
  { calculator: [EMT, []] },
  { progress, ...(process.env.WFL_MPIPOOL ? {} : { npool: 2 }) },
)
console.log(JSON.stringify({ value: configs / ((performance.now() - started) / 1000) }))
