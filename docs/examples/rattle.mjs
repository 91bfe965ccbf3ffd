// Random displacements that do not depend on how the work is shared out: each configuration has a random stream of its own.
//
//     node docs/examples/rattle.mjs IN OUT [NPOOL [CHUNKSIZE]]
import { ConfigSetIn, ConfigSetOut, iterableLoop, taskContext } from 'autopara'

/** Moves every atom by a normal deviate of 0.1 Å in each direction. */
export function rattle(configs, stdev) {
  const { rng } = taskContext()
  for (const [k, atoms] of configs.entries()) atoms.rattle(stdev, rng[k])
  return configs
}

const [inputFiles, outputFiles, npool = '0', chunksize = '1'] = process.argv.slice(2)
await iterableLoop({
  iterable: new ConfigSetIn({ inputFiles }),
  configsetOut: new ConfigSetOut({ outputFiles, force: true }),
  op: rattle,
  args: [0.1],
  seed: 1,
  npool: Number(npool),
  chunksize: Number(chunksize),
  initializer: 'seed-random',
})
