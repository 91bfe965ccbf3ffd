/** The options of a pool and of its calls: a bag in, a checked and frozen record out. */
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkKeys,
  LONGEST_TIMER,
  optionalNonNegative,
  optionalPositiveInteger,
  rangeError,
  typeError,
} from '../base/options.js'
import type { StdioMode } from './backend.js'
import { cpuCount } from './cpu-count.js'
import { checkInitializers, type InitializerEntry, type Initializers, type InitializerTarget } from './initializers.js'
import { defaultProcesses } from './nesting.js'

/** The options of `new Pool`. */
export interface PoolOptions {
  /** The number of workers; 0 is serial: everything in this process. Default: the CPUs that this process may use. */
  processes?: number
  /** Runs once in each worker before its first task. */
  initializer?: InitializerTarget | readonly InitializerEntry[]
  /** The arguments of `initializer`. */
  initargs?: readonly unknown[]
  /** Chunks after which a worker is replaced. Default: never. */
  maxtasksperchild?: number | null
  /** Resident bytes after which a worker is replaced, looked at between chunks. Default: never. */
  maxMemoryPerChild?: number
  /** What the workers are. Default: `fork`. */
  context?: 'fork' | 'cluster' | 'thread'
  /** How often a chunk that was lost with its worker is run again. Default: 0. */
  retries?: number
  /** ms for one chunk; then its worker is killed and the chunk is lost with it. Default: none. */
  taskTimeout?: number
  /** Every outcome leaves the worker before the next item begins. Default: only while items take 50 µs or more. */
  exact?: boolean
  /** Environment variables of the workers, over those of this process. */
  env?: Readonly<Record<string, string | undefined>>
  /** Node's options for the workers. Default: those of this process. */
  execArgv?: readonly string[]
  /** The workers' current folder. */
  cwd?: string
  /** The pool's name, in tags and messages. */
  name?: string
  /** Terminates the pool. */
  signal?: AbortSignal
  /** The workers' output. Default: `inherit`. */
  stdio?: StdioMode
}

/** The options of one call. */
export interface CallOptions {
  /** Items per chunk. Default: 1 for `imap`, Python's rule for `map`. */
  chunksize?: number | 'auto'
  /** Chunks per worker ahead of a reader that does not wait. Default: 4. */
  prefetch?: number
  /** How far ahead of a reader that waits: finished bytes, and chunks per worker. Default: 64 MiB, 1000. */
  maxAhead?: { bytes?: number; chunks?: number }
  /** As of the pool, for this call. */
  exact?: boolean
  /** As of the pool, for this call. */
  retries?: number
  /** As of the pool, for this call. */
  taskTimeout?: number
  /** Names the random streams of `taskContext().rng`. Default: drawn from the operating system. */
  seed?: number | string
  /** Ends the call. */
  signal?: AbortSignal
  /** ms after which the call is rejected with a TimeoutError. */
  timeout?: number
  /** `map` ends with the first error, whichever that is. */
  failFast?: boolean
}

/** The options of a pool, checked. */
export interface CheckedPoolOptions {
  readonly processes: number
  readonly initializers: Initializers
  readonly maxtasksperchild: number | undefined
  readonly maxMemoryPerChild: number | undefined
  readonly context: 'fork' | 'cluster' | 'thread'
  readonly retries: number
  readonly taskTimeout: number | undefined
  readonly exact: boolean | null
  readonly env: Readonly<Record<string, string | undefined>>
  readonly execArgv: readonly string[] | undefined
  readonly cwd: string | undefined
  readonly name: string
  readonly signal: AbortSignal | undefined
  readonly stdio: StdioMode
}

/** The options of a call, checked. */
export interface CheckedCallOptions {
  readonly chunksize: number | 'auto' | undefined
  readonly prefetch: number
  readonly maxAhead: { readonly bytes: number; readonly chunks: number }
  readonly exact: boolean | null | undefined
  readonly retries: number | undefined
  readonly taskTimeout: number | undefined
  readonly seed: number | string | null
  readonly signal: AbortSignal | undefined
  readonly timeout: number | undefined
  readonly failFast: boolean
}

const POOL_KEYS: readonly (keyof PoolOptions)[] = [
  'processes',
  'initializer',
  'initargs',
  'maxtasksperchild',
  'maxMemoryPerChild',
  'context',
  'retries',
  'taskTimeout',
  'exact',
  'env',
  'execArgv',
  'cwd',
  'name',
  'signal',
  'stdio',
]

const CALL_KEYS: readonly (keyof CallOptions)[] = [
  'chunksize',
  'prefetch',
  'maxAhead',
  'exact',
  'retries',
  'taskTimeout',
  'seed',
  'signal',
  'timeout',
  'failFast',
]

