/**
 * The cases that every backend must pass alike. Numbers in titles are rows of the table in docs/pool.md.
 *
 * What can only be shown with real processes (deaths, orphans, signals) is in test/pool.
 */
import { getEventListeners } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  EncodingError,
  InitializerError,
  Pool,
  PoolNotRunningError,
  type PoolOptions,
  RemoteError,
  task,
} from 'autopara'
import { afterEach, describe, expect, it } from 'vitest'
import * as odd from '../fixtures/tasks/odd-errors.mjs'
import * as tasks from '../fixtures/tasks/pool.mjs'
import { useScratchFolders } from '../scratch-folder.js'

const url = new URL('../fixtures/tasks/pool.mjs', import.meta.url)

async function listOf<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of iterable) items.push(item)
  return items
}

/** Results and errors (by message) of an iterator that goes on after errors. */
async function allSteps<T>(iterator: AsyncIterator<T>): Promise<(T | string)[]> {
  const steps: (T | string)[] = []
  for (;;) {
    try {
      const step = await iterator.next()
      if (step.done) return steps
      steps.push(step.value)
    } catch (error) {
      steps.push((error as Error).message)
    }
  }
}

function* range(n: number): Generator<number> {
  for (let i = 0; i < n; i++) yield i
}

async function* asyncRange(n: number): AsyncGenerator<number> {
  for (let i = 0; i < n; i++) {
    if (i % 3 === 0) await new Promise(setImmediate)
    yield i
  }
}

