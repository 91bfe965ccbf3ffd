// What is measured: the rows, who is in them, and which bar and aim each has.
//
// A judgement compares ours with the best of the named others, round by round, and asks for at least `times` as good
// (`times` < 1: may be that much worse), or asks for a figure: `least` or `most`.

/** The Node pools made of processes. */
const PROCESS_POOLS = ['tinypool', 'workerpool', 'poolifier', 'jest-worker']

const node = (id, settings = {}, candidate = id) => ({ id, candidate, settings })
const python = (id, call) => ({ id, python: call })
const ours = (id, settings) => node(id, settings, 'autopara')

const peers = PROCESS_POOLS.map((id) => node(id))

export const ROWS = [
  {
    id: 'noop',
    title: '20,000 no-ops one by one, 2 workers',
    unit: 'µs a task',
    better: 'lower',
    job: 'noop',
    settings: { count: 20_000, workers: 2, depth: 64 },
    candidates: [
      ours('autopara imap'),
      ours('autopara map chunksize 1', { mode: 'map', chunksize: 1 }),
      ...peers,
      node('piscina (threads)', {}, 'piscina'),
      node('raw fork', {}, 'raw-fork'),
      node('raw pipe, 1 a frame', {}, 'raw-pipe'),
      node('raw pipe, 64 a frame', { perFrame: 64, depth: 4 }, 'raw-pipe'),
      python('Python imap', 'imap'),
      python('Python map chunksize 1', 'map1'),
      python('Python executor', 'executor'),
      python('joblib auto', 'joblib'),
    ],
    judge: [
      { kind: 'bar', against: ['Python imap'], times: 1 },
      { kind: 'bar', against: PROCESS_POOLS, times: 2 },
      { kind: 'aim', against: ['Python map chunksize 1'], times: 5 },
      { kind: 'aim', most: 2 },
      { kind: 'aim', cpu: true, against: ['raw fork'], times: 2 },
    ],
  },
  {
    id: 'integers',
    title: 'map of 1,000,000 small integers, 2 workers',
    unit: 'µs an item',
    better: 'lower',
    job: 'noop',
    settings: { count: 1_000_000, workers: 2 },
    candidates: [
      ours('autopara map', { mode: 'map' }),
      ours('autopara map auto', { mode: 'map', chunksize: 'auto' }),
      python('Python map', 'map'),
    ],
    judge: [
      { kind: 'bar', against: ['Python map'], times: 1 },
      { kind: 'bar', of: 'autopara map auto', against: ['Python map'], times: 1 },
      { kind: 'aim', against: ['Python map'], times: 1.5 },
      { kind: 'aim', of: 'autopara map auto', against: ['Python map'], times: 1.5 },
    ],
  },
  {
    id: 'small',
    title: '64-atom configurations, echo, 2 workers',
    unit: 'µs each',
    better: 'lower',
    job: 'echo',
    settings: { count: 4000, atoms: 64, workers: 2, depth: 16 },
    candidates: [
      ours('autopara imap'),
      ...peers,
      node('piscina (threads)', {}, 'piscina'),
      node('raw fork', {}, 'raw-fork'),
      node('raw pipe', {}, 'raw-pipe'),
      python('Python imap', 'imap'),
      python('Python executor', 'executor'),
      python('joblib auto', 'joblib'),
    ],
    judge: [
      { kind: 'bar', against: ['Python imap'], times: 1 },
      { kind: 'bar', against: PROCESS_POOLS, times: 1 },
      { kind: 'aim', most: 60 },
      { kind: 'aim', cpu: true, against: ['raw fork'], times: 2 },
    ],
  },
  {
    id: 'large',
    title: '10,000-atom configurations, echo, 2 workers',
    unit: 'µs each',
    better: 'lower',
    job: 'echo',
    settings: { count: 300, atoms: 10_000, workers: 2, depth: 4 },
    candidates: [
      ours('autopara imap'),
      ...peers,
      node('piscina (threads)', {}, 'piscina'),
      node('raw fork', {}, 'raw-fork'),
      node('raw pipe', {}, 'raw-pipe'),
      node('one way', {}, 'one-way'),
      python('Python imap', 'imap'),
    ],
    judge: [
      { kind: 'bar', against: ['raw pipe'], times: 1 / 1.15 },
      { kind: 'aim', against: ['raw pipe'], times: 1 },
      { kind: 'aim', cpu: true, against: ['raw fork'], times: 2 },
    ],
  },
  {
    id: 'start',
    title: 'start-up to the first result, 2 workers',
    unit: 'ms',
    better: 'lower',
    job: 'startUp',
    settings: { workers: 2, depth: 1 },
    candidates: [
      ours('autopara'),
      ...peers,
      node('piscina (threads)', {}, 'piscina'),
      node('raw fork', {}, 'raw-fork'),
      python('Python', 'start'),
    ],
    judge: [
      { kind: 'bar', against: ['raw fork'], times: 1 / 1.25 },
      { kind: 'aim', against: ['raw fork'], times: 1 / 1.1 },
    ],
  },
  {
    id: 'sleeping',
    title: 'sleeping tasks, lognormal σ = 1.5, mean 20 ms, 8 workers, in order',
    unit: 'of the unbounded schedule',
    better: 'higher',
    job: 'sleeping',
    settings: { count: 800, workers: 8, depth: 1 },
    candidates: [ours('autopara imap'), node('raw fork', {}, 'raw-fork'), python('Python imap', 'sleeping')],
    judge: [
      { kind: 'bar', least: 0.95 },
      { kind: 'aim', least: 0.99 },
    ],
  },
  {
    id: 'cpu',
    title: 'tasks of 2 ms of CPU, 2 workers against 1',
    unit: 'times as fast',
    better: 'higher',
    job: 'speedUp',
    settings: { count: 600, workers: 2, depth: 2 },
    candidates: [ours('autopara imap'), node('raw fork', {}, 'raw-fork')],
    judge: [
      { kind: 'bar', least: 1.95 },
      { kind: 'aim', against: ['raw fork'], times: 1 },
    ],
  },
  {
    id: 'crowd',
    title: "1,000,000 no-ops, chunksize 'auto', 8 workers beside 2",
    unit: 'µs a task',
    better: 'lower',
    job: 'noop',
    settings: { count: 1_000_000, chunksize: 'auto', warmUps: 4, takes: 5 },
    candidates: [ours('autopara, 8 workers', { workers: 8 }), ours('autopara, 2 workers', { workers: 2 })],
    judge: [{ kind: 'bar', against: ['autopara, 2 workers'], times: 1 / 1.1 }],
  },
]
