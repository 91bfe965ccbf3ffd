/**
 * How a loop is run, apart from what it runs: the call's own settings over the wrapper's over the environment over the
 * built-in ones.
 */
import { envNpool, envTrace } from '../base/env.js'
import { OptionTypeError } from '../base/errors.js'
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkKeys,
  optionalPositiveInteger,
  rangeError,
  typeError,
} from '../base/options.js'
import { randomSeed } from '../base/random.js'
import { Pool } from '../pool/pool.js'
import { checkMaxAhead, type PoolOptions } from '../pool/pool-options.js'
import type { OnError } from './failures.js'
import type { ProgressOption } from './progress.js'

/** The settings of a loop; all optional. */
export interface AutoparaInfo {
  /** Worker processes; 0 runs serially in this process. Default: `WFL_AUTOPARA_NPOOL`, else 0. */
  npool?: number
  /**
   * A running pool on which the loop runs, and which it does not end: several loops then start their workers once. It has its
   * own `npool` (its `processes`), `initializer`, `initargs`, `retries`, `taskTimeout`, `exact` and `context`, so that these
   * can't be given beside it. What runs when the loop ends early is finished by the workers, and dropped. Default: the loop
   * makes a pool of its own, and ends it.
   */
  pool?: Pool
  /** How many items one call of the operation gets. Default 1 (shipped operations: 'auto'). */
  chunksize?: number | 'auto'
  /** Leave out null results (default true); false: a null is an error of its item. */
  skipFailed?: boolean
  /** What becomes of an item that fails. Default 'raise' (shipped operations: 'keep'). */
  onError?: OnError
  /** When the operation fails for several items at once, run them again one by one, so that only those fail that fail alone. Default true. */
  rerunSingly?: boolean
  /** Position of the list of items among the arguments (default 0), or the key under which an options object gets it. */
  iterableArg?: number | string
  /** Names the items' random streams: item i gets `new Rng(seed).spawn(i)`. Default: drawn from the operating system. */
  seed?: number | string
  /** Run once in each worker (and once in this process in a serial run) before its first item. */
  initializer?: PoolOptions['initializer']
  /** The arguments of a single initializer. */
  initargs?: PoolOptions['initargs']
  /** How often a chunk that was lost with its worker is run again. Default 0. */
  retries?: number
  /** ms for one chunk; then its worker is killed and the chunk is lost with it: run again, or failed, as `retries` says. */
  taskTimeout?: number
  /** Every outcome leaves the worker before the next item begins; see `Pool`. Default: only while items take 50 µs or more. */
  exact?: boolean
  /** What the workers are; see `Pool`. */
  context?: PoolOptions['context']
  /** Chunks per worker that may be ahead of the writer. */
  prefetch?: number
  /**
   * How far the workers may run ahead of a slow item: bytes of finished results that wait in memory (default 64 MiB; more of
   * them wait in a private file beside the output), and chunks per worker that wait for the writer (default 1000).
   */
  maxAhead?: { bytes?: number; chunks?: number }
  /**
   * Runs only the items that failed in the run that made the finished output (see its failure log), with that run's seed, and
   * puts their results in their places; everything else of the output stays as it is. Default false.
   */
  rerunFailed?: boolean
  /** Ends the loop early. */
  signal?: AbortSignal
  /** Where progress is shown. */
  progress?: ProgressOption
  /** A file that gets a timeline of the workers, as Chrome trace events. Default: `AUTOPARA_TRACE`, else none. */
  trace?: string
  /**
   * A file that gets a report of the run and its results: one HTML page that needs no network. It is drawn by the packages
   * echarts and 3dmol, which must be installed. Default: none.
   */
  report?: string
}

/** The settings of a loop, checked and complete. */
export interface LoopSettings {
  readonly npool: number
  /** The pool that the loop was given. */
  readonly pool: Pool | undefined
  /** Whether the call itself, not the environment, said how many. */
  readonly npoolGiven: boolean
  readonly chunksize: number | 'auto'
  readonly skipFailed: boolean
  readonly onError: OnError
  readonly rerunSingly: boolean
  readonly rerunFailed: boolean
  readonly iterableArg: number | string
  readonly seed: number | string
  readonly seedDrawn: boolean
  readonly progress: ProgressOption | undefined
  readonly signal: AbortSignal | undefined
  readonly trace: string | undefined
  readonly report: string | undefined
  /** What goes to the loop's own pool as it is. */
  readonly poolOptions: Pick<PoolOptions, (typeof POOL_KEYS)[number]>
  readonly prefetch: number | undefined
  readonly maxAhead: { readonly bytes: number; readonly chunks: number } | undefined
}

