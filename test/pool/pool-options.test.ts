import { Pool, type PoolOptions } from 'autopara'
import { describe, expect, it } from 'vitest'
import { checkCallOptions } from '../../lib/pool/pool-options.js'

describe('the options of a pool', () => {
  it.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
    ['1.1 processes', { processes: -1 }, RangeError, '`processes` must be'],
    ['1.1 processes', { processes: 2.5 }, TypeError, '`processes` must be'],
    ['1.1 processes', '2', TypeError, '`options` must be'],
    ['1.3 maxtasksperchild', { maxtasksperchild: 0 }, RangeError, 'must be a positive int or null'],
    ['1.3 maxtasksperchild', { maxtasksperchild: 'x' }, TypeError, 'must be a positive int or null'],
    ['1.4 initializer', { initializer: 5 }, TypeError, '`initializer` must be a function'],
    ['initargs', { initializer: () => {}, initargs: 1 }, TypeError, '`initargs` must be an array'],
    ['1.7 context', { context: 'spawn' }, RangeError, "'fork', 'cluster', 'thread'"],
    ['maxMemoryPerChild', { maxMemoryPerChild: -5 }, RangeError, '`maxMemoryPerChild`'],
    ['retries', { retries: -1 }, RangeError, '`retries`'],
    ['taskTimeout', { taskTimeout: 'soon' }, TypeError, '`taskTimeout`'],
    ['taskTimeout', { taskTimeout: 0 }, RangeError, '`taskTimeout` must be a positive'],
    ['exact', { exact: 1 }, TypeError, '`exact` must be a boolean'],
    ['stdio', { stdio: 'pipe' }, RangeError, "'inherit', 'tagged', 'ignore'"],
    ['name', { name: 7 }, TypeError, '`name` must be a string'],
    ['signal', { signal: {} }, TypeError, '`signal` must be an AbortSignal'],
    ['a slip of the hand', { maxTasksPerChild: 3 }, TypeError, 'did you mean `maxtasksperchild`?'],
  ])('%s: %o is refused at once', (_, options, type, text) => {
    expect(() => new Pool(options as PoolOptions)).toThrow(type)
    expect(() => new Pool(options as PoolOptions)).toThrow(text)
  })
})

describe('the options of a call', () => {
  it.each<[unknown, typeof TypeError | typeof RangeError]>([
    [{ chunksize: 0 }, RangeError],
    [{ chunksize: 1.5 }, TypeError],
    [{ chunksize: 'automatic' }, TypeError],
    [{ prefetch: 0 }, RangeError],
    [{ maxAhead: { chunks: 0 } }, RangeError],
    [{ maxAhead: { items: 5 } }, TypeError],
    [{ timeout: -1 }, RangeError],
    [{ seed: Number.NaN }, TypeError],
    [{ signal: 'abort' }, TypeError],
    [{ failFast: 'yes' }, TypeError],
    [{ chunkSize: 5 }, TypeError],
    [5, TypeError],
  ])('%o are refused', (options, type) => {
    expect(() => checkCallOptions(options as object, 'map')).toThrow(type)
  })

  it('have the documented defaults', () => {
    expect(checkCallOptions(undefined, 'map')).toMatchObject({
      chunksize: undefined,
      prefetch: 4,
      maxAhead: { bytes: 64 * 2 ** 20, chunks: 1000 },
      seed: null,
      failFast: false,
    })
  })
})
