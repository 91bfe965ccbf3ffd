/**
 * The whole machine of the pool, without a process: workers are fakes that answer, die, and give back at the whim of
 * fast-check. Whatever they do, every item has exactly one outcome, in order.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Backend, WorkerEvents, WorkerHandle } from '../../lib/pool/backend.js'
import { openStream } from '../../lib/pool/calls.js'
import { fromColumn, type Packed, toColumn } from '../../lib/pool/column.js'
import { Engine } from '../../lib/pool/engine.js'
import { type Frame, joinFrame } from '../../lib/pool/frames.js'
import { checkCallOptions, checkPoolOptions, type PoolOptions } from '../../lib/pool/pool-options.js'
import { decodeToWorker, encodeMessage, type FromWorker, type Run } from '../../lib/pool/protocol.js'
import { task } from '../../lib/pool/task-function.js'

/** What a fake worker does when it is its turn. */
type Whim = { kind: 'answer'; count: number } | { kind: 'die' } | { kind: 'rest' }

/** A worker that keeps what it is sent, and does what it is told. */
class FakeWorker implements WorkerHandle {
  readonly pid = 1
  readonly #events: WorkerEvents
  readonly #calls: Map<number, number>
  readonly #exact: boolean
  #pending: { index: number; value: Packed; piece: number; exact: boolean }[] = []
  #pieces = 0
  #recalled = false
  alive = true
  started = false

  /** @param exact whether it sends every outcome before it begins the next item, if it is not told to */
  constructor(events: WorkerEvents, calls: Map<number, number>, exact: boolean) {
    this.#events = events
    this.#calls = calls
    this.#exact = exact
  }

  send(frame: Frame): void {
    if (!this.alive) return
    const { message, parcels } = decodeToWorker(joinFrame(frame))
    if (message.type === 'run') this.#keep(message, fromColumn(message.items, parcels))
    if (message.type === 'recall') this.#recalled = true
    if (message.type === 'stop') this.die(0)
  }

  /** One step; false if there was nothing to do. */
  act(whim: Whim, killer: (value: Packed) => boolean): boolean {
    if (!this.alive) return false
    if (!this.started) {
      this.started = true
      this.#say({ type: 'ready', pid: 1 })
      return true
    }
    if (this.#recalled) return this.#giveBack()
    const [next] = this.#pending
    if (next === undefined || whim.kind === 'rest') return false
    this.#calls.set(next.index, (this.#calls.get(next.index) ?? 0) + 1)
    if (killer(next.value)) this.die(1)
    else if (whim.kind === 'die') this.die(null)
    else this.#answer(whim.count, killer)
    return true
  }

  kill(): void {
    this.die(null)
  }

  ref(): void {}
  unref(): void {}

  die(exitCode: number | null): void {
    if (!this.alive) return
    this.alive = false
    const signal = exitCode === null ? 'SIGKILL' : null
    queueMicrotask(() => this.#events.exit({ exitCode, signal, stderrTail: '' }))
  }

  #keep(run: Run, items: ArrayLike<Packed>): void {
    let at = 0
    const exact = run.exact ?? this.#exact
    // It must be said before such an item begins.
    if (exact && this.#pending.length === 0) this.#sayDone([], true)
    run.counts.forEach((count, i) => {
      for (let k = 0; k < count; k++) {
        this.#pending.push({ index: (run.starts[i] as number) + k, value: items[at++], piece: this.#pieces, exact })
      }
      this.#pieces++
    })
  }

  #answer(count: number, killer: (value: Packed) => boolean): void {
    const until = this.#pending.findIndex(({ value }, i) => i > 0 && killer(value))
    const answered = this.#pending.splice(0, Math.min(count, until === -1 ? count : until))
    this.#sayDone(
      answered.map(({ value }) => value),
      this.#pending[0]?.exact ?? this.#exact,
    )
  }

  #sayDone(values: Packed[], exact: boolean): void {
    const { column, parcels } = toColumn(values)
    this.#say({ type: 'done', count: values.length, values: column, errors: [], busy: values.length, exact }, parcels)
  }

  /** Returns the pieces of which nothing is done. */
  #giveBack(): boolean {
    this.#recalled = false
    const current = this.#pending[0]?.piece
    const back = new Set(this.#pending.map(({ piece }) => piece).filter((piece) => piece !== current))
    this.#pending = this.#pending.filter(({ piece }) => piece === current)
    this.#say({ type: 'returned', pieces: back.size })
    return true
  }

  #say(message: FromWorker, parcels: Uint8Array[] = []): void {
    const frame = joinFrame(encodeMessage(message, parcels))
    queueMicrotask(() => this.#events.frame(frame))
  }
}

interface Scene {
  readonly items: number
  readonly processes: number
  readonly chunksize: number
  readonly ordered: boolean
  readonly killers: readonly number[]
  readonly whims: readonly Whim[]
  readonly maxtasksperchild: number | null
  readonly exact: boolean
  readonly retries: number
  /** The reader leaves after so many results. */
  readonly leaveAfter: number
}

const common = {
  items: fc.integer({ min: 0, max: 60 }),
  processes: fc.integer({ min: 1, max: 4 }),
  chunksize: fc.integer({ min: 1, max: 8 }),
  ordered: fc.boolean(),
  whims: fc.array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('answer' as const), count: fc.integer({ min: 1, max: 9 }) }),
      },
      { weight: 2, arbitrary: fc.constant<Whim>({ kind: 'rest' }) },
    ),
    { minLength: 1, maxLength: 60 },
  ),
  maxtasksperchild: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null }),
  exact: fc.boolean(),
}

