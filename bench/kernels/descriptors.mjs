// Time of SOAP and symmetry functions per atom, its growth with the number of atoms, and what they allocate.
//
//     node --expose-gc bench/kernels/descriptors.mjs [--rounds 7] [--sizes 64,1000,8000,64000]
//
// Each figure is the best of the rounds, in CPU time of this process (neighbour list included). In every round the control
// runs too: 10⁷ multiply-adds over typed arrays; divide by it to compare machines. Before anything is timed, a vector is
// compared with the one that quippy publishes, and symmetry functions with their closed form.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Atoms, bulk, descriptorOp, Rng } from 'autopara'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, sizes: { type: 'string', default: '64,1000,8000,64000' } },
})
const rounds = Number(values.rounds)

/** Cells of this crystal with about `count` atoms, rattled, the species in turns. */
function crystal(symbol, count, species = [symbol], stdev = 0.05) {
  const cell = bulk(symbol, { cubic: true })
  const atoms = cell.repeat(Math.max(1, Math.round((count / cell.length) ** (1 / 3))))
  const numbers = species.map((name) => bulk(name).numbers[0])
  for (let i = 0; i < atoms.length; i++) atoms.numbers[i] = numbers[i % numbers.length]
  atoms.rattle(stdev, new Rng('bench'))
  return atoms
}

function seconds(job) {
  const start = process.cpuUsage()
  job()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

const x = new Float64Array(1000).fill(1.000001)
const y = new Float64Array(1000)
function control() {
  for (let k = 0; k < 10000; k++) for (let i = 0; i < 1000; i++) y[i] += x[i] * x[999 - i]
}

function check() {
  const path = new URL('../../test/fixtures/quippy-soap.json', import.meta.url)
  const { text, configurations, environments } = JSON.parse(readFileSync(path, 'utf8'))
  for (const { configuration, atom, vector } of environments) {
    const { cell, fractional } = configurations[configuration]
    const positions = fractional.flatMap((f) =>
      [0, 1, 2].map((k) => f[0] * cell[0][k] + f[1] * cell[1][k] + f[2] * cell[2][k]),
    )
    const atoms = new Atoms({ numbers: fractional.map(() => 6), positions, cell })
    descriptorOp([atoms], { descs: text, key: 'd', local: true })
    const row = atoms.arrays.d.data.subarray(atom * vector.length, (atom + 1) * vector.length)
    if (vector.some((value, k) => Math.abs(value - row[k]) > 1e-11)) throw new Error('not the vector of quippy')
  }
  const dimer = new Atoms({ symbols: 'Cu2', positions: [0, 0, 0, 2, 0, 0] })
  descriptorOp([dimer], {
    descs: { type: 'acsf', species: ['Cu'], cutoff: 4, g2: [{ eta: 1 }] },
    key: 'd',
    local: true,
    normalize: false,
  })
  if (Math.abs(dimer.arrays.d.data[0] - Math.exp(-4) * 0.5) > 1e-15) throw new Error('not the G2 of a dimer')
}

const soap = { type: 'soap', species: ['Cu'], cutoff: 5, nMax: 8, lMax: 6, atomSigma: 0.5 }
const alloy = ['Cu', 'Au', 'Pd']
const angular = [1, -1].flatMap((lambda) => [1, 2, 4].map((zeta) => ({ eta: 0.02, zeta, lambda })))
const radial = [0.05, 0.2, 0.5, 1, 2, 4].map((eta) => ({ eta }))
// featomic's own benchmark: bulk silicon, 4 Å, σ 0.3 (its times: docs/descriptors.md).
const silicon = { type: 'soap', species: ['Si'], cutoff: 4, atomSigma: 0.3, radialBasis: 'equispaced' }
const JOBS = [
  ['SOAP n 8, l 6, 5 Å, fcc Cu', soap, crystal('Cu', 864)],
  ['SOAP n 8, l 6, 5 Å, fcc CuAuPd', { ...soap, species: alloy }, crystal('Cu', 864, alloy)],
  ["SOAP n 8, l 6, 5 Å, fcc Cu, quippy's basis", { ...soap, radialBasis: 'equispaced' }, crystal('Cu', 864)],
  ['SOAP n 2, l 7, 4 Å, σ 0.3, Si', { ...silicon, nMax: 2, lMax: 7 }, crystal('Si', 864)],
  ['SOAP n 8, l 1, 4 Å, σ 0.3, Si', { ...silicon, nMax: 8, lMax: 1 }, crystal('Si', 864)],
  ['SOAP n 14, l 7, 4 Å, σ 0.3, Si', { ...silicon, nMax: 14, lMax: 7 }, crystal('Si', 864)],
  ['SOAP n 14, l 15, 4 Å, σ 0.3, Si', { ...silicon, nMax: 14, lMax: 15 }, crystal('Si', 864)],
  ['G2 (6), 5 Å, fcc Cu', { type: 'acsf', species: ['Cu'], cutoff: 5, g2: radial }, crystal('Cu', 864)],
  [
    'G2 (6) + G4 (6), 5 Å, fcc Cu',
    { type: 'acsf', species: ['Cu'], cutoff: 5, g2: radial, g4: angular },
    crystal('Cu', 864),
  ],
  [
    'G2 (6) + G5 (6), 5 Å, fcc Cu',
    { type: 'acsf', species: ['Cu'], cutoff: 5, g2: radial, g5: angular },
    crystal('Cu', 864),
  ],
]

/** The best time of a job and of the control, in seconds. */
function best(job) {
  let fastest = Number.POSITIVE_INFINITY
  let fastestControl = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    fastestControl = Math.min(fastestControl, seconds(control))
    fastest = Math.min(fastest, seconds(job))
  }
  return [fastest, fastestControl]
}

