// File → file, ours against Python's ASE with multiprocessing.Pool: configurations per second and the parent's CPU seconds.
//
//     node bench/iterable-loop/run.mjs [--repeats 5] [--python /usr/bin/python3 | --no-python] [--json FILE]
//
// Each setting runs in a fresh process, the settings one after another in every round, so that a slow moment of the machine
// hits all of them; the median and the best of the rounds are printed.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { bulk, ConfigSetOut, Rng } from 'autopara'

const { values } = parseArgs({
  options: {
    repeats: { type: 'string', default: '5' },
    python: { type: 'string', default: '/usr/bin/python3' },
    'no-python': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
})
const here = (name) => fileURLToPath(new URL(name, import.meta.url))

/** Jobs, and how many of the configurations Python gets for each (its EMT takes 57 ms a configuration). */
const JOBS = [
  { name: 'no-op, 2,000 × 64 atoms', op: 'noop', configs: 2000, cells: 16, pythonLimit: 2000 },
  { name: 'no-op, 20,000 × 8 atoms', op: 'noop', configs: 20000, cells: 2, pythonLimit: 20000 },
  { name: 'EMT, 2,000 × 64 atoms', op: 'emt', configs: 2000, cells: 16, pythonLimit: 60 },
]
const SETTINGS = [0, 1, 2].map((npool) => ({ npool, chunksize: 'auto' }))
const PYTHON_SETTINGS = [
  { npool: 0, chunksize: 1 },
  { npool: 2, chunksize: 1 },
  { npool: 2, chunksize: 10 },
]

/** A file of rattled fcc Cu. */
async function makeInput(path, configs, cells) {
  const output = new ConfigSetOut({ outputFiles: path })
  const shape = cells === 16 ? [4, 2, 2] : [2, 1, 1]
  for (let i = 0; i < configs; i++) {
    const atoms = bulk('Cu', { cubic: true }).repeat(shape)
    atoms.rattle(0.05, new Rng(1).spawn(i))
    await output.write(atoms)
  }
  await output.endWrite()
}

/** Runs one setting and reads its JSON line. */
function measure(command, args) {
  return JSON.parse(execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

const folder = mkdtempSync(join(tmpdir(), 'autopara-bench-'))
const withPython = !values['no-python'] && existsSync(values.python)
const rows = []
try {
  console.log(`load average ${loadavg()[0].toFixed(2)}, node ${process.version}`)
  for (const { name, op, configs, cells, pythonLimit } of JOBS) {
    const input = join(folder, `${configs}x${cells}.xyz`)
    if (!existsSync(input)) await makeInput(input, configs, cells)
    const output = join(folder, 'out.xyz')
    const ours = SETTINGS.map(({ npool, chunksize }) => ({
      label: `autopara npool ${npool}`,
      run: () => measure(process.execPath, [here('one-run.mjs'), input, output, op, String(npool), String(chunksize)]),
    }))
    const theirs = PYTHON_SETTINGS.map(({ npool, chunksize }) => ({
      label: `Python npool ${npool} chunksize ${chunksize}`,
      run: () =>
        measure(values.python, [
          here('../python/iterable_loop.py'),
          input,
          output,
          op,
          `${npool}`,
          `${chunksize}`,
          `${pythonLimit}`,
        ]),
    }))
    const candidates = [...ours, ...(withPython ? theirs : [])].map((candidate) => ({ ...candidate, results: [] }))
    for (let round = 0; round < Number(values.repeats); round++) {
      for (const candidate of candidates) candidate.results.push(candidate.run())
    }
    for (const { label, results } of candidates) {
      const rate = median(results.map((result) => result.rate))
      const best = Math.max(...results.map((result) => result.rate))
      const cpu = median(results.map((result) => (result.parent_cpu / result.configs) * 1e6))
      rows.push({ job: name, label, rate, best, parentCpuMicroseconds: cpu })
    }
    report(name)
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Prints the rows of a job, and the ratios that the job is judged by. */
function report(job) {
  const mine = rows.filter((row) => row.job === job)
  console.log(`\n${job}`)
  for (const { label, rate, best, parentCpuMicroseconds } of mine) {
    console.log(
      `  ${label.padEnd(32)} ${rate.toFixed(0).padStart(8)}/s (best ${best.toFixed(0)})  parent CPU ${parentCpuMicroseconds.toFixed(1)} µs/configuration`,
    )
  }
  const rateOf = (label) => mine.find((row) => row.label === label).rate
  const [serial, two] = [rateOf('autopara npool 0'), rateOf('autopara npool 2')]
  console.log(`  2 processes / serial: ${(two / serial).toFixed(2)}`)
  if (!withPython) return
  const python = Math.max(...mine.filter((row) => row.label.startsWith('Python')).map((row) => row.rate))
  console.log(`  2 processes / Python's best setting: ${(two / python).toFixed(1)}`)
}
