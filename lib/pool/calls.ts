/** The two kinds of calls: those that end in one list, and those that are read as a stream. */
import { typeError } from '../base/options.js'
import type { Chunk, JobPolicy } from './chunk.js'
import { pythonChunksize } from './chunk-size.js'
import { ListCollector, StreamCollector } from './collector.js'
import type { Engine } from './engine.js'
import { type AllOutcomes, collectOutcomes } from './failure.js'
import { sourceOf } from './item-source.js'
import type { Job } from './job.js'
import { PoolIterator } from './pool-iterator.js'
import type { CheckedCallOptions, CheckedPoolOptions } from './pool-options.js'
import type { CallMode } from './protocol.js'
import { type TaskFunction, TaskReference } from './task-function.js'

/** A call of the surface, with its options checked. */
export interface Call {
  readonly func: TaskFunction<never[], unknown>
  readonly mode: CallMode
  readonly args: readonly unknown[]
  readonly iterable: Iterable<unknown> | AsyncIterable<unknown>
  readonly options: CheckedCallOptions
  /** The iterable is an asynchronous one of lists of items. */
  readonly batched?: boolean
}

/** How an iterator reads a finished chunk. */
export interface ChunkReading<R> {
  steps(chunk: Chunk): number
  read(chunk: Chunk, step: number): R
}

/** Runs a call to its end. Throws TypeErrors for what is no function or can't be iterated; rejects for all else. */
export function callAll<R>(engine: Engine, pool: CheckedPoolOptions, call: Call): Promise<AllOutcomes<R>> {
  const { func, iterable } = call
  if (typeof func !== 'function' && !(func instanceof TaskReference)) {
    throw typeError('func', 'a function, task(…) or inline(…)', func)
  }
  if (!(Symbol.iterator in Object(iterable)) && !(Symbol.asyncIterator in Object(iterable))) {
    throw typeError('iterable', 'an iterable or an async iterable', iterable)
  }
  return runAll(engine, pool, call)
}

async function runAll<R>(engine: Engine, pool: CheckedPoolOptions, call: Call): Promise<AllOutcomes<R>> {
  const { options, iterable } = call
  // Python's rule for the chunksize needs the length. What is there is submitted before anything else can happen.
  const items = isAsync(iterable) ? await engine.collect(iterable, options.signal) : listOf(iterable)
  return await new Promise((resolve, reject) => {
    const all: AllOutcomes<R> = { values: new Array(items.length), errors: new Map() }
    const collector = new ListCollector(
      (chunk) => {
        collectOutcomes(chunk, all)
        if (options.failFast && chunk.failures) job.abort(lowestError(all.errors) as Error)
      },
      (failure) => (failure ? reject(failure.error) : resolve(all)),
    )
    const job: Job = engine.submit({
      ...call,
      seed: options.seed,
      policy: policyOf(pool, options, pythonChunksize(items.length, engine.size)),
      source: (onMore) => sourceOf(items, onMore),
      collector,
      signal: options.signal,
    })
  })
}

/** Begins a call whose results are read one by one. Without an engine nothing ever comes. */
export function openStream<R>(
  engine: Engine | undefined,
  pool: CheckedPoolOptions,
  call: Call,
  ordered: boolean,
  reading: ChunkReading<R>,
): PoolIterator<R> {
  const { options, iterable } = call
  const { prefetch, maxAhead } = options
  const size = engine?.size ?? 1
  const window = { chunks: prefetch * size, maxChunks: maxAhead.chunks * size, maxBytes: maxAhead.bytes }
  const collector = new StreamCollector(window, ordered)
  const job = engine?.submit({
    ...call,
    seed: options.seed,
    policy: policyOf(pool, options, 1),
    source: (onMore) => sourceOf(iterable, onMore, call.batched),
    collector,
    signal: options.signal,
  })
  const stream = {
    ...reading,
    collector,
    demand: () => engine?.changed(),
    cancel: () => job?.abort(new DOMException('the iterator was left', 'AbortError')),
  }
  const iterator = new PoolIterator<R>(stream, options.timeout)
  collector.onChange = () => iterator.notify()
  return iterator
}

function policyOf(pool: CheckedPoolOptions, call: CheckedCallOptions, chunksize: number): JobPolicy {
  return {
    chunksize: call.chunksize ?? chunksize,
    exact: call.exact ?? pool.exact,
    retries: call.retries ?? pool.retries,
    taskTimeout: call.taskTimeout ?? pool.taskTimeout,
  }
}

function isAsync(iterable: Call['iterable']): iterable is AsyncIterable<unknown> {
  return Symbol.asyncIterator in Object(iterable)
}

function listOf(iterable: Iterable<unknown>): unknown[] {
  return Array.isArray(iterable) ? iterable : [...iterable]
}

/** The error of the lowest item that failed. */
export function lowestError(errors: ReadonlyMap<number, Error>): Error | undefined {
  let lowest = Number.POSITIVE_INFINITY
  for (const index of errors.keys()) lowest = Math.min(lowest, index)
  return errors.get(lowest)
}
