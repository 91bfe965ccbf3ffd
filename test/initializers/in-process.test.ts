import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as heapLimit from '../../build/initializers/heap-limit.js'
import limitThreads from '../../build/initializers/limit-threads.js'
import * as logFile from '../../build/initializers/log-file.js'
import * as seedRandom from '../../build/initializers/seed-random.js'
import setPriority from '../../build/initializers/set-priority.js'
import { type CurrentWorker, setCurrentWorker } from '../../build/lib/base/current-worker.js'
import { processRng, Rng } from '../../build/lib/index.js'

const folder = mkdtempSync(join(tmpdir(), 'autopara-initializers-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Lets this process count as a worker. */
function as(context: CurrentWorker['context'], id = 0, generation = 0): void {
  const { signal } = new AbortController()
  setCurrentWorker({ id, generation, serial: 7, name: 'pool', context, pid: process.pid, signal })
}

beforeEach(() => as('fork'))
afterEach(() => setCurrentWorker(null))

describe('seed-random', () => {
  afterEach(() => seedRandom.finalize())

  const numbers = (id: number, generation: number, seed?: number | string) => {
    as('fork', id, generation)
    seedRandom.default(seed)
    return [processRng().random(), processRng().random()]
  }

  it('gives each worker and each generation a stream of its own, the same every time', () => {
    const all = [numbers(0, 0, 42), numbers(1, 0, 42), numbers(0, 1, 42), numbers(0, 0, 43), numbers(0, 0, '42')]
    expect(new Set(all.flat()).size).toBe(10)
    expect(numbers(1, 0, 42)).toEqual(all[1])
  })

  it('takes a seed from the operating system when there is none', () => {
    expect(numbers(0, 0)).not.toEqual(numbers(0, 0))
  })

  it('seeds Math.random only when asked, and gives it back', () => {
    const own = Math.random
    seedRandom.default(1)
    expect(Math.random).toBe(own)
    seedRandom.default(1, { mathRandom: true })
    const seeded = Math.random()
    seedRandom.default(1, { mathRandom: true })
    expect(Math.random()).toBe(seeded)
    seedRandom.finalize()
    expect(Math.random).toBe(own)
  })

  it('gives a serial run its generator back', () => {
    as('serial')
    seedRandom.default(1)
    const seeded = processRng()
    seedRandom.finalize()
    expect(processRng()).not.toBe(seeded)
    expect(processRng()).toBeInstanceOf(Rng)
  })

  it('refuses options that it does not have', () => {
    expect(() => seedRandom.default(1, { mathrandom: true } as object)).toThrow('did you mean `mathRandom`?')
  })
})

describe('log-file', () => {
  afterEach(() => logFile.finalize())

  it('catches what is printed, with the facts of the worker in the name', () => {
    as('fork', 2, 1)
    logFile.default(join(folder, 'logs', '{name}-{id}-{generation}-{serial}-{pid}.log'))
    process.stdout.write('printed\n')
    process.stderr.write('complained\n')
    process.stdout.write(new TextEncoder().encode('bytes\n'))
    logFile.finalize()
    const file = join(folder, 'logs', `pool-2-1-7-${process.pid}.log`)
    expect(readFileSync(file, 'utf8')).toBe('printed\ncomplained\nbytes\n')
  })

  it.each([
    ['w{idd}.log', '{id} instead of {idd}'],
    ['w{hostname}.log', 'one of {id}, {generation}, {serial}, {pid}, {name} instead of {hostname}'],
  ])('refuses what it can not fill in: %s', (name, message) => {
    for (const context of ['fork', 'serial'] as const) {
      as(context)
      expect(() => logFile.default(join(folder, name))).toThrow(message)
    }
  })

  it('gives the streams back', () => {
    const { write } = process.stdout
    logFile.default(join(folder, 'back.log'))
    expect(process.stdout.write).not.toBe(write)
    logFile.finalize()
    expect(process.stdout.write).toBe(write)
  })

  it('calls back, as a stream does', async () => {
    logFile.default(join(folder, 'callback.log'))
    await new Promise<void>((resolve) => process.stdout.write('x', () => resolve()))
    await new Promise<void>((resolve) => process.stdout.write('78', 'hex', () => resolve()))
    logFile.finalize()
    expect(readFileSync(join(folder, 'callback.log'), 'utf8')).toBe('xx')
  })
})

describe('in a serial run', () => {
  it('log-file, limit-threads and set-priority leave the program alone', () => {
    as('serial')
    const { write } = process.stdout
    const env = { ...process.env }
    logFile.default('/nowhere/at/all.log')
    limitThreads(3)
    setPriority(19)
    expect(process.stdout.write).toBe(write)
    expect(process.env).toEqual(env)
  })
})

describe('arguments', () => {
  it.each([
    [() => limitThreads(0), RangeError],
    [() => limitThreads('2' as never), TypeError],
    [() => heapLimit.default(0), RangeError],
    [() => heapLimit.spawn(null, undefined as never), TypeError],
    [() => setPriority(20), RangeError],
    [() => setPriority(0.5), TypeError],
    [() => logFile.default(''), TypeError],
  ])('are checked: %s', (call, kind) => {
    expect(call).toThrow(kind)
  })
})
