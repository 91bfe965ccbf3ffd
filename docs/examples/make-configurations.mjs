// Makes the example input: 500 rattled fcc cells of Cu and its alloys with Ag, Au, Ni, Pd and Pt.
//
//     node docs/examples/make-configurations.mjs [FILE [COUNT]]
import { fileURLToPath } from 'node:url'
import { bulk, ConfigSetOut, Rng } from 'autopara'

const [file = fileURLToPath(new URL('rattled-fcc.xyz', import.meta.url)), count = '500'] = process.argv.slice(2)
const partners = ['Cu', 'Ag', 'Au', 'Ni', 'Pd', 'Pt']
const atomicNumbers = [29, 47, 79, 28, 46, 78]

const output = new ConfigSetOut({ outputFiles: file, force: true })
for (let i = 0; i < Number(count); i++) {
  const rng = new Rng(2026).spawn(i)
  const partner = i % partners.length
  const atoms = bulk('Cu', { a: 3.61 + 0.08 * rng.random(), cubic: true }).repeat([2, 2, 2])
  for (let k = 0; k < atoms.length; k++) if (rng.random() < 0.25) atoms.numbers[k] = atomicNumbers[partner]
  atoms.rattle(0.05, rng)
  for (let k = 0; k < atoms.positions.length; k++) atoms.positions[k] = Number(atoms.positions[k].toFixed(6))
  atoms.info.config_type = partner === 0 ? 'rattled_fcc_Cu' : `rattled_fcc_Cu${partners[partner]}`
  await output.write(atoms)
}
await output.endWrite()
