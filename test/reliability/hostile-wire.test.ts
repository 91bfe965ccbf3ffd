/** Bytes on the wire that are no messages: a worker that sends them is lost, with its reason; nothing else is. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { Pool, Rng, task, WorkerLostError } from 'autopara'
import { describe, expect, it } from 'vitest'
import { childStdio, WORKER_ENTRY } from '../../build/lib/pool/backends/child-handle.js'
import { TO_WORKER } from '../../build/lib/pool/frame-pipe.js'
import {
  decodeFromWorker,
  decodeToWorker,
  encodeMessage,
  type FromWorker,
  type ToWorker,
} from '../../build/lib/pool/protocol.js'
import { toErrorRecord } from '../../lib/pool/error-record.js'
import { rebuildError } from '../../lib/pool/remote-error.js'
import { NOISE } from '../fixtures/reliability/hostile-worker.mjs'
import { recordFigure } from './figures.js'
import { soak } from './soak.js'

const tasks = new URL('../fixtures/reliability/hostile-worker.mjs', import.meta.url)
const MUTATIONS = soak ? 2_000_000 : 20_000

describe('a worker that sends what is no message', () => {
  it('is lost with the reason, and nothing else is', async () => {
    const pool = new Pool({ processes: 2 })
    const kinds = Object.keys(NOISE)
    const items = kinds.flatMap((kind) => [null, kind])
    const outcomes: PromiseSettledResult<unknown>[] = []
    const results = pool.imap(task(tasks, 'makeNoise'), items)
    for (let k = 0; k < items.length; k++) outcomes.push(...(await Promise.allSettled([results.next()])))
    for (const [k, kind] of kinds.entries()) {
      expect(outcomes[2 * k], `before ${kind}`).toMatchObject({ status: 'fulfilled', value: { value: 'quiet' } })
      const { reason } = outcomes[2 * k + 1] as PromiseRejectedResult
      expect(reason, kind).toBeInstanceOf(WorkerLostError)
      expect((reason as WorkerLostError).signal, kind).toBe('SIGKILL')
      expect((reason as WorkerLostError).message, kind).toMatch(/ after (Range|Type)?Error( \[\w+\])?: ./)
    }
    expect(await pool.apply(task(tasks, 'makeNoise'), [null])).toBe('quiet')
    await pool.terminate()
  })

  it('is lost when it ends within a message', async () => {
    const pool = new Pool({ processes: 1 })
    await expect(pool.apply(task(tasks, 'breakOff'), [])).rejects.toBeInstanceOf(WorkerLostError)
    expect(await pool.apply(task(tasks, 'makeNoise'), [null])).toBe('quiet')
    await pool.terminate()
  })
})

describe('a worker that is sent what is no message', () => {
  it.each(Object.keys(NOISE))('ends: %s', async (kind) => {
    const child = fork(WORKER_ENTRY, [], { stdio: childStdio('ignore'), serialization: 'advanced' })
    child.stderr?.resume()
    const pipe = child.stdio[TO_WORKER] as unknown as Writable
    pipe.on('error', () => {})
    pipe.write(NOISE[kind as keyof typeof NOISE]())
    const [code] = (await once(child, 'exit')) as [number | null]
    expect(code).toBe(1)
  })
})

describe('messages with random damage', () => {
  const error = toErrorRecord(Object.assign(new Error('bad', { cause: new TypeError('worse') }), { fact: [1, 2] }))
  const fromWorker: FromWorker[] = [
    { type: 'ready', pid: 7 },
    { type: 'failed', error },
    { type: 'returned', pieces: 2 },
    { type: 'done', count: 3, values: [1, 'two', null], errors: [[1, 2, error]], busy: 1, exact: false },
    { type: 'done', count: 2, values: new Float64Array(2), errors: [], busy: 1, exact: true, memory: 1e6 },
  ]
  const toWorker: ToWorker[] = [
    { type: 'recipe', id: 1, spec: { kind: 'inline', source: '(x) => x' }, mode: 'item', args: [], seed: 1 },
    { type: 'run', recipe: 1, starts: [0], counts: [2], exact: null, items: [1, 2] },
    { type: 'stop' },
  ]

  it(`are read or refused, never more (${MUTATIONS} times)`, () => {
    const rng = new Rng('wire')
    let refused = 0
    const tries = [
      ...fromWorker.map((message) => ({ message, decode: decodeFromWorker })),
      ...toWorker.map((message) => ({ message, decode: decodeToWorker })),
    ]
    for (let k = 0; k < MUTATIONS; k++) {
      const { message, decode } = tries[k % tries.length] as (typeof tries)[number]
      const [segment] = encodeMessage(message).segments
      const bytes = damaged(Buffer.from(segment as Uint8Array), rng)
      try {
        const { message: read } = decode(bytes)
        if (read.type === 'failed') rebuildError(read.error)
        if (read.type === 'done') for (const [, , record] of read.errors) rebuildError(record)
      } catch (thrown) {
        if (!(thrown instanceof Error)) throw thrown
        refused++
      }
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 4)
    recordFigure('messages on the wire with random damage', `${MUTATIONS} messages`, `${refused} refused, 0 crashes`)
  }, 600_000)
})

/** The bytes with some changed, cut, or doubled; they begin at a multiple of 8, as they do on the wire. */
function damaged(bytes: Buffer, rng: Rng): Uint8Array {
  for (let times = rng.integers(1, 4); times > 0; times--) bytes[rng.integers(0, bytes.length)] = rng.integers(0, 256)
  const kind = rng.integers(0, 4)
  const at = rng.integers(0, bytes.length)
  const result = kind === 0 ? bytes.subarray(0, Math.max(16, at)) : kind === 1 ? Buffer.concat([bytes, bytes]) : bytes
  return new Uint8Array(result)
}