const POOL_KEYS = ['initializer', 'initargs', 'retries', 'taskTimeout', 'exact', 'context'] as const

/** What a loop says of a pool of its own, and can't of one that it is given. */
const OWN_POOL_KEYS = ['npool', ...POOL_KEYS] as const

/** The names of all settings. */
export const AUTOPARA_KEYS: readonly (keyof AutoparaInfo)[] = [
  'npool',
  'pool',
  'chunksize',
  'skipFailed',
  'onError',
  'rerunSingly',
  'rerunFailed',
  'iterableArg',
  'seed',
  'prefetch',
  'maxAhead',
  'signal',
  'progress',
  'trace',
  'report',
  ...POOL_KEYS,
]

/**
 * The settings of `info` over those of `defaults`. Keys that are undefined count as absent. A pool that `info` gives takes the
 * place of all that `defaults` say of an own one, an `npool` that of a pool of `defaults`.
 */
export function mergeAutoparaInfo(defaults: AutoparaInfo, info: AutoparaInfo): AutoparaInfo {
  checkKeys(info, AUTOPARA_KEYS, 'AutoparaInfo')
  const given = Object.fromEntries(Object.entries(info).filter(([, value]) => value !== undefined))
  const kept: AutoparaInfo = { ...defaults }
  if ('pool' in given) for (const key of OWN_POOL_KEYS) delete kept[key]
  if ('npool' in given) delete kept.pool
  return { ...kept, ...given }
}

/** Checks `info` and fills in what it leaves open. Throws TypeError, RangeError, EnvironmentError. */
export function resolveAutoparaInfo(info: AutoparaInfo): LoopSettings {
  const { iterableArg = 0, seed, chunksize = 1, signal } = info
  if (typeof iterableArg !== 'string') checkInteger('iterableArg', iterableArg, 0, 'a position (0, 1 …) or a key')
  if (seed !== undefined && typeof seed !== 'string' && typeof seed !== 'number')
    throw typeError('seed', 'a number or a string', seed)
  if (typeof seed === 'number' && !Number.isFinite(seed)) throw rangeError('seed', 'finite', seed)
  for (const key of ['trace', 'report'] as const)
    if (info[key] !== undefined && (typeof info[key] !== 'string' || info[key] === ''))
      throw typeError(key, 'the path of a file', info[key])
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw typeError('signal', 'an AbortSignal', signal)
  const pool = checkPool(info)
  const npool =
    info.npool === undefined ? undefined : checkInteger('npool', info.npool, 0, 'a number of processes (0, 1, 2 …)')
  return {
    npool: pool?.processes ?? npool ?? envNpool() ?? 0,
    pool,
    npoolGiven: npool !== undefined,
    chunksize:
      chunksize === 'auto' ? chunksize : checkInteger('chunksize', chunksize, 1, "a positive integer or 'auto'"),
    skipFailed: checkBoolean('skipFailed', info.skipFailed, true),
    onError: checkChoice('onError', info.onError, ['raise', 'skip', 'keep'], 'raise'),
    rerunSingly: checkBoolean('rerunSingly', info.rerunSingly, true),
    rerunFailed: checkBoolean('rerunFailed', info.rerunFailed, false),
    iterableArg,
    seed: seed ?? randomSeed(),
    seedDrawn: seed === undefined,
    progress: info.progress,
    signal,
    trace: info.trace ?? envTrace(),
    report: info.report,
    poolOptions: Object.fromEntries(POOL_KEYS.filter((key) => info[key] !== undefined).map((key) => [key, info[key]])),
    prefetch: optionalPositiveInteger('prefetch', info.prefetch),
    maxAhead: info.maxAhead && checkMaxAhead(info.maxAhead),
  }
}

function checkPool(info: AutoparaInfo): Pool | undefined {
  const { pool } = info
  if (pool === undefined) return undefined
  if (!(pool instanceof Pool)) throw typeError('pool', 'a Pool', pool)
  const own = OWN_POOL_KEYS.filter((key) => info[key] !== undefined).map((key) => `\`${key}\``)
  if (own.length === 0) return pool
  throw new OptionTypeError(
    `\`pool\` can't be given together with ${own.join(', ')}: the pool's own settings count, as \`new Pool\` got them`,
  )
}
