// What is measured of the loop, with the bar and the aim of each row; see bench/harness/judge.mjs for their form.

const PYTHON = [
  { npool: 0, chunksize: 1 },
  { npool: 2, chunksize: 1 },
  { npool: 2, chunksize: 10 },
  { npool: 2, chunksize: 100 },
]
const pythonName = ({ npool, chunksize }) =>
  npool === 0 ? 'Python, serial' : `Python, ${npool} processes, chunksize ${chunksize}`

const PYTHON_BEST = "Python's best setting"

/** Of several loops in one process the first don't count: V8 goes on compiling for about ten of them. */
const WARM = { skip: 10, take: 5 }
const KEPT = '2 processes, kept'

/** The rows, with their candidates; `gigabytes`: how large the large file is. */
export function rowsOf({ measure, inputs, gigabytes }) {
  return [
    noop(measure, inputs, 20_000, 8, 4_000),
    noop(measure, inputs, 2_000, 64, 2_000),
    share(measure, inputs, 8, 20_000, 100_000),
    share(measure, inputs, 64, 4_000, 20_000),
    emt(measure, inputs),
    sleeping(measure, 'uniform'),
    sleeping(measure, 'lognormal'),
    parallel(measure, inputs),
    memory(measure, inputs, gigabytes),
  ]
}

/** File → file with an operation that does nothing, beside the same job in Python. */
function noop(measure, inputs, count, atoms, pythonCount) {
  return {
    id: `noop-${atoms}`,
    title: `A no-op over ${count.toLocaleString('en')} × ${atoms} atoms, file → file`,
    ...fileToFile(measure, () => inputs.file(count, atoms), { op: 'noop', count, pythonCount, python: PYTHON }),
    judge: [
      { kind: 'bar', against: PYTHON.map(pythonName), what: PYTHON_BEST, times: 20 },
      { kind: 'aim', against: PYTHON.map(pythonName), what: PYTHON_BEST, times: 40 },
      { kind: 'bar', against: ['serial'], times: 1.6 },
      { kind: 'aim', against: ['serial'], times: 1.9 },
      { kind: 'bar', of: KEPT, against: PYTHON.map(pythonName), what: PYTHON_BEST, times: 20 },
      { kind: 'aim', of: KEPT, against: PYTHON.map(pythonName), what: PYTHON_BEST, times: 40 },
      { kind: 'bar', of: KEPT, against: ['serial, warm'], times: 1.6 },
      { kind: 'aim', of: KEPT, against: ['serial, warm'], times: 1.9 },
    ],
  }
}

function emt(measure, inputs) {
  const python = PYTHON.filter(({ chunksize }) => chunksize < 100)
  return {
    id: 'emt',
    title: 'EMT over 2,000 × 64 atoms, file → file',
    // ASE takes 57 ms a configuration: it gets fewer.
    ...fileToFile(measure, () => inputs.file(2_000, 64), { op: 'emt', count: 2_000, pythonCount: 60, python }),
    judge: [
      { kind: 'aim', against: python.map(pythonName), what: PYTHON_BEST, times: 100 },
      { kind: 'bar', against: ['serial'], times: 1.9 },
      { kind: 'aim', against: ['serial'], times: 1.97 },
      { kind: 'bar', of: KEPT, against: ['serial, warm'], times: 1.9 },
      { kind: 'aim', of: KEPT, against: ['serial, warm'], times: 1.97 },
    ],
  }
}

/** A job with 2, 1 and no processes, several times over on one pool and serially, and with these settings in Python. */
function fileToFile(measure, file, { op, count, pythonCount, python }) {
  const ours = (npool, how) => async () => measure.perConfig({ op, input: await file(), npool, ...how }, count)
  return {
    unit: 'µs a configuration',
    better: 'lower',
    candidates: [
      { id: '2 processes', run: ours(2) },
      { id: '1 process', run: ours(1) },
      { id: 'serial', run: ours(0) },
      { id: KEPT, run: ours(2, { warm: WARM, keep: true }) },
      { id: 'serial, warm', run: ours(0, { warm: WARM }) },
      ...python.map((settings) => ({
        id: pythonName(settings),
        python: true,
        run: async () => measure.pythonPerConfig({ op, input: await file(), ...settings }, pythonCount),
      })),
    ],
  }
}

/** How much of the work is left to the parent. */
function share(measure, inputs, atoms, few, many) {
  let last
  const measured = async () => {
    last = await measure.cpuOfOneMore(await inputs.file(few, atoms), await inputs.file(many, atoms))
    return last
  }
  return {
    id: `parent-${atoms}`,
    title: `CPU of the no-op for one configuration more of ${atoms} atoms, 2 processes`,
    unit: 'µs a configuration',
    better: 'lower',
    candidates: [
      { id: 'parent', run: async () => ({ value: (await measured()).parent }) },
      { id: 'worker', run: async () => ({ value: last.worker }) },
    ],
    judge: [
      { kind: 'bar', against: ['worker'], times: 5 },
      { kind: 'aim', against: ['worker'], times: 20 },
    ],
  }
}

function sleeping(measure, distribution) {
  const candidates = [1, 2, 4, 8, 16].map((npool) => ({
    id: `${npool} process${npool === 1 ? '' : 'es'}`,
    run: () => measure.sleeping(distribution, npool),
  }))
  return {
    id: distribution,
    title: `Sleeping items, ${distribution === 'uniform' ? 'uniform' : 'lognormal (σ = 1.5)'}, mean 50 ms`,
    unit: '% of the ideal schedule',
    better: 'higher',
    rounds: 2,
    candidates,
    judge: candidates.flatMap(({ id }) => [
      { kind: 'bar', of: id, least: 95 },
      { kind: 'aim', of: id, least: 99 },
    ]),
  }
}

function parallel(measure, inputs) {
  const count = 60
  return {
    id: 'parallel',
    title: `EMT over ${count} files of one configuration of 64 atoms, 2 processes, with all starts`,
    unit: 's',
    better: 'lower',
    rounds: 2,
    needsParallel: true,
    candidates: [
      { id: 'autopara calculate FILES', run: async () => measure.filesInOneLoop(await inputs.single(count)) },
      { id: 'parallel autopara calculate', run: async () => measure.filesWithParallel(await inputs.single(count)) },
    ],
    judge: [{ kind: 'bar', against: ['parallel autopara calculate'], what: 'GNU parallel', times: 10 }],
  }
}

function memory(measure, inputs, gigabytes) {
  const small = gigabytes / 10
  return {
    id: 'memory',
    title: `The parent's memory at most, ${gigabytes} GB in and out beside ${small} GB, 2 processes`,
    unit: 'MB',
    noun: 'memory',
    better: 'lower',
    rounds: 1,
    candidates: [
      { id: `${gigabytes} GB`, run: async () => measure.memory(await inputs.large(gigabytes * 1e9)) },
      { id: `${small} GB`, run: async () => measure.memory(await inputs.large(small * 1e9)) },
    ],
    judge: [{ kind: 'bar', against: [`${small} GB`], times: 0.8 }],
  }
}
