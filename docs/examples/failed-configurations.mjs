// Configurations that fail don't end a run: they are passed on, marked, and listed beside the output. When the reason is
// mended, only they are run again, and their results take their places.   node failed-configurations.mjs FOLDER
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bulk, ConfigSetIn, ConfigSetOut, calculate, EMT, LennardJones } from 'autopara'

const outputFiles = join(process.argv[2] ?? '.', 'energies.xyz')
const inputs = new ConfigSetIn({ inputConfigs: ['Cu', 'Fe', 'Au'].map((metal) => bulk(metal)) })

/** Prints the energy of each configuration, or its mark. */
async function show(results) {
  for await (const { formula, info } of results) {
    const energy = info.energy?.toFixed(3) ?? info.LJ_energy?.toFixed(3)
    console.log(formula, energy ?? `failed: ${info.calculation_failed}`)
  }
}

// EMT has no parameters for iron.
const emt = { calculator: [EMT, []], outputPrefix: null }
await show(await calculate(inputs, new ConfigSetOut({ outputFiles, force: true }), emt, { npool: 2 }))
const log = readFileSync(`${outputFiles}.failed.jsonl`, 'utf8').trim().split('\n')
for (const line of log) console.log(`item ${JSON.parse(line).index}: ${JSON.parse(line).error.message}`)

// Another calculator for what failed.
const other = { calculator: [LennardJones, [{ epsilon: 0.4, sigma: 2.3 }]], outputPrefix: 'LJ_' }
await show(await calculate(inputs, new ConfigSetOut({ outputFiles }), other, { rerunFailed: true }))
