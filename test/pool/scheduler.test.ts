import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JobPolicy, Piece } from '../../lib/pool/chunk.js'
import { ListCollector } from '../../lib/pool/collector.js'
import { ListSource } from '../../lib/pool/item-source.js'
import { Job } from '../../lib/pool/job.js'
import { PoolWorker } from '../../lib/pool/pool-worker.js'
import type { WorkerIdentity } from '../../lib/pool/protocol.js'
import type { RecipeRecord } from '../../lib/pool/recipe.js'
import { Scheduler } from '../../lib/pool/scheduler.js'

/** A worker that notes the frames of work that it gets, and does nothing. */
class NotingWorker extends PoolWorker {
  /** The numbers of the items, and whether it must be exact. */
  readonly frames: { items: number[]; exact: boolean | null }[] = []
  onSend: () => void = () => {}

  override send(recipe: RecipeRecord, pieces: readonly Piece[], exact: boolean | null): void {
    const items = pieces.flatMap(({ chunk, next, to }) => range(chunk.start + next, chunk.start + to))
    this.frames.push({ items, exact })
    super.send(recipe, pieces, exact)
    this.onSend()
  }

  /** Is through with its oldest pieces. */
  answer(count: number): void {
    for (let i = 0; i < count; i++) this.inflight.shift()
    this.inflightBytes = 0
  }

