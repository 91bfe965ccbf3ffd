// Time of SOAP and symmetry functions per atom, its growth with the number of atoms, and what they allocate.
//
//     node --expose-gc bench/kernels/descriptors.mjs [--rounds 7] [--sizes 64,1000,8000,64000] [--write]
//
// `--write`: also into docs/descriptors.md.
//
// Each figure is the best of the rounds, in CPU time of this process (neighbour list included). In every round the control
// runs too: 10⁷ multiply-adds over typed arrays; divide by it to compare machines. Before anything is timed, a vector is
// compared with the one that quippy publishes, and symmetry functions with their closed form.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Atoms, bulk, descriptorOp, Rng } from 'autopara'
import { loadText, machineLine } from '../harness/machine.mjs'
import { readOptions } from '../harness/options.mjs'
import { writeSection } from '../harness/page.mjs'
import { cpuSince } from './timing.mjs'

const values = readOptions(import.meta.url, {
  rounds: { type: 'string', default: '7' },
  sizes: { type: 'string', default: '64,1000,8000,64000' },
  write: { type: 'boolean', default: false },
})
const rounds = Number(values.rounds)
const machine = machineLine()

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
  return cpuSince(start)
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
// The benchmark of featomic (then rascaline), pull request 23 of 2021: bulk silicon, 4 Å, σ 0.3; its times, µs an atom.
const silicon = { type: 'soap', species: ['Si'], cutoff: 4, atomSigma: 0.3, radialBasis: 'equispaced' }
const featomic = [
  [2, 1, 12.3],
  [2, 7, 35.9],
  [2, 15, 77.8],
  [8, 1, 30.4],
  [14, 1, 56.8],
  [14, 7, 248],
  [14, 15, 517],
]
// Issue 31 of DScribe: NiTi in the structure of CsCl, 3 Å; 1.5 hours for 250,000 atoms of version 0.2.8, whose cost was not linear.
const nickelTitanium = bulk('Po', { a: 2.993, cubic: true }).repeat(8)
const NiTi = new Atoms({
  numbers: Array.from({ length: 2 * nickelTitanium.length }, (_, i) => (i % 2 === 0 ? 28 : 22)),
  positions: Array.from(nickelTitanium.positions, (_, o) => o)
    .filter((o) => o % 3 === 0)
    .flatMap((o) => {
      const [a, b, c] = nickelTitanium.positions.subarray(o, o + 3)
      return [a, b, c, a + 2.993 / 2, b + 2.993 / 2, c + 2.993 / 2]
    }),
  cell: nickelTitanium.cell,
  pbc: [true, true, true],
})
const acsf = { type: 'acsf', species: ['Cu'], cutoff: 5, g2: radial }
/** What, the descriptor, a crystal, and the published time of another program, µs an atom. */
const JOBS = [
  ['SOAP nMax 8, lMax 6, 5 Å, fcc Cu (42 neighbours)', soap, crystal('Cu', 864)],
  ['the same, CuAuPd', { ...soap, species: alloy }, crystal('Cu', 864, alloy)],
  ["the first, quippy's basis", { ...soap, radialBasis: 'equispaced' }, crystal('Cu', 864)],
  ...featomic.map(([nMax, lMax, time]) => [
    `SOAP nMax ${nMax}, lMax ${lMax}, 4 Å, σ 0.3, Si`,
    { ...silicon, nMax, lMax },
    crystal('Si', 864),
    `featomic ${time}`,
  ]),
  [
    'SOAP nMax 4, lMax 4, 3 Å, NiTi',
    { ...soap, species: ['Ni', 'Ti'], cutoff: 3, nMax: 4, lMax: 4 },
    NiTi,
    'DScribe 0.2.8 21,600',
  ],
  ['6 G2, 5 Å, fcc Cu', acsf, crystal('Cu', 864)],
  ['6 G2 and 6 G4, 5 Å, fcc Cu', { ...acsf, g4: angular }, crystal('Cu', 864)],
  ['6 G2 and 6 G5, 5 Å, fcc Cu', { ...acsf, g5: angular }, crystal('Cu', 864)],
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

function jobLine([name, descs, atoms, published = '']) {
  const params = { descs, key: 'd', local: true, force: true }
  descriptorOp([atoms], params)
  const [time, unit] = best(() => descriptorOp([atoms], params))
  const perAtom = Number(((1e6 * time) / atoms.length).toPrecision(3))
  const perControl = ((1000 * time) / atoms.length / unit).toFixed(2)
  return `| ${name} | ${atoms.arrays.d.shape[1]} | ${perAtom} | ${perControl} | ${published} |`
}

function growthLine(size) {
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
  return `| ${atoms.length.toLocaleString('en')} | ${((1e6 * fastest) / atoms.length).toFixed(1)} | ${memory.toFixed(0)} |`
}

function garbageLines() {
  if (!globalThis.gc) return []
  const atoms = crystal('Cu', 8000)
  const params = { descs: { ...soap, average: 'outer' }, key: 'd', force: true }
  descriptorOp([atoms], params)
  let least = Number.POSITIVE_INFINITY
  for (let pass = 0; pass < 5; pass++) {
    globalThis.gc()
    const before = process.memoryUsage().heapUsed
    descriptorOp([atoms], params)
    least = Math.min(least, process.memoryUsage().heapUsed - before)
  }
  const bytes = least / atoms.length / 42
  return [
    '',
    `A pass over ${atoms.length.toLocaleString('en')} atoms leaves ${bytes.toFixed(2)} bytes a neighbour on the heap.`,
  ]
}

check()
const lines = [
  `Measured on ${machine}; the best of ${rounds} rounds, CPU time, the neighbour list included. Written by \`node --expose-gc bench/kernels/descriptors.mjs --write\`. The control is 10⁷ multiply-adds over typed arrays = 1000.`,
  '',
  '| job | components | µs an atom | in controls | published, µs an atom |',
  '| --- | --: | --: | --: | --: |',
  ...JOBS.map(jobLine),
  '',
  'SOAP nMax 8, lMax 6, 5 Å, fcc Cu, averaged:',
  '',
  '| atoms | µs an atom | MiB resident |',
  '| --: | --: | --: |',
  ...values.sizes.split(',').map(Number).map(growthLine),
  ...garbageLines(),
  '',
  `Load at the end ${loadText()}.`,
]
console.log(lines.join('\n'))
if (values.write) {
  writeSection(fileURLToPath(new URL('../../docs/descriptors.md', import.meta.url)), 'descriptors', lines.join('\n'))
}