/** Runs the shared cases on the backend that `options` choose. */
export function describeBackend(title: string, options: PoolOptions): void {
  describe(`a pool of ${title}`, () => {
    const scratch = useScratchFolders()
    const pools: Pool[] = []
    const open = (more: PoolOptions = {}): Pool => {
      const pool = new Pool({ ...options, ...more })
      pools.push(pool)
      return pool
    }
    afterEach(async () => {
      await Promise.all(pools.splice(0).map((pool) => pool.terminate()))
    })

    describe('calls', () => {
      it('2.1 apply gives the result of one call', async () => {
        const pool = open()
        expect(await pool.apply(tasks.sum, [1, 2, 3])).toBe(6)
        expect(await pool.apply(tasks.sum)).toBe(0)
        expect(await pool.applyAsync(tasks.asyncSquare, [5])).toBe(25)
      })

      it('2.2 map gives the results in input order, for every chunksize', async () => {
        const pool = open()
        const squares = Array.from(range(23), tasks.square)
        for (const chunksize of [undefined, 1, 2, 7, 23, 1000, 'auto'] as const) {
          const given = chunksize === undefined ? {} : { chunksize }
          expect(await pool.map(tasks.square, range(23), given)).toEqual(squares)
        }
      })

      it('2.3 map takes lists, generators, asynchronous generators and Sets', async () => {
        const pool = open()
        for (const items of [[1, 2, 3], new Set([1, 2, 3]), new Int32Array([1, 2, 3])]) {
          expect(await pool.map(tasks.asyncSquare, items)).toEqual([1, 4, 9])
        }
        expect(await pool.map(tasks.square, asyncRange(10))).toEqual([0, 1, 4, 9, 16, 25, 36, 49, 64, 81])
      })

      it('2.6 refuses chunksizes below 1 and fractions', async () => {
        const pool = open()
        await expect(pool.map(tasks.square, [1], { chunksize: 0 })).rejects.toThrow(RangeError)
        await expect(pool.map(tasks.square, [1], { chunksize: 2.5 })).rejects.toThrow(TypeError)
        expect(() => pool.imap(tasks.square, [1], { chunksize: -1 })).toThrow(RangeError)
        expect(() => pool.mapAsync(tasks.square, [1], { chunksize: 0 })).toThrow(RangeError)
      })

      it('2.7 imap and imapUnordered give all results, for every chunksize', async () => {
        const pool = open()
        const squares = Array.from(range(40), tasks.square)
        for (const chunksize of [1, 3, 40, 'auto'] as const) {
          expect(await listOf(pool.imap(tasks.square, range(40), { chunksize }))).toEqual(squares)
          const unordered = await listOf(pool.imapUnordered(tasks.square, asyncRange(40), { chunksize }))
          expect(unordered.sort((a, b) => a - b)).toEqual(squares)
        }
      })

      it('2.8 takes empty input, and still calls back', async () => {
        const pool = open()
        expect(await pool.map(tasks.square, [])).toEqual([])
        expect(await listOf(pool.imap(tasks.square, []))).toEqual([])
        expect(await pool.mapSettled(tasks.square, asyncRange(0))).toEqual([])
        const called = await new Promise((callback) => void pool.mapAsync(tasks.square, [], { callback }))
        expect(called).toEqual([])
      })

      it('2.9 counts what an iterable gives, whatever length it claims', async () => {
        const pool = open()
        for (const length of [0, 100]) {
          const claims = { length, size: length, [Symbol.iterator]: () => range(5) }
          expect(await pool.map(tasks.square, claims)).toEqual([0, 1, 4, 9, 16])
          expect(await listOf(pool.imap(tasks.square, claims, { chunksize: 2 }))).toEqual([0, 1, 4, 9, 16])
        }
      })

      it('2.11 begins calls in the order in which they were made', async () => {
        const pool = open(options.processes === 0 ? {} : { processes: 1 })
        const folder = scratch()
        const call = (from: number): Promise<unknown> =>
          pool.map(
            tasks.journalOfProcess,
            Array.from(range(20), (i) => [folder, from + i] as [string, number]),
            { chunksize: 3 },
          )
        const calls = [call(0), pool.apply(tasks.journalOfProcess, [[folder, 20]]), call(21)]
        // Nobody is idle meanwhile: else a worker that is slow could be asked to give chunks back, which then begin later.
        const gate = join(scratch(), 'gate')
        const gates = Array.from({ length: Math.max(1, pool.processes) }, () => [gate, 0] as [string, number])
        const holds = pool.map(tasks.waitFor, gates, { chunksize: 1 })
        await Promise.all(calls)
        writeFileSync(gate, '')
        await holds
        // On MPI ranks there are more than one worker: each begins what it gets in order.
        const logs = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
        const ascending = (a: number, b: number): number => a - b
        for (const log of logs) expect(log.map(Number)).toEqual(log.map(Number).sort(ascending))
        expect(logs.flat().map(Number).sort(ascending)).toEqual(Array.from(range(41)))
        expect(logs.length).toBeLessThanOrEqual(Math.max(1, pool.processes))
      })

      it('2.10 starmap spreads arrays, and refuses other items', async () => {
        const pool = open()
        expect(await pool.starmap(tasks.sum, [[1, 2], [], [3]])).toEqual([3, 0, 3])
        await expect(pool.starmap(tasks.sum, ['ab'] as unknown as number[][])).rejects.toThrow(/arrays of arguments/)
      })

      it('2.12 arguments and results are copies, whatever happens to them afterwards', async () => {
        const pool = open()
        const item = { list: ['own'], numbers: new Float64Array(50) }
        expect(await pool.map(tasks.mutate, [item, item])).toEqual([2, 2])
        expect(item).toEqual({ list: ['own'], numbers: new Float64Array(50) })
        const reused = await pool.map(tasks.reuse, [1, 2, 3], { chunksize: 3 })
        expect(reused.map(({ value, list }) => [value, list[99]])).toEqual([
          [1, 1],
          [2, 2],
          [3, 3],
        ])
        const one = { n: 0 }
        const changing = function* () {
          for (one.n = 1; one.n <= 5; one.n++) yield one
        }
        const seen = await listOf(pool.imap(tasks.identity, changing(), { chunksize: 2 }))
        expect(seen.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5])
      })

      it('carries every value that can be cloned', async () => {
        const pool = open()
        const cycle: { self?: unknown } = {}
        cycle.self = cycle
        const values = [
          undefined,
          null,
          true,
          -0,
          Number.NaN,
          Number.POSITIVE_INFINITY,
          2 ** 53,
          12345678901234567890n,
          'text \u{1F600}',
          '',
          new Date(5),
          /x/gi,
          new Map([[{ a: 1 }, new Set([1])]]),
          new Uint8Array([1, 2, 3]),
          new Float64Array(1000).fill(0.5),
          new BigInt64Array([1n, -1n]),
          new DataView(new ArrayBuffer(3)),
          new ArrayBuffer(5),
          Buffer.from('buffer'),
          Array(3),
          cycle,
          { nested: { array: new Float32Array(300).fill(2), list: [new Uint16Array(2)] } },
          new RangeError('as a value'),
        ]
        const back = await pool.map(tasks.identity as (x: unknown) => unknown, values, { chunksize: 4 })
        expect(back).toEqual(values)
        expect(Buffer.isBuffer(back[18])).toBe(true)
        expect(back[22]).toBeInstanceOf(RangeError)
        for (const mixed of [
          [1, 2n],
          [2n, 1],
          [1.5, 'x', null],
          [...range(40), 5n],
          [...range(40), Object.assign(Object.create(null), { a: 1 })],
        ]) {
          expect(await pool.map(tasks.identity as (x: unknown) => unknown, mixed, { chunksize: 99 })).toEqual(mixed)
        }
        const unsendable = pool.map(tasks.identity as (x: unknown) => unknown, [...range(40), Symbol('s')])
        await expect(unsendable).rejects.toThrow(EncodingError)
        for (const numbers of [
          [1, -0, 2],
          [1.5, Number.NaN],
          [2 ** 31, 1],
          [-(2 ** 31), 7],
        ]) {
          expect(await pool.map(tasks.identity, numbers, { chunksize: 9 })).toEqual(numbers)
        }
      })

      it('shares one typed array of many megabytes without tearing it', async () => {
        const pool = open()
        const big = Float64Array.from({ length: 2_000_000 }, (_, i) => i)
        const results = await pool.map(tasks.identity, [big, big.subarray(5, 500_000)], { chunksize: 1 })
        expect(results[0]?.length).toBe(2_000_000)
        expect(results[0]?.every((x: number, i: number) => x === i)).toBe(true)
        expect(results[1]?.[0]).toBe(5)
      })

      it('mapSettled gives an outcome per item and never rejects for one', async () => {
        const outcomes = await open().mapSettled(tasks.fail, [1, 'range', 2], { chunksize: 3 })
        expect(outcomes).toMatchObject([
          { status: 'fulfilled', value: 1 },
          { status: 'rejected', reason: { message: 'out of range' } },
          { status: 'fulfilled', value: 2 },
        ])
      })

      it('calls chunk functions once per chunk, with the arguments of the call', async () => {
        const items = [1, 2, 'bad', 4, 5]
        const chunks = await listOf(
          open().imapChunks(task(url, 'squareAll'), items, { chunksize: 2, args: [new Uint8Array(9)] }),
        )
        expect(chunks.map(({ chunk, start }) => [chunk, start])).toEqual([
          [0, 0],
          [1, 2],
          [2, 4],
        ])
        const outcomes = chunks.flatMap((chunk) => chunk.outcomes)
        expect(outcomes[0]).toEqual({ ok: true, value: [1, new Uint8Array(9)] })
        expect(outcomes[2]).toMatchObject({
          ok: false,
          attempts: 1,
          error: { name: 'RangeError', message: 'bad item' },
        })
        expect(outcomes[2]).toHaveProperty('error.task.index', 2)
        expect(outcomes).toHaveLength(5)
      })

      it('reports a chunk function that returns the wrong number of outcomes', async () => {
        const [chunk] = await listOf(open().imapChunks(task(url, 'wrongLength'), [1, 2], { chunksize: 2 }))
        expect(chunk?.outcomes).toMatchObject([{ ok: false }, { ok: false, error: { name: 'TypeError' } }])
      })
    })

    describe('handles', () => {
      it('3.2 says when it is ready and whether it was successful', async () => {
        const pool = open()
        const good = pool.applyAsync(tasks.square, [3])
        const bad = pool.applyAsync(tasks.fail, ['range'])
        expect(good.ready()).toBe(false)
        expect(() => good.successful()).toThrow(expect.objectContaining({ code: 'AUTOPARA_RESULT_NOT_READY' }))
        await good.wait()
        await bad.wait()
        expect([good.ready(), good.successful(), bad.ready(), bad.successful()]).toEqual([true, true, true, false])
        expect(await good.get()).toBe(9)
      })

      it('3.1 get rejects with a TimeoutError, and a later one succeeds; wait just returns', async () => {
        const gate = join(scratch(), 'gate')
        const result = open().applyAsync(tasks.waitFor, [[gate, 16]])
        await expect(result.get(0)).rejects.toMatchObject({ name: 'TimeoutError', timeout: 0 })
        await result.wait(0)
        writeFileSync(gate, '')
        expect(await result.get(20_000)).toBe(16)
      })

      it('3.3 get gives the same object each time, a value or an error', async () => {
        const pool = open()
        const good = pool.mapAsync(tasks.square, [1, 2])
        expect(await good.get()).toBe(await good.get())
        const bad = pool.applyAsync(tasks.fail, ['range'])
        const error = await bad.get().catch((reason: unknown) => reason)
        expect(error).toBeInstanceOf(RangeError)
        await expect(bad.get()).rejects.toBe(error)
      })

      it('3.4 calls back once', async () => {
        const pool = open()
        const values: unknown[] = []
        const ended = pool.mapAsync(tasks.square, [1, 2], { callback: (value) => values.push(value) })
        await ended
        const error = await new Promise<Error>((errorCallback) => {
          pool.applyAsync(tasks.fail, ['range'], { errorCallback })
        })
        expect(values).toEqual([[1, 4]])
        expect(error).toBeInstanceOf(RangeError)
      })

      it('3.6 next(timeout) rejects, a later one gives the same result, and the end stays the end', async () => {
        const gate = join(scratch(), 'gate')
        const iterator = open().imap(tasks.waitFor, [[gate, 25]])
        await expect(iterator.next(0)).rejects.toMatchObject({ code: 'AUTOPARA_TIMEOUT' })
        writeFileSync(gate, '')
        expect(await iterator.next(20_000)).toEqual({ done: false, value: 25 })
        expect(await iterator.next()).toEqual({ done: true, value: undefined })
        expect(await iterator.next()).toEqual({ done: true, value: undefined })
      })

      it('serves several next() calls at once, in order', async () => {
        const iterator = open().imap(tasks.square, [1, 2, 3])
        const steps = await Promise.all([iterator.next(), iterator.next(), iterator.next(), iterator.next()])
        expect(steps.map((step) => step.value)).toEqual([1, 4, 9, undefined])
      })

      it('goes on serving next() calls after an error for the first of them', async () => {
        const iterator = open().imap(tasks.fail, ['range', 1, 'range', 2, 3], { prefetch: 1, maxAhead: { chunks: 1 } })
        const steps = await Promise.allSettled([1, 2, 3, 4, 5].map(() => iterator.next()))
        expect(steps.map((step) => (step.status === 'fulfilled' ? step.value.value : step.reason.name))).toEqual([
          'RangeError',
          1,
          'RangeError',
          2,
          3,
        ])
      })

      it('takes times that no timer can wait for as no limit', async () => {
        const pool = open({ taskTimeout: 2 ** 31 })
        for (const limit of [Number.POSITIVE_INFINITY, 2 ** 31, 3e9]) {
          const options = { timeout: limit, taskTimeout: limit }
          expect(await pool.map(tasks.asyncSquare, [3], options)).toEqual([9])
          expect(await pool.applyAsync(tasks.asyncSquare, [3]).get(limit)).toBe(9)
          expect(await pool.imap(tasks.asyncSquare, [3]).next(limit)).toEqual({ done: false, value: 9 })
        }
      })

      it('3.7 map reports the lowest failing item, however the chunks end', async () => {
        const pool = open()
        for (const chunksize of [1, 3]) {
          const failing = pool.map(tasks.fail, [1, 2, 'reject', 3, 'range', 'value'], { chunksize })
          await expect(failing).rejects.toMatchObject({ name: 'SyntaxError', task: { index: 2 } })
        }
      })
    })

    describe('errors', () => {
      it('4.1 an error takes no other item of its chunk along', async () => {
        const outcomes = await open().mapSettled(tasks.fail, [0, 'range', 2, 'value', 4], { chunksize: 5 })
        expect(outcomes.map((outcome) => outcome.status === 'fulfilled')).toEqual([true, false, true, false, true])
      })

      it('4.2 imap goes on after an error, for every chunksize', async () => {
        const pool = open()
        for (const chunksize of [1, 2, 5]) {
          const steps = await allSteps(pool.imap(tasks.fail, [1, 'range', 3, 'cause', 5], { chunksize }))
          expect(steps).toEqual([1, 'out of range', 3, 'outer', 5])
        }
      })

      it('4.3 rebuilds class, message, own properties, causes and the remote stack', async () => {
        const pool = open()
        const range = await pool.apply(tasks.fail, ['range']).catch((error) => error)
        expect(range).toBeInstanceOf(RangeError)
        expect(range).toMatchObject({ message: 'out of range', limit: 3, deep: { list: [1] } })
        expect(range.stack).toMatch(/at fail .*pool\.mjs/)
        expect(range.stack).not.toMatch(/run-chunk/)
        expect(range.task).toMatchObject({ index: 0, chunk: 0, worker: expect.any(Number), pid: expect.any(Number) })
        const outer = await pool.apply(tasks.fail, ['cause']).catch((error) => error)
        expect(outer.cause).toBeInstanceOf(TypeError)
        expect(outer.cause.cause).toBe('root')
        const many = await pool.apply(tasks.fail, ['aggregate']).catch((error) => error)
        expect(many).toBeInstanceOf(AggregateError)
        expect(many.errors[0]).toBeInstanceOf(RangeError)
        expect(many.errors[1]).toBe(2)
      })

      it('4.4 rebuilds a class that the module exports without calling its constructor', async () => {
        const teapot = await open()
          .apply(tasks.fail, ['teapot'])
          .catch((error) => error)
        expect(teapot).toBeInstanceOf(tasks.Teapot)
        expect(teapot).toMatchObject({ temperature: 90, isHot: true, rest: [], message: 'short and stout at 90' })
      })

      it('gives what it does not know, or is no error, as a RemoteError', async () => {
        const pool = open()
        const hidden = await pool.apply(tasks.fail, ['hidden']).catch((error) => error)
        expect(hidden).toBeInstanceOf(RemoteError)
        expect(hidden).toMatchObject({ name: 'Hidden', message: 'private' })
        expect(hidden).not.toHaveProperty('value')
        const value = await pool.apply(tasks.fail, ['value']).catch((error) => error)
        expect(value).toMatchObject({ name: 'RemoteError', value: { code: 7 } })
        const nothing = await pool.apply(tasks.fail, ['undefined']).catch((error) => error)
        expect(nothing).toMatchObject({ name: 'RemoteError', value: undefined })
      })

      it('leaves out a property of an error that can not be sent', async () => {
        const error = await open()
          .apply(tasks.fail, ['unsendable property'])
          .catch((reason) => reason)
        expect(error).toMatchObject({ message: 'with a function', kept: 1 })
        expect(error).not.toHaveProperty('call')
      })

      it.each([
        ['function', 'result.calc.handle', 'the function handle'],
        ['symbol', 'result[0]', 'the symbol Symbol(s)'],
        ['promise inside', 'result.later', 'a Promise that has no encoding'],
      ])('4.5 a result with a %s fails its own item, with the path', async (kind, path, what) => {
        const outcomes = await open().mapSettled(tasks.fail, [1, kind, 3], { chunksize: 3 })
        expect(outcomes).toMatchObject([{ value: 1 }, { reason: { name: 'EncodingError', path } }, { value: 3 }])
        expect(outcomes[1]).toHaveProperty('reason.message', expect.stringContaining(what))
      })

      it('4.6 an argument that can not be sent fails its own item, with the path', async () => {
        const items = [1, { deep: new Map([['key', () => 1]]) }, 3]
        const outcomes = await open().mapSettled(tasks.identity as (x: unknown) => unknown, items, { chunksize: 3 })
        expect(outcomes).toMatchObject([{ value: 1 }, { reason: { path: 'argument.deep.get("key")' } }, { value: 3 }])
        expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(EncodingError)
      })

      it('4.6 an argument that does not let itself be looked into fails its own item', async () => {
        const pool = open()
        const refuse = (): never => {
          throw new RangeError('refused')
        }
        const getter = Object.defineProperty(['a', 'b'], 1, { get: refuse, enumerable: true })
        const items = [1, new Proxy({}, { ownKeys: refuse }), odd.revoked(), { deep: odd.revoked() }, getter, 3]
        const paths = [undefined, 'argument', 'argument', 'argument.deep', 'argument[1]', undefined]
        const identity = tasks.identity as (x: unknown) => unknown
        for (const given of [items, items[Symbol.iterator]()]) {
          const outcomes = await pool.mapSettled(identity, given, { chunksize: 4 })
          expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.path : undefined))).toEqual(
            paths,
          )
          expect(outcomes[5]).toMatchObject({ value: 3 })
        }
        const yielding = function* () {
          yield* [1, odd.revoked(), 3]
        }
        expect(await allSteps(pool.imap(identity, yielding()))).toEqual([
          1,
          expect.stringMatching(/^argument can't/),
          3,
        ])
        for (const length of [3, 100]) {
          const list = Object.defineProperty(Array.from(range(length)), 1, { get: refuse, enumerable: true })
          const outcomes = await pool.mapSettled(tasks.square, list, { chunksize: length })
          expect(outcomes[1]).toMatchObject({
            reason: { name: 'EncodingError', path: 'argument', cause: { name: 'RangeError', message: 'refused' } },
          })
          expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(length - 1)
        }
      })

      it.each([
        'revoked proxy',
        'class with another name',
        'keys',
        'cause',
        'errors',
        'constructor',
        'name',
        'message',
        'stack',
      ])('4.8 what is hard to describe is a rejection when it is thrown: %s', async (kind) => {
        const pool = open()
        for (const func of [odd.throwOdd, odd.rejectOdd]) {
          const outcomes = await pool.mapSettled(func, ['none', kind, 'none'], { chunksize: 3 })
          expect(outcomes).toMatchObject([{ value: 'none' }, { reason: { task: { index: 1 } } }, { value: 'none' }])
          const { reason } = outcomes[1] as PromiseRejectedResult
          expect(reason).toBeInstanceOf(Error)
          if (kind === 'revoked proxy') expect(reason.message).toMatch(/can't be looked into/)
          else expect(reason.message).toBe(kind === 'message' ? '' : 'kept')
        }
        expect(pool.stats().exits).toBe(0)
      })

      it('keeps of an error what it held when it was thrown', async () => {
        const pool = open()
        const items = Array.from(range(200))
        const seen = (details: { n: number; list: Float64Array }): number[] => [details.n, details.list[99] as number]
        const reasons = async (func: (x: number) => unknown): Promise<Record<string, never>[]> => {
          const outcomes = await pool.mapSettled(func, items, { chunksize: 100, exact: false })
          return outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason)
        }
        const pairs = items.map((x) => [x, x])
        expect((await reasons(odd.throwShared)).map(({ value }) => seen(value as never))).toEqual(pairs)
        expect((await reasons(odd.throwWithSharedAndFunction)).map(({ details }) => seen(details as never))).toEqual(
          pairs,
        )
        const throwing = await reasons(odd.throwWithShared)
        expect(throwing.map(({ details }) => seen(details as never))).toEqual(pairs)
        expect(throwing.map(({ cause }) => seen(cause as never))).toEqual(pairs)
        expect(throwing[0]?.['same']).toBe(throwing[0]?.['details'])
      })

      it('gives errors that lead to each other as they were', async () => {
        const all = await open()
          .apply(odd.throwCircle, [12])
          .catch((reason) => reason)
        expect(all).toBeInstanceOf(AggregateError)
        expect(all.errors.map(({ message }: Error) => message)).toEqual(Array.from(range(12), (i) => `number ${i}`))
        expect(all.cause).toBe(all.errors[0])
        for (const error of all.errors) {
          expect(error.cause).toBe(all)
          expect(error.errors).toEqual(all.errors)
        }
      })

      it('4.8 every throw is a rejection, and none ends a chunk', async () => {
        const steps = await allSteps(open().imap(tasks.fail, [1, 'iteration', 3], { chunksize: 3 }))
        expect(steps).toEqual([1, '', 3])
      })

      it('4.9 a source that fails: what it gave is delivered first, then its error, in order', async () => {
        const pool = open()
        const broken = function* () {
          yield 1
          yield 2
          yield 3
          throw new Error('source')
        }
        for (const chunksize of [1, 2, 5]) {
          expect(await allSteps(pool.imap(tasks.square, broken(), { chunksize }))).toEqual([1, 4, 9, 'source'])
        }
        const later = async function* () {
          yield* broken()
        }
        expect(await allSteps(pool.imap(tasks.square, later(), { chunksize: 2 }))).toEqual([1, 4, 9, 'source'])
        await expect(pool.map(tasks.square, broken())).rejects.toThrow('source')
        await expect(pool.map(tasks.square, later())).rejects.toThrow('source')
      })

      it('refuses what is no function, and what can not be iterated', async () => {
        const pool = open()
        await expect(pool.map(5 as unknown as typeof tasks.square, [1])).rejects.toThrow(TypeError)
        await expect(pool.map(tasks.square, 5 as unknown as number[])).rejects.toThrow(/iterable/)
        expect(() => pool.imap(tasks.square, null as unknown as number[])).toThrow(TypeError)
        expect(() => pool.mapAsync(5 as unknown as typeof tasks.square, [1])).toThrow(TypeError)
        expect(() => pool.mapAsync(tasks.square, 5 as unknown as number[])).toThrow(TypeError)
        const soon = 'soon' as unknown as number
        await expect(pool.applyAsync(tasks.square, [1]).get(soon)).rejects.toThrow(TypeError)
        await expect(pool.imap(tasks.square, [1]).next(soon)).rejects.toThrow(TypeError)
        await expect(pool.map(task(url, 'missing'), [1])).rejects.toMatchObject({ name: 'TaskFunctionError' })
      })
    })

    describe('output', () => {
      it('that is neither text nor bytes is a TypeError of the task', async () => {
        const pool = open()
        for (const what of [123, null, {}]) {
          await expect(pool.apply(tasks.print, [what])).rejects.toBeInstanceOf(TypeError)
        }
        await expect(pool.apply(tasks.print, ['x', 'no encoding'])).rejects.toMatchObject({
          code: 'ERR_UNKNOWN_ENCODING',
        })
        expect(await pool.apply(tasks.print, [''])).toBe(true)
        expect(pool.stats().exits).toBe(0)
      })
    })

    describe('initializers', () => {
      it('1.2 the constructor begins the starts and waits for none; ready does', async () => {
        const pool = open()
        const started = pool.stats().workers
        expect(started).toHaveLength(Math.max(1, pool.processes))
        expect(new Set(started.map(({ state }) => state))).toEqual(new Set(['starting']))
        await pool.ready()
        expect(new Set(pool.stats().workers.map(({ state }) => state))).toEqual(new Set(['ready']))
      })

      it('1.5 run once in each worker, awaited, with their arguments', async () => {
        const pool = open({ initializer: tasks.setUp, initargs: [1, { two: 2 }] })
        await pool.ready()
        expect(await pool.apply(tasks.initializedWith)).toEqual([1, { two: 2 }])
      })

      it('1.6 that fail break the pool at once, for everything pending and later', async () => {
        const pool = open({ initializer: tasks.failToStart })
        const pending = pool.map(tasks.square, [1])
        const iterator = pool.imap(tasks.square, [1])
        await expect(pool.ready()).rejects.toBeInstanceOf(InitializerError)
        await expect(pending).rejects.toBeInstanceOf(InitializerError)
        await expect(iterator.next()).rejects.toMatchObject({ code: 'AUTOPARA_INITIALIZER' })
        await expect(pool.ready()).rejects.toMatchObject({ cause: { name: 'RangeError', message: 'no way' } })
        await expect(pool.apply(tasks.square, [1])).rejects.toBeInstanceOf(InitializerError)
        await pool.join()
      })
    })

    describe('life', () => {
      it('6.1 takes no work after close, and joins only then', async () => {
        const pool = open()
        await expect(pool.join()).rejects.toMatchObject({ code: 'AUTOPARA_POOL_RUNNING' })
        pool.close()
        pool.close()
        expect(pool.state).toBe('close')
        await expect(pool.map(tasks.square, [1])).rejects.toBeInstanceOf(PoolNotRunningError)
        expect(() => pool.imap(tasks.square, [1])).toThrow(PoolNotRunningError)
        expect(() => pool.applyAsync(tasks.square, [1])).toThrow(PoolNotRunningError)
        await pool.join()
      })

      it('6.2 close lets everything queued finish; results can be read after join', async () => {
        const pool = open()
        const ordered = pool.imap(tasks.square, range(200))
        const unordered = pool.imapUnordered(tasks.square, range(100), { chunksize: 7 })
        const mapped = pool.mapAsync(tasks.square, range(50))
        pool.close()
        await pool.join()
        expect(mapped.ready()).toBe(true)
        expect(await listOf(ordered)).toEqual(Array.from(range(200), tasks.square))
        expect(await listOf(unordered)).toHaveLength(100)
      })

      it('6.2 close lets a call be that was just made with an iterable', async () => {
        const pool = open()
        const fromSet = pool.mapAsync(tasks.identity, new Set([1, 2, 3]))
        const fromSource = pool.mapAsync(tasks.identity, asyncRange(4))
        pool.close()
        await pool.join()
        expect(await fromSet).toEqual([1, 2, 3])
        expect(await fromSource).toEqual([0, 1, 2, 3])
      })

      it('6.2 join waits for what is read no more after an error', async () => {
        const pool = open()
        const [open1, gate] = [join(scratch(), 'open'), join(scratch(), 'gate')]
        writeFileSync(open1, '')
        const items: [string, string][] = [
          [open1, 'range'],
          [gate, 'teapot'],
        ]
        const iterator = pool.imap(tasks.failLater, items, { prefetch: 1 })
        await expect(iterator.next()).rejects.toThrow(RangeError)
        pool.close()
        const joined = pool.join()
        writeFileSync(gate, '')
        await joined
      })

      it('6.2 a waiting join leaves a reader all results behind an error', async () => {
        const pool = open()
        const source = async function* () {
          for (const item of ['range', 1, 'range', 2, 3]) {
            await new Promise(setImmediate)
            yield item
          }
        }
        const iterator = pool.imap(tasks.fail, source())
        pool.close()
        const joined = pool.join()
        expect(await allSteps(iterator)).toEqual(['out of range', 1, 'out of range', 2, 3])
        await joined
      })

      it('6.8 calls that share a signal share one listener', async () => {
        const pool = open()
        const { signal } = new AbortController()
        const calls = Array.from(range(15), (i) => pool.map(tasks.asyncSquare, asyncRange(i), { signal }))
        calls.push(pool.map(tasks.asyncSquare, [1], { signal }))
        expect(getEventListeners(signal, 'abort')).toHaveLength(1)
        await Promise.all(calls)
        expect(getEventListeners(signal, 'abort')).toHaveLength(0)
      })

      it('a ready() that can not come true is rejected', async () => {
        const pool = open()
        pool.close()
        await pool.join()
        await expect(pool.ready()).rejects.toThrow(PoolNotRunningError)
      })

      it.each(['signal', 'terminate', 'aborted'])('6.8 %s ends a call that still collects its items', async (how) => {
        const pool = open()
        const abort = new AbortController()
        const called: string[] = []
        const source = {
          next: () => {
            called.push('next')
            return called.length === 1 ? Promise.resolve({ done: false, value: 1 }) : new Promise<never>(() => {})
          },
          return: () => {
            called.push('return')
            throw new Error('nobody hears of it')
          },
          [Symbol.asyncIterator]: () => source,
        }
        if (how === 'aborted') abort.abort()
        const reason = pool.map(tasks.identity, source, { signal: abort.signal }).catch((error: unknown) => error)
        await new Promise(setImmediate)
        if (how === 'signal') abort.abort()
        if (how === 'terminate') void pool.terminate()
        const name = how === 'terminate' ? 'PoolTerminatedError' : 'AbortError'
        expect(await reason).toMatchObject({ name })
        expect(called).toEqual(how === 'aborted' ? [] : ['next', 'next', 'return'])
      })

      it('6.3 terminates whatever the return() of a source does', async () => {
        const pool = open()
        const source = {
          next: async () => ({ done: false, value: 1 }),
          return: () => {
            throw new Error('nobody hears of it')
          },
          [Symbol.asyncIterator]: () => source,
        }
        const iterator = pool.imap(tasks.identity, source)
        expect((await iterator.next()).value).toBe(1)
        await pool.terminate()
        expect(pool.stats().workers).toEqual([])
      })

      it('6.3 terminate rejects what is pending', async () => {
        const pool = open()
        const pending = pool.map(tasks.asyncSquare, range(1000), { chunksize: 1 })
        const iterator = pool.imap(tasks.forever, [1])
        const next = iterator.next()
        const errors = Promise.allSettled([pending, next])
        await pool.terminate()
        expect(await errors).toMatchObject([
          { reason: { name: 'PoolTerminatedError' } },
          { reason: { name: 'PoolTerminatedError' } },
        ])
        await pool.terminate()
        await pool.join()
        await expect(pool.map(tasks.square, [1])).rejects.toBeInstanceOf(PoolNotRunningError)
      })

      it('6.4 disposing terminates', async () => {
        const pool = open()
        await pool[Symbol.asyncDispose]()
        expect(pool.state).toBe('terminate')
      })

      it('1.9 can not be sent itself', async () => {
        const pool = open()
        await expect(pool.apply(tasks.identity, [pool])).rejects.toBeInstanceOf(EncodingError)
      })

      it('6.8 signals end calls and pools', async () => {
        const ofCall = new AbortController()
        const pool = open()
        const reading = pool.imap(tasks.forever, [1], { signal: ofCall.signal }).next()
        const mapping = pool.map(tasks.forever, [1, 2], { signal: ofCall.signal })
        ofCall.abort(new Error('enough'))
        await expect(reading).rejects.toThrow('enough')
        await expect(mapping).rejects.toThrow('enough')
        const ofPool = new AbortController()
        const other = open({ signal: ofPool.signal })
        const lost = other.map(tasks.forever, [1])
        ofPool.abort()
        await expect(lost).rejects.toMatchObject({ name: 'PoolTerminatedError' })
        expect(other.state).toBe('terminate')
        await expect(open({ signal: AbortSignal.abort() }).map(tasks.square, [1])).rejects.toBeInstanceOf(
          PoolNotRunningError,
        )
      })

      it('6.9 timeout ends the waiting, not the pool', async () => {
        const pool = open()
        await expect(pool.map(tasks.forever, [1], { timeout: 1 })).rejects.toMatchObject({ name: 'TimeoutError' })
        expect(pool.state).toBe('run')
      })
    })

    describe('laziness', () => {
      it('7.1 a reader that stalls keeps the source within the first window', async () => {
        let drawn = 0
        const endless = function* () {
          for (;;) yield drawn++
        }
        const pool = open()
        const iterator = pool.imap(tasks.identity, endless(), { prefetch: 3 })
        // A call of its own goes through behind all that the iterator has sent: then nothing is under way any more.
        await pool.map(tasks.identity, range(50), { chunksize: 1 })
        const window = 3 * Math.max(1, pool.processes)
        expect(drawn).toBe(window)
        for (let i = 0; i <= 500; i++) expect((await iterator.next()).value).toBe(i)
        await iterator.return()
      })

      it('7.3 leaving the loop ends the source', async () => {
        const pool = open()
        for (const start of [range, asyncRange]) {
          let ended = false
          const source = async function* () {
            try {
              yield* start(1_000_000)
            } finally {
              ended = true
            }
          }
          for await (const x of pool.imap(tasks.identity, source())) if (x === 20) break
          await new Promise(setImmediate)
          expect(ended).toBe(true)
        }
        expect(pool.stats().calls).toBe(0)
      })

      it('7.4 after a rejected next() the source rests until the reader comes back', async () => {
        const pool = open()
        let drawn = 0
        const source = function* () {
          for (;;) {
            drawn++
            yield drawn === 1 ? 'range' : drawn
          }
        }
        const iterator = pool.imap(tasks.fail, source(), { prefetch: 2 })
        await expect(iterator.next()).rejects.toThrow(RangeError)
        await pool.map(tasks.identity, range(50), { chunksize: 1 })
        const rested = drawn
        await pool.map(tasks.identity, range(50), { chunksize: 1 })
        expect(drawn).toBe(rested)
        expect((await iterator.next()).value).toBe(2)
        await iterator.return()
      })

      it('7.5 a loop that ended in a rejection does not hold join', async () => {
        const pool = open()
        let ended = false
        const source = function* () {
          try {
            yield 'range'
            for (let i = 0; ; i++) yield i
          } finally {
            ended = true
          }
        }
        await expect(listOf(pool.imap(tasks.fail, source()))).rejects.toThrow(RangeError)
        pool.close()
        await pool.join()
        expect(ended).toBe(true)
      })

      it('runs calls that a source makes while it is drawn', async () => {
        const pool = open()
        const source = async function* () {
          for (let i = 0; i < 5; i++) yield await pool.apply(tasks.square, [i])
        }
        expect(await listOf(pool.imap(tasks.square, source()))).toEqual([0, 1, 16, 81, 256])
        const inner: Promise<number>[] = []
        const sync = function* () {
          for (let i = 0; i < 5; i++) {
            inner.push(pool.apply(tasks.square, [i]))
            yield i
          }
        }
        expect(await listOf(pool.imap(tasks.square, sync()))).toEqual([0, 1, 4, 9, 16])
        expect(await Promise.all(inner)).toEqual([0, 1, 4, 9, 16])
      })
    })

    describe('tasks', () => {
      it('know who they are and which items they have', async () => {
        const pool = open({ name: 'crew' })
        expect(await pool.apply(tasks.whoami)).toMatchObject({ generation: 0, name: 'crew' })
        const contexts = await pool.map(tasks.contextOf, range(12), { chunksize: 5, seed: 7 })
        expect(contexts.map(({ index }) => index)).toEqual(Array.from(range(12), (i) => [i]))
        const again = await pool.map(tasks.contextOf, range(12), { chunksize: 1, seed: 7 })
        expect(again.map(({ draws }) => draws)).toEqual(contexts.map(({ draws }) => draws))
        const chunks = await listOf(pool.imapChunks(task(url, 'contextOfChunk'), range(12), { chunksize: 4, seed: 7 }))
        const values = chunks.flatMap((chunk) => chunk.outcomes.map((outcome) => outcome.ok && outcome.value))
        expect(values).toEqual(contexts.map(({ index, draws }) => [index[0], draws[0]]))
      })

      it('count in the stats and events of the pool', async () => {
        const pool = open()
        const done: number[] = []
        pool.on('chunk-done', ({ items }) => done.push(items))
        await pool.map(tasks.square, range(10), { chunksize: 3 })
        expect(pool.stats()).toMatchObject({ calls: 0, items: 10, chunks: 4, inflightBytes: 0 })
        await new Promise(setImmediate)
        expect(done.reduce((a, b) => a + b, 0)).toBe(10)
      })
    })
  })
}