  get sent(): number[][] {
    return this.frames.map(({ items }) => items)
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

/** @param itemTime ms */
function recipeOf(itemTime: number | undefined): RecipeRecord {
  return { id: 1, mode: 'item', itemTime } as unknown as RecipeRecord
}

function jobOf(items: readonly unknown[], recipe: RecipeRecord | undefined, policy: Partial<JobPolicy> = {}): Job {
  const all: JobPolicy = { chunksize: 1, exact: null, retries: 0, taskTimeout: undefined, ...policy }
  const nothing = (): void => {}
  const job = new Job(all, new ListSource(items), new ListCollector(nothing, nothing), {
    ended: nothing,
    finishedLate: nothing,
  })
  if (recipe) job.recipe = recipe
  return job
}

interface Scene {
  readonly ready: NotingWorker[]
  readonly scheduler: Scheduler
}

function sceneOf(size: number, quota = Number.POSITIVE_INFINITY, cpus = Number.POSITIVE_INFINITY): Scene {
  const ready = range(0, size).map((id) => new NotingWorker({ id } as WorkerIdentity))
  return { ready, scheduler: new Scheduler({ ready, size, quota: () => quota }, cpus) }
}

/** A scene of one worker. */
function alone(quota?: number): Scene & { readonly worker: NotingWorker } {
  const scene = sceneOf(1, quota)
  return { ...scene, worker: scene.ready[0] as NotingWorker }
}

/** Pieces of a job of `count` items, as a worker had them; one chunk each. */
function piecesOf(count: number, policy: Partial<JobPolicy> = {}): { job: Job; pieces: Piece[] } {
  const job = jobOf(range(0, count), recipeOf(1), policy)
  const pieces: Piece[] = []
  while (pieces.length < count) job.draw(1, 1, pieces)
  return { job, pieces }
}

/** Lets time pass: what a timer leaves to the next immediate comes a fake millisecond later. */
function elapse(milliseconds: number): void {
  vi.advanceTimersByTime(milliseconds)
  vi.advanceTimersByTime(1)
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('the pump', () => {
  it('sends long items one by one, in order, to whoever is free', () => {
    const { ready, scheduler } = sceneOf(2)
    scheduler.add(jobOf(range(0, 5), recipeOf(100)))
    expect(ready.map((worker) => worker.sent)).toEqual([[[0]], [[1]]])
    ready[1]?.answer(1)
    scheduler.pump()
    expect(ready.map((worker) => worker.sent)).toEqual([[[0]], [[1], [2]]])
  })

  it('sends long ones two at a time over a long way, until the end is near', () => {
    const { ready, scheduler } = sceneOf(2)
    const handle = { pid: 1, send() {}, kill() {}, ref() {}, unref() {} }
    for (const worker of ready) worker.attach({ ...handle, place: { rank: worker.identity.id + 1, host: 'node17' } })
    scheduler.add(jobOf(range(0, 9), recipeOf(100)))
    expect(ready.map((worker) => worker.sent)).toEqual([[[0, 1]], [[2, 3]]])
    ready[1]?.answer(1)
    scheduler.pump()
    expect(ready[1]?.sent).toEqual([[2, 3], [4]])
    ready[0]?.answer(1)
    scheduler.pump()
    expect(ready[0]?.sent).toEqual([[0, 1], [5]])
    ready[1]?.answer(1)
    scheduler.pump()
    expect(ready[1]?.sent).toHaveLength(2)
    ready[1]?.answer(1)
    scheduler.pump()
    expect(ready[1]?.sent).toEqual([[2, 3], [4], [6]])
  })

  it('sends tiny ones many to a frame, and fills a worker up when half of what it had is done', () => {
    const { worker, scheduler } = alone()
    scheduler.add(jobOf(range(0, 10_000), recipeOf(0.004)))
    expect(worker.sent).toEqual([range(0, 500)])
    worker.answer(249)
    scheduler.pump()
    expect(worker.frames).toHaveLength(1)
    worker.answer(1)
    scheduler.pump()
    expect(worker.sent[1]).toEqual(range(500, 750))
  })

  it('leaves a share of what there is to the others', () => {
    const { ready, scheduler } = sceneOf(4)
    scheduler.add(jobOf(range(0, 1000), recipeOf(0.004)))
    expect(ready[0]?.sent[0]).toEqual(range(0, 250))
    const few = sceneOf(4)
    few.scheduler.add(jobOf(range(0, 2), recipeOf(0.004)))
    expect(few.ready[0]?.sent[0]).toEqual([0])
  })

  it('closes a frame by its bytes, and gives a worker no more than its bytes', () => {
    const { worker, scheduler } = alone()
    scheduler.add(jobOf(new Array(100).fill('x'.repeat(100_000)), recipeOf(0.01)))
    expect(worker.sent.map((items) => items.length)).toEqual(new Array(14).fill(3))
    const large = alone()
    large.scheduler.add(jobOf(new Array(9).fill('x'.repeat(5_000_000)), recipeOf(0.01)))
    expect(large.worker.sent).toEqual([[0], [1]])
  })

  it('sends one chunk at a time where their size follows what is left', () => {
    const { ready, scheduler } = sceneOf(2)
    scheduler.add(jobOf(range(0, 40), recipeOf(0.1), { chunksize: 'auto' }))
    const sizes = ready.map(({ sent }) => sent.map(({ length }) => length))
    expect(ready[0]?.inflight.first?.to).toBe(10)
    expect(sizes.flat().reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(40)
    const chunks = [...(ready[0]?.inflight ?? [])].map(({ to }) => to)
    expect(chunks).toEqual(chunks.toSorted((a, b) => b - a))
    expect(new Set(chunks).size).toBeGreaterThan(1)
  })

  it('gives tasks that only compute to as many workers as there are CPUs, where it chooses their chunks', () => {
    const counts = (itemTime: number, chunksize: number | 'auto'): number[] => {
      const { ready, scheduler } = sceneOf(4, undefined, 2)
      scheduler.add(jobOf(range(0, 1_000_000), recipeOf(itemTime), { chunksize }))
      return ready.map(({ sent }) => Number(sent.length > 0))
    }
    expect(counts(0.001, 'auto')).toEqual([1, 1, 0, 0])
    expect(counts(0.1, 'auto')).toEqual([1, 1, 1, 1])
    expect(counts(0.001, 1)).toEqual([1, 1, 1, 1])
  })

  it('gives such tasks to others when those that have some are silent for 100 ms', () => {
    const { ready, scheduler } = sceneOf(4, undefined, 2)
    const atWork = () => ready.map(({ sent }) => sent.length > 0)
    scheduler.add(jobOf(range(0, 1_000_000), recipeOf(0.001), { chunksize: 'auto' }))
    elapse(90)
    ;(ready[0] as NotingWorker).lastSign = performance.now()
    scheduler.pump()
    expect(atWork()).toEqual([true, true, false, false])
    elapse(20)
    expect(atWork()).toEqual([true, true, true, false])
  })

  it('does not take them for silent while this process is too busy to listen', () => {
    const { ready, scheduler } = sceneOf(4, undefined, 2)
    scheduler.add(jobOf(range(0, 1_000_000), recipeOf(0.001), { chunksize: 'auto' }))
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 1000)
    scheduler.pump()
    expect(ready.map(({ sent }) => sent.length > 0)).toEqual([true, true, false, false])
  })

  it('gives a worker no more chunks than it may have before it is replaced', () => {
    const { worker, scheduler } = alone(3)
    scheduler.add(jobOf(range(0, 100), recipeOf(0.004)))
    expect(worker.sent).toEqual([[0, 1, 2]])
  })

  it('gives nothing to a worker that was asked to give back', () => {
    const { worker, scheduler } = alone()
    worker.recalled = true
    scheduler.add(jobOf(range(0, 3), recipeOf(100)))
    expect(worker.sent).toEqual([])
  })

  it('goes round again when something changed meanwhile', () => {
    const { ready, scheduler } = sceneOf(2)
    const [first, second] = ready as [NotingWorker, NotingWorker]
    second.onSend = () => {
      second.onSend = () => {}
      first.answer(1)
      scheduler.pump()
      expect(first.sent).toEqual([[0]])
    }
    scheduler.add(jobOf(range(0, 5), recipeOf(100)))
    expect([first.sent, second.sent]).toEqual([[[0], [2]], [[1]]])
    second.answer(1)
    scheduler.pump()
    expect(second.sent).toEqual([[1], [3]])
  })
})

describe('calls', () => {
  it('are served in their order, also while the function of the first is still being found', () => {
    const { worker, scheduler } = alone()
    const first = jobOf(['a'], undefined)
    scheduler.add(first)
    scheduler.add(jobOf(range(0, 2), recipeOf(100)))
    expect(worker.sent).toEqual([])
    first.recipe = recipeOf(100)
    scheduler.pump()
    worker.answer(1)
    scheduler.pump()
    expect(worker.sent).toEqual([[0], [0]])
    expect(worker.inflight.first?.chunk.job).not.toBe(first)
  })

  it('share a frame if they are of one recipe and as exact', () => {
    const recipe = recipeOf(0.004)
    const frames = (second: Job): number[][] => {
      const { worker, scheduler } = alone()
      // Not ready until both are there.
      const first = jobOf(range(0, 3), undefined)
      scheduler.add(first)
      scheduler.add(second)
      first.recipe = recipe
      scheduler.pump()
      return worker.sent
    }
    expect(frames(jobOf(range(0, 3), recipe))).toEqual([[0, 1, 2, 0, 1, 2]])
    expect(frames(jobOf(range(0, 3), recipeOf(0.004)))).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ])
    expect(frames(jobOf(range(0, 3), recipe, { exact: true }))).toHaveLength(2)
  })

  it('are as exact as their policy says', () => {
    for (const exact of [true, false, null]) {
      const { worker, scheduler } = alone()
      scheduler.add(jobOf([0], recipeOf(100), { exact }))
      expect(worker.frames).toEqual([{ items: [0], exact }])
    }
  })

  it('that are over are passed by', () => {
    const { worker, scheduler } = alone()
    const first = jobOf(range(0, 2), undefined)
    scheduler.add(first)
    scheduler.add(jobOf(range(5, 7), recipeOf(100)))
    first.recipe = recipeOf(100)
    first.abort(new Error('over'))
    scheduler.pump()
    expect(worker.inflight.first?.chunk.items).toEqual([5])
  })

  it('wait behind one that waits for its turn', () => {
    const { worker, scheduler } = alone()
    scheduler.add(jobOf(range(0, 2), recipeOf(100)))
    scheduler.add(jobOf(range(0, 9), recipeOf(0.004)))
    expect(worker.sent).toEqual([[0]])
  })
})

describe('pieces that came back', () => {
  it('go alone to workers that have nothing, before anything new, the latest first', () => {
    const { worker, scheduler } = alone()
    scheduler.add(jobOf(range(50, 60), recipeOf(1)))
    expect(worker.sent).toEqual([[0, 1]])
    const { pieces } = piecesOf(3)
    scheduler.giveBack(pieces.slice(2))
    scheduler.giveBack(pieces.slice(0, 2))
    expect(scheduler.returned).toBe(3)
    worker.answer(1)
    scheduler.pump()
    expect(worker.frames).toHaveLength(1)
    for (let i = 0; i < 3; i++) {
      worker.answer(2)
      scheduler.pump()
    }
    expect(scheduler.returned).toBe(0)
    expect(worker.sent).toEqual([[0, 1], [0], [1], [2], [2]])
  })

  it('are exact if they must be, whatever their call says', () => {
    const { worker, scheduler } = alone()
    const { pieces } = piecesOf(1, { exact: false })
    scheduler.giveBack(pieces.map((piece) => ({ ...piece, exact: true })))
    scheduler.pump()
    expect(worker.frames).toEqual([{ items: [0], exact: true }])
  })

  it('are dropped if their call is over', () => {
    const { worker, scheduler } = alone()
    const [over, next] = [piecesOf(2), piecesOf(2)]
    over.job.abort(new Error('over'))
    scheduler.giveBack([...over.pieces, ...next.pieces.slice(1)])
    scheduler.pump()
    expect(worker.sent).toEqual([[1]])
  })

  it('wait for a worker that may have another chunk', () => {
    const { worker, scheduler } = alone(0)
    scheduler.giveBack(piecesOf(1).pieces)
    scheduler.pump()
    expect([worker.sent, scheduler.returned]).toEqual([[], 1])
  })

  it('are handed over when nobody will run them, and forgotten at the end', () => {
    const { scheduler } = sceneOf(1)
    const { pieces } = piecesOf(2)
    scheduler.giveBack(pieces)
    expect(scheduler.takeReturned()).toEqual(pieces)
    expect(scheduler.returned).toBe(0)
    scheduler.giveBack(pieces)
    scheduler.stop()
    expect(scheduler.returned).toBe(0)
  })
})

describe('the recall', () => {
  /** One worker has two items, and another has come that has none. */
  function unbalanced(): { scheduler: Scheduler; busy: NotingWorker; idle: NotingWorker } {
    const { worker: busy, ready, scheduler } = alone()
    scheduler.add(jobOf(range(0, 2), recipeOf(5)))
    expect(busy.sent).toEqual([[0, 1]])
    const idle = new NotingWorker({ id: 1 } as WorkerIdentity)
    ready.push(idle)
    scheduler.pump()
    return { scheduler, busy, idle }
  }

  it('comes when a worker with more than it runs is silent for 10 ms while another is idle', () => {
    const { busy, scheduler } = unbalanced()
    scheduler.pump()
    expect(vi.getTimerCount()).toBe(1)
    elapse(8)
    expect(busy.recalled).toBe(false)
    elapse(1)
    expect(busy.recalled).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits for one that shows progress', () => {
    const { busy } = unbalanced()
    vi.advanceTimersByTime(5)
    busy.lastSign = performance.now()
    elapse(5)
    expect([busy.recalled, vi.getTimerCount()]).toEqual([false, 1])
    elapse(10)
    expect([busy.recalled, vi.getTimerCount()]).toEqual([true, 0])
  })

  it('waits for one whose answer is in the pipe while this process is busy', () => {
    const { busy } = unbalanced()
    vi.advanceTimersByTime(10)
    busy.lastSign = performance.now()
    vi.advanceTimersByTime(1)
    expect([busy.recalled, vi.getTimerCount()]).toEqual([false, 1])
  })

  it('does not come when all have something, or nobody has more than it runs', () => {
    const { busy } = unbalanced()
    busy.answer(1)
    elapse(10)
    expect([busy.recalled, vi.getTimerCount()]).toEqual([false, 0])
    const all = sceneOf(2)
    all.scheduler.add(jobOf(range(0, 4), recipeOf(5)))
    expect(all.ready.map(({ inflight }) => inflight.length)).toEqual([2, 2])
    expect(vi.getTimerCount()).toBe(0)
    all.ready[0]?.answer(1)
    all.scheduler.pump()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not come after the end', () => {
    const { busy, scheduler } = unbalanced()
    scheduler.stop()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(20)
    expect(busy.recalled).toBe(false)
  })

  it('does not come after an end between its timer and what follows it', () => {
    const { busy, scheduler } = unbalanced()
    vi.advanceTimersByTime(10)
    scheduler.stop()
    elapse(20)
    expect(busy.recalled).toBe(false)
  })
})
