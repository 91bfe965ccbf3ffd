// MPI beside mpi4py.futures: node bench/mpi/run.mjs [ROUNDS]. Needs openmpi-bin, mpich, python3-mpi4py; 2 workers each.
// Rounds are interleaved, and the best of each is compared: the machine's noise only ever makes things slower.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const rounds = Number(process.argv[2] ?? 3)
const cases = JSON.stringify([
  ['no-op', 0, 20_000],
  ['64 atoms', 64, 10_000],
  ['10,000 atoms', 10_000, 1_000],
])
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const openmpi = ['mpirun.openmpi', '--oversubscribe', '--allow-run-as-root', '-np', '3']
const contestants = {
  'mpi4py (Open MPI)': [...openmpi, '/usr/bin/python3', here('control.py'), cases],
  'autopara (Open MPI)': [...openmpi, 'node', here('ranks.mjs'), cases],
  'autopara (MPICH)': ['mpirun.mpich', '-np', '3', 'node', here('ranks.mjs'), cases],
}
const best = new Map()
for (let round = 0; round < rounds; round++) {
  for (const [who, [command, ...args]] of Object.entries(contestants)) {
    const text = execFileSync('timeout', ['200', command, ...args], {
      encoding: 'utf8',
      env: { ...process.env, WFL_MPIPOOL: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for (const line of text.trim().split('\n')) {
      const { name, calls, seconds } = JSON.parse(line)
      const key = `${name} | ${who}`
      best.set(key, Math.max(best.get(key) ?? 0, calls / seconds))
    }
  }
}
const [control] = Object.keys(contestants)
for (const [key, rate] of best) {
  const ratio = rate / best.get(`${key.split(' | ')[0]} | ${control}`)
  console.log(`${key.padEnd(36)} ${rate.toFixed(0).padStart(8)} a second  × ${ratio.toFixed(2)}`)
}
