// The same script on one machine or on all ranks of an MPI job; the output has the same bytes.
//   node mpi-script.mjs IN OUT                                       serially
//   WFL_AUTOPARA_NPOOL=8 node mpi-script.mjs IN OUT                  in 8 processes
//   WFL_MPIPOOL=1 mpirun -np 33 node mpi-script.mjs IN OUT           on 32 ranks; rank 0 reads, writes and hands out
import { ConfigSetIn, ConfigSetOut, currentWorker, iterableLoop } from 'autopara'
import { init } from 'autopara/mpi'

const seen = new Set()

/** Centres each configuration; who did it is said on stderr, as it must not change the output. */
export function center(configs) {
  const rank = currentWorker().rank
  if (!seen.has(rank)) console.error(rank === undefined ? 'computing here' : `computing on rank ${rank}`)
  seen.add(rank)
  for (const { positions, length } of configs) {
    for (let axis = 0; axis < 3; axis++) {
      let sum = 0
      for (let i = axis; i < positions.length; i += 3) sum += positions[i]
      for (let i = axis; i < positions.length; i += 3) positions[i] -= sum / length
    }
  }
  return configs
}

await init() // below this line only rank 0 goes on
const [inputFiles, outputFiles] = process.argv.slice(2)
const results = await iterableLoop({
  iterable: new ConfigSetIn({ inputFiles }),
  configsetOut: new ConfigSetOut({ outputFiles, force: true }),
  op: center,
  chunksize: 10,
})
console.log(`${await results.count()} configurations in ${outputFiles}`)
