/**
 * A worker that is a child process: frames over its pipes, its output, its end.
 *
 * Its end is reported when it has exited *and* all that it sent is read, so that no outcome is lost.
 */
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { Socket, type SocketConstructorOpts } from 'node:net'
import { fileURLToPath } from 'node:url'
import { packageUrl } from '../../base/package-url.js'
import type { StdioMode, WorkerEvents, WorkerHandle } from '../backend.js'
import { readInto, TO_POOL, TO_WORKER, writeFrame } from '../frame-pipe.js'
import { type Frame, FrameReader } from '../frames.js'
import { guard, release } from '../guardian.js'
import type { WorkerIdentity } from '../protocol.js'
import { WorkerOutput } from './worker-output.js'

/** After the exit, a pipe that is silent for so long, ms, is given up: a grandchild that holds it open must not hold us. */
const SILENCE = 500

/** The file that a worker process runs. */
export const WORKER_ENTRY: string = fileURLToPath(packageUrl('lib/pool/worker/entry.js'))

/** The descriptors of a child: its stderr always comes through this process, which keeps the last lines for errors. */
export function childStdio(mode: StdioMode): Exclude<StdioOptions, string> {
  const stdout = mode === 'tagged' ? 'pipe' : mode
  return ['ignore', stdout, 'pipe', 'ipc', 'pipe', 'pipe']
}

/** Wraps a child process that was started with {@link childStdio}. */
export class ChildHandle implements WorkerHandle {
  readonly #child: ChildProcess
  readonly #events: WorkerEvents
  /** Undefined when the process could not be started. */
  readonly #toWorker: Socket | undefined
  readonly #fromWorker: Socket | undefined
  readonly #output: WorkerOutput
  #spawnError: Error | undefined
  #silence: NodeJS.Timeout | undefined
  #ended = false

  constructor(child: ChildProcess, identity: WorkerIdentity, stdio: StdioMode, events: WorkerEvents) {
    this.#child = child
    this.#events = events
    this.#output = new WorkerOutput(child, stdio, `${identity.name}-${identity.id}`)
    const reader = new FrameReader((bytes) => this.#events.frame(bytes))
    const reading = readInto(reader, (error) => this.#noise(error))
    this.#toWorker = pipeOf(child, TO_WORKER)
    const fromWorker = pipeOf(child, TO_POOL)
    this.#fromWorker = fromWorker && withOptions(fromWorker, reading)
    const allRead = this.#allRead()
    guard(this.pid)
    child.on('error', (error) => {
      if (child.pid === undefined) {
        this.#spawnError = error
        this.#report(null, null)
      }
    })
    child.on('exit', (code, signal) => {
      release(this.pid)
      const report = (): void => this.#report(code, signal)
      void Promise.all([allRead, this.#output.ended]).then(report)
      this.#whenSilent(report)
    })
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  send(frame: Frame): void {
    const pipe = this.#toWorker
    if (pipe?.writable) writeFrame(pipe, frame)
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal)
  }

  ref(): void {
    this.#child.ref()
    this.#toWorker?.ref()
    this.#fromWorker?.ref()
    this.#output.ref()
  }

  unref(): void {
    this.#child.unref()
    this.#child.channel?.unref()
    this.#toWorker?.unref()
    this.#fromWorker?.unref()
    this.#output.unref()
  }

  /**
   * Calls `report` when nothing has come from the worker for a while. On a busy machine the while may have passed before
   * the event loop got to what lies in the pipe: its poll for that comes between a timer and an immediate.
   */
  #whenSilent(report: () => void): void {
    const before = this.#fromWorker?.bytesRead
    this.#silence = setTimeout(() => {
      setImmediate(() => {
        if (this.#ended) return
        if (this.#fromWorker?.bytesRead === before) report()
        else this.#whenSilent(report)
      })
    }, SILENCE)
  }

  #allRead(): Promise<void> {
    // A write to a worker that is gone fails; its exit says so anyway.
    this.#toWorker?.on('error', () => {})
    this.#toWorker?.once('close', () => this.#cutOff())
    const pipe = this.#fromWorker
    if (!pipe) return Promise.resolve()
    pipe.on('error', () => {})
    return new Promise((resolve) => {
      pipe.once('close', () => {
        resolve()
        this.#cutOff()
      })
    })
  }

  #cutOff(): void {
    if (!this.#ended) this.#events.cutOff()
  }

  /** Noise on the pipe ends the worker. */
  #noise(error: unknown): void {
    this.#spawnError ??= error as Error
    this.#fromWorker?.destroy()
    this.kill('SIGKILL')
  }

  #report(exitCode: number | null, signal: string | null): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#silence)
    this.#toWorker?.destroy()
    this.#fromWorker?.destroy()
    const cause = this.#spawnError === undefined ? {} : { cause: this.#spawnError }
    this.#events.exit({ exitCode, signal, stderrTail: this.#output.tail(), ...cause })
  }
}

/** Where there are no descriptors for one more process, Node makes no pipes at all. */
function pipeOf(child: ChildProcess, descriptor: number): Socket | undefined {
  return (child.stdio as ChildProcess['stdio'] | undefined)?.[descriptor as 4] as Socket | undefined
}

/**
 * The pipe as a Socket with options of our own: Node makes the first one, and reads into memory that is fresh every time.
 * The handle changes hands; the first Socket is left empty.
 */
function withOptions(pipe: Socket, options: SocketConstructorOpts): Socket {
  const owner = pipe as unknown as { _handle: unknown }
  const handle = owner._handle
  owner._handle = null
  pipe.destroy()
  return new Socket({ ...options, handle } as SocketConstructorOpts)
}
