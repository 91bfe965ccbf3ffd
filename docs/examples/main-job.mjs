// The main job: EMT energies, forces and stresses of the example's 500 configurations, on all cores, to example-output/.
// The speed-up is measured on the same file read 20 times, so that it is not that of starting processes.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigSetIn, ConfigSetOut, calculate, cpuCount, EMT } from 'autopara'

const input = fileURLToPath(new URL('rattled-fcc.xyz', import.meta.url))
const output = 'example-output/rattled-fcc.EMT.xyz'
mkdirSync('example-output', { recursive: true })

/** Evaluates `repeats` times the input, and tells how many configurations a second that was. */
async function evaluate(repeats, npool, outputFiles) {
  let rate = 0
  const inputs = new ConfigSetIn({ inputFiles: Array(repeats).fill(input) })
  const outputs = new ConfigSetOut({ outputFiles, force: true })
  const progress = { end: (summary) => (rate = summary.done / summary.seconds) }
  await calculate(inputs, outputs, { calculator: [EMT, []] }, { npool, chunksize: 10, progress })
  return rate
}

const npool = cpuCount()
await evaluate(1, npool, output)
const one = await evaluate(20, 1, 'example-output/speed.xyz')
const all = await evaluate(20, npool, 'example-output/speed.xyz')
console.log(
  `${all.toFixed(0)} configurations/s with ${npool} processes, ${one.toFixed(0)}/s with one: speed-up ${(all / one).toFixed(2)}`,
)
console.log(`500 configurations with EMT_energy, EMT_forces and EMT_stress: ${output}`)