/** Some items kill whoever runs them. */
const withKillers = fc.record<Scene>({
  ...common,
  killers: fc.uniqueArray(fc.nat({ max: 59 }), { maxLength: 4 }),
  retries: fc.integer({ min: 0, max: 2 }),
  leaveAfter: fc.constant(Number.POSITIVE_INFINITY),
})

/** Workers are killed from outside, at any moment, and every item is tried until it succeeds. */
const withRaids = fc.record<Scene>({
  ...common,
  killers: fc.constant([]),
  retries: fc.constant(1e6),
  leaveAfter: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(Number.POSITIVE_INFINITY)),
  whims: fc.tuple(common.whims, fc.nat({ max: 60 })).map(([whims, at]) => whims.toSpliced(at, 0, { kind: 'die' })),
})

/** Plays a scene to its end; gives the results in the order in which they were read. */
async function play(
  scene: Scene,
): Promise<{ results: (number | string)[]; calls: Map<number, number>; ahead: number; busy: number }> {
  const workers: FakeWorker[] = []
  const calls = new Map<number, number>()
  const backend: Backend = {
    context: 'fork',
    start(_identity, _settings, events) {
      const worker = new FakeWorker(events, calls, scene.exact)
      workers.push(worker)
      return worker
    },
  }
  const options: PoolOptions = {
    processes: scene.processes,
    maxtasksperchild: scene.maxtasksperchild,
    retries: scene.retries,
  }
  const checked = checkPoolOptions(options)
  const engine = new Engine(checked, backend)
  let drawn = 0
  let read = 0
  let ahead = 0
  let busy = 0
  const source = function* (): Generator<number> {
    for (; drawn < scene.items; drawn++) {
      ahead = Math.max(ahead, drawn - read)
      yield drawn
    }
  }
  const call = {
    func: task('data:text/javascript,export default 1'),
    mode: 'item' as const,
    args: [],
    iterable: source(),
    options: checkCallOptions({ chunksize: scene.chunksize, maxAhead: { chunks: 6 } }, 'test'),
  }
  const iterator = openStream<number>(engine, checked, call, scene.ordered, {
    steps: (chunk) => chunk.count,
    read: (chunk, step) => {
      if (chunk.failures?.has(step)) throw new Error(`lost ${chunk.start + step}`)
      return chunk.values?.[step] as number
    },
  })
  const killer = (value: Packed): boolean => scene.killers.includes(value as number)
  const results: (number | string)[] = []
  let over = false
  const reading = (async () => {
    while (!over) {
      await iterator.next().then(
        (step) => {
          if (step.done) over = true
          else results.push(step.value)
        },
        (error: Error) => results.push(error.message),
      )
      read = results.length
      if (read === scene.leaveAfter) {
        over = true
        await iterator.return()
      }
    }
  })()
  for (let turn = 0; !over; turn++) {
    await new Promise(setImmediate)
    busy = Math.max(busy, engine.stats().workers.filter(({ inflight }) => inflight > 0).length)
    const whim = scene.whims[turn % scene.whims.length] as Whim
    const alive = workers.filter((worker) => worker.alive)
    alive[turn % Math.max(1, alive.length)]?.act(turn % 50 > 40 ? { kind: 'answer', count: 3 } : whim, killer)
    if (turn > 20_000) throw new Error('the machine stands still')
  }
  await reading
  await engine.terminate()
  return { results, calls, ahead, busy }
}

/** By item number, whatever became of it. */
const key = (result: number | string): number => Number(String(result).replace('lost ', ''))

function expectOnce(scene: Scene, results: readonly (number | string)[], ahead: number): void {
  const all = Array.from({ length: scene.items }, (_, i) => (scene.killers.includes(i) ? `lost ${i}` : i))
  const inOrder = scene.ordered ? results : results.toSorted((a, b) => key(a) - key(b))
  if (scene.leaveAfter === Number.POSITIVE_INFINITY) expect(inOrder).toEqual(all)
  else if (scene.ordered) expect(inOrder).toEqual(all.slice(0, scene.leaveAfter))
  expect(new Set(results.map(key)).size).toBe(results.length)
  expect(ahead).toBeLessThanOrEqual(6 * scene.processes * scene.chunksize)
}

describe('the machine of the pool', () => {
  it('gives every item exactly one outcome, in order, whichever items kill their workers', async () => {
    await fc.assert(
      fc.asyncProperty(withKillers, async (scene) => {
        const { results, calls, ahead, busy } = await play(scene)
        expectOnce(scene, results, ahead)
        expect(busy).toBeLessThanOrEqual(scene.processes)
        for (const [item, times] of calls) {
          if (scene.killers.includes(item)) expect(times).toBeGreaterThan(scene.retries)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('gives every item exactly one outcome, in order, whenever workers are killed and readers leave', async () => {
    await fc.assert(
      fc.asyncProperty(withRaids, async (scene) => {
        const { results, ahead, busy } = await play(scene)
        expectOnce(scene, results, ahead)
        expect(busy).toBeLessThanOrEqual(scene.processes)
      }),
      { numRuns: 60 },
    )
  })
})