/** Checks what `new Pool` was given. */
export function checkPoolOptions(given: number | PoolOptions | undefined): CheckedPoolOptions {
  const bag: PoolOptions = typeof given === 'number' ? { processes: given } : (given ?? {})
  if (typeof bag !== 'object') throw typeError('options', 'a number of processes or an object', given)
  checkKeys(bag, POOL_KEYS, 'Pool')
  const processes = bag.processes ?? defaultProcesses(cpuCount)
  return Object.freeze({
    processes: checkInteger('processes', processes, 0, 'a number of processes (0: serial)'),
    initializers: checkInitializers(bag.initializer, bag.initargs),
    maxtasksperchild: checkMaxtasks(bag.maxtasksperchild),
    maxMemoryPerChild: optionalPositiveInteger('maxMemoryPerChild', bag.maxMemoryPerChild),
    context: checkChoice('context', bag.context, ['fork', 'cluster', 'thread'], 'fork'),
    retries: checkInteger('retries', bag.retries ?? 0, 0, 'a non-negative integer'),
    taskTimeout: checkTaskTimeout(bag.taskTimeout),
    exact: bag.exact === undefined ? null : checkBoolean('exact', bag.exact, false),
    env: bag.env ?? {},
    execArgv: bag.execArgv,
    cwd: bag.cwd,
    name: checkName(bag.name),
    signal: checkSignal(bag.signal),
    stdio: checkChoice('stdio', bag.stdio, ['inherit', 'tagged', 'ignore'], 'inherit'),
  })
}

/** Checks the options of a call. `own` are further keys that this call has. */
export function checkCallOptions(
  bag: CallOptions | undefined = {},
  where: string,
  own: readonly string[] = [],
): CheckedCallOptions {
  if (typeof bag !== 'object' || bag === null) throw typeError('options', 'an object', bag)
  checkKeys(bag, [...CALL_KEYS, ...own], where)
  return {
    chunksize: bag.chunksize === 'auto' ? 'auto' : checkChunksize(bag.chunksize),
    prefetch: checkInteger('prefetch', bag.prefetch ?? 4, 1, 'a positive integer'),
    maxAhead: checkMaxAhead(bag.maxAhead ?? {}),
    exact: bag.exact === undefined ? undefined : checkBoolean('exact', bag.exact, false),
    retries: bag.retries === undefined ? undefined : checkInteger('retries', bag.retries, 0, 'a non-negative integer'),
    taskTimeout: checkTaskTimeout(bag.taskTimeout),
    seed: checkSeed(bag.seed),
    signal: checkSignal(bag.signal),
    timeout: checkTime('timeout', bag.timeout),
    failFast: checkBoolean('failFast', bag.failFast, false),
  }
}

/** How far ahead of a reader that waits, with the defaults for what is left out. */
export function checkMaxAhead(ahead: NonNullable<CallOptions['maxAhead']>): CheckedCallOptions['maxAhead'] {
  if (typeof ahead !== 'object' || ahead === null) throw typeError('maxAhead', 'an object', ahead)
  checkKeys(ahead, ['bytes', 'chunks'], 'maxAhead')
  return {
    bytes: optionalNonNegative('maxAhead.bytes', ahead.bytes) ?? 64 * 1024 * 1024,
    chunks: checkInteger('maxAhead.chunks', ahead.chunks ?? 1000, 1, 'a positive integer'),
  }
}

/** A time limit in ms, or undefined: also for one that is longer than timers can be (24 days), such as Infinity. */
export function checkTime(name: string, value: unknown): number | undefined {
  const time = optionalNonNegative(name, value)
  return time === undefined || time > LONGEST_TIMER ? undefined : time
}

/** How long a chunk may run: no chunk can be done in no time. */
function checkTaskTimeout(value: unknown): number | undefined {
  if (value === 0) throw rangeError('taskTimeout', 'a positive number of ms', value)
  return checkTime('taskTimeout', value)
}

function checkChunksize(value: unknown): number | undefined {
  return value === undefined ? undefined : checkInteger('chunksize', value, 1, "a positive integer or 'auto'")
}

function checkMaxtasks(value: unknown): number | undefined {
  const expected = 'a positive int or null'
  return value === undefined || value === null ? undefined : checkInteger('maxtasksperchild', value, 1, expected)
}

function checkName(value: unknown): string {
  if (value === undefined) return 'pool'
  if (typeof value !== 'string') throw typeError('name', 'a string', value)
  if (value === '') throw rangeError('name', 'a string of at least one character', value)
  return value
}

function checkSeed(value: unknown): number | string | null {
  if (value === undefined) return null
  if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return value
  throw typeError('seed', 'a string or a finite number', value)
}

function checkSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return value
  throw typeError('signal', 'an AbortSignal', value)
}