check()
console.log('per atom, µs CPU (and in units of the control, 10⁷ multiply-adds = 1000)')
for (const [name, descs, atoms] of JOBS) {
  const params = { descs, key: 'd', local: true, force: true }
  descriptorOp([atoms], params)
  const [time, unit] = best(() => descriptorOp([atoms], params))
  const columns = atoms.arrays.d.shape[1]
  const perAtom = (1e6 * time) / atoms.length
  console.log(
    `${name.padEnd(46)} ${perAtom.toFixed(1).padStart(7)} ${((1000 * time) / atoms.length / unit).toFixed(3).padStart(8)}   ${columns} components`,
  )
}

console.log('\ngrowth: SOAP n 8, l 6, 5 Å, fcc Cu, averaged; resident memory at the end')
for (const size of values.sizes.split(',').map(Number)) {
  const atoms = crystal('Cu', size)
  const params = { descs: { ...soap, average: 'outer' }, key: 'd', force: true }
  let fastest = Number.POSITIVE_INFINITY
  for (let round = 0; round < Math.max(2, rounds - Math.floor(Math.log10(size))); round++) {
    fastest = Math.min(
      fastest,
      seconds(() => descriptorOp([atoms], params)),
    )
  }
  const memory = process.memoryUsage().rss / 2 ** 20
  console.log(
    `${String(atoms.length).padStart(7)} atoms ${((1e6 * fastest) / atoms.length).toFixed(1).padStart(7)} µs/atom ${memory.toFixed(0).padStart(6)} MiB`,
  )
}

if (globalThis.gc) {
  const atoms = crystal('Cu', 8000)
  const params = { descs: { ...soap, average: 'outer' }, key: 'd', force: true }
  descriptorOp([atoms], params)
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  descriptorOp([atoms], params)
  const grown = process.memoryUsage().heapUsed - before
  console.log(
    `\nheap growth over ${atoms.length} atoms: ${(grown / 1024).toFixed(0)} KiB, ${(grown / atoms.length / 42).toFixed(2)} bytes a neighbour`,
  )
}
