/**
 * The seam between the pool and what its workers are: a child process, a thread, an MPI rank, or this process itself.
 *
 *     pool ── send(frame) ──► WorkerHandle ~~~ transport ~~~ WorkerLink ──► worker/session.ts
 *     pool ◄── frame(bytes) ─ WorkerEvents ~~~ transport ~~~ WorkerLink ◄── send(frame)
 *
 * A backend moves frames and reports the end of a worker. It knows nothing of tasks.
 */
import type { Frame } from './frames.js'
import type { WorkerEnd } from './pool-errors.js'
import type { WorkerIdentity } from './protocol.js'

/** What becomes of the workers' output: passed through, prefixed line by line with [name-worker], or dropped. */
export type StdioMode = 'inherit' | 'tagged' | 'ignore'

/** How a worker is started. */
export interface WorkerSettings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly execArgv: readonly string[]
  readonly cwd: string | undefined
  readonly stdio: StdioMode
}

/** What the pool hears of a worker. */
export interface WorkerEvents {
  /** A whole frame came. Its bytes are not reused. */
  frame(bytes: Uint8Array): void
  /** The way to the worker or from it is closed: nothing that it does can be heard of, unless it is on its way out. */
  cutOff(): void
  /** The worker is gone; called once, after its last frame. */
  exit(end: WorkerEnd): void
}

/** Where an MPI rank is. */
export interface RankPlace {
  readonly rank: number
  /** The name of its machine. */
  readonly host: string
}

/** A worker, as the pool holds it. */
export interface WorkerHandle {
  readonly pid: number
  /** Present for a worker that is an MPI rank. */
  readonly place?: RankPlace
  /** Queues a frame; frames arrive in order. After the worker's end it does nothing. */
  send(frame: Frame): void
  /** Ends the worker without asking it: `SIGTERM` can be handled by it, `SIGKILL` can't. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
  /** Whether the worker keeps the program alive. */
  ref(): void
  unref(): void
}

/** Starts workers of one kind. */
export interface Backend {
  readonly context: WorkerIdentity['context']
  /** Starts a worker. It can be sent frames at once; what fails is reported by `exit`. */
  start(identity: WorkerIdentity, settings: WorkerSettings, events: WorkerEvents): WorkerHandle
}

/** The worker's end of the transport. */
export interface WorkerLink {
  /** Queues a frame to the pool. `onSent`: called, if it can be told, when the frame's memory is free again. */
  send(frame: Frame, onSent?: () => void): void
  /** Settles when what was sent has left this process (all of it, or most of it if `most`). */
  drained(most: boolean): Promise<void> | undefined
  /** Ends the worker in order, after what was sent has left. */
  end(): void
  /** The memory of a worker that is no process of its own, bytes. */
  memory?(): number
}
