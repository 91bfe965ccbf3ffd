/**
 * A worker's life, whatever carries its frames: hello → initializers → ready → pieces in order → stop.
 *
 *     receive(frame) ─► queue ─► run-chunk ─► outbox ─► link
 */
import { type CurrentWorker, withCurrentWorker } from '../../base/current-worker.js'
import { adoptProgram } from '../../base/main-module.js'
import type { WorkerLink } from '../backend.js'
import { fromColumn, type Packed } from '../column.js'
import { toErrorRecord } from '../error-record.js'
import { setPoolDepth } from '../nesting.js'
import { decodeToWorker, encodeMessage, type FromWorker, type Hello, type Recipe, type Run } from '../protocol.js'
import { Queue } from '../queue.js'
import { loadExports, loadTask } from './load-task.js'
import { Outbox } from './outbox.js'
import { type LoadedRecipe, runPiece } from './run-chunk.js'
import type { Finalizer } from './run-initializers.js'
import { setTaskState, type TaskState } from './task-state.js'

/** A run message with its items, and how far it got. */
interface PendingRun {
  readonly run: Run
  readonly items: ArrayLike<Packed>
  /** The next piece to begin. */
  piece: number
  /** How many of its pieces are to be run: fewer after a recall. */
  pieces: number
  /** The place of the next piece's first item. */
  at: number
}

/** What a transport knows of where it ends. */
type WorkerPlace = Pick<CurrentWorker, 'rank' | 'host'>

/** The worker's side of one pool. */
export class WorkerSession {
  readonly #link: WorkerLink
  readonly #place: WorkerPlace
  readonly #outbox: Outbox
  readonly #queue = new Queue<PendingRun>()
  readonly #recipes = new Map<number, Promise<LoadedRecipe>>()
  readonly #abort = new AbortController()
  readonly #state: TaskState = { running: false, pieceStart: 0, start: 0, count: 0, seed: null }
  #worker: CurrentWorker | undefined
  #finalizer: Finalizer | undefined
  /** Settles when its initializers have run. */
  #begun: Promise<void> | undefined
  #ready = false
  #running = false
  #stopping = false

  /** @param place where it runs, if the pool can't tell */
  constructor(link: WorkerLink, place: WorkerPlace = {}) {
    this.#link = link
    this.#place = place
    this.#outbox = new Outbox(link)
  }

  /** Takes a frame of the pool; none once it ends, for nothing more is begun. */
  receive(bytes: Uint8Array): void {
    if (this.#abort.signal.aborted) return
    const { message, parcels } = decodeToWorker(bytes)
    switch (message.type) {
      case 'hello':
        this.#begun = this.#begin(message)
        return
      case 'recipe':
        this.#recipes.set(
          message.id,
          this.#inContext(() => loadRecipe(message)),
        )
        return
      case 'run':
        this.#queue.push({
          run: message,
          items: fromColumn(message.items, parcels),
          piece: 0,
          pieces: message.counts.length,
          at: 0,
        })
        void this.#work()
        return
      case 'forget':
        this.#recipes.delete(message.recipe)
        return
      case 'recall':
        this.#giveBack()
        return
      case 'stop':
        this.#stopping = true
        void this.#work()
    }
  }

  /** Begins nothing more: the pool is gone or was terminated. */
  abandon(): void {
    for (const pending of this.#queue.drain()) pending.pieces = pending.piece
    this.#abort.abort()
  }

  /** As {@link abandon}, then ends in order once the initializers have run: what they changed is undone. */
  async undo(): Promise<void> {
    this.abandon()
    await this.#begun
    await this.finish()
  }

  /** The last words before the process ends: outcomes that are still here, and why it ends. */
  lastWords(error?: unknown): void {
    this.#outbox.last()
    if (error !== undefined) this.#send({ type: 'fatal', error: toErrorRecord(error) })
  }

  async #begin(hello: Hello): Promise<void> {
    this.#worker = { ...hello.worker, ...this.#place, pid: process.pid, signal: this.#abort.signal }
    if (hello.worker.context !== 'serial') adoptProgram(hello.program)
    if (hello.worker.context !== 'serial') setPoolDepth(hello.depth)
    this.#outbox.reportMemory = hello.reportMemory
    setTaskState(this.#worker, this.#state)
    try {
      if (hello.initializers.length > 0) {
        const { runInitializers } = await import('./run-initializers.js')
        this.#finalizer = await this.#inContext(() => runInitializers(hello.initializers))
      }
    } catch (error) {
      this.#send({ type: 'failed', error: toErrorRecord(error) })
      return
    }
    this.#ready = true
    this.#send({ type: 'ready', pid: process.pid })
    void this.#work()
  }

  /** Runs what is queued, until nothing is. */
  async #work(): Promise<void> {
    if (this.#running || !this.#ready) return
    this.#running = true
    await this.#inContext(async () => {
      for (let next = this.#queue.first; next; next = this.#queue.first) {
        await this.#runPieces(next)
        this.#queue.shift()
      }
      // In the same breath as the look at the queue: what comes later must find it so.
      this.#running = false
    })
    if (this.#stopping) void this.finish()
  }

  async #runPieces(pending: PendingRun): Promise<void> {
    const { run, items } = pending
    let loaded = (await this.#recipes.get(run.recipe)) ?? forgotten(run.recipe)
    const outbox = this.#outbox
    outbox.wanted = run.exact
    outbox.start()
    this.#state.seed = loaded.recipe.seed
    this.#state.running = true
    while (pending.piece < pending.pieces) {
      if (!this.#recipes.has(run.recipe)) loaded = forgotten(run.recipe)
      const count = run.counts[pending.piece] as number
      this.#state.pieceStart = run.starts[pending.piece] as number
      this.#state.start = this.#state.pieceStart
      this.#state.count = loaded.recipe.mode === 'chunk' ? count : 1
      const from = pending.at
      pending.at += count
      pending.piece++
      const pause = runPiece(loaded, items, from, from + count, outbox, this.#state)
      if (pause) await pause
    }
    this.#state.running = false
    outbox.flush()
  }

  /** Returns the pieces that are not begun, from the end of the queue. */
  #giveBack(): void {
    let pieces = 0
    for (const pending of this.#queue) {
      pieces += pending.pieces - pending.piece
      pending.pieces = pending.piece
    }
    this.#send({ type: 'returned', pieces })
  }

  /** Ends in order: finalizers, then the transport. */
  async finish(): Promise<void> {
    this.#abort.abort()
    try {
      await this.#inContext(() => this.#finalizer?.finalize())
    } catch (error) {
      console.error(error)
    }
    this.#link.end()
  }

  #send(message: FromWorker): void {
    this.#link.send(encodeMessage(message))
  }

  /** Runs `action` as the worker that this session is. */
  #inContext<T>(action: () => T): T {
    return this.#worker ? withCurrentWorker(this.#worker, action) : action()
  }
}

/** Stands for a recipe whose call ended while work of it was queued: the items are answered, not run. */
function forgotten(id: number): LoadedRecipe {
  const recipe: Recipe = {
    type: 'recipe',
    id,
    spec: { kind: 'inline', source: '' },
    mode: 'item',
    args: [],
    seed: null,
  }
  return { recipe, task: toErrorRecord(new Error('the call is over')), module: {} }
}

async function loadRecipe(recipe: Recipe): Promise<LoadedRecipe> {
  try {
    return { recipe, task: await loadTask(recipe.spec), module: await loadExports(recipe.spec) }
  } catch (error) {
    return { recipe, task: toErrorRecord(error), module: {} }
  }
}
