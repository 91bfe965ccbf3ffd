/**
 * A worker that is a child process: frames over its pipe, its output, its end.
 *
 * Its end is reported when it has exited *and* its pipe is read to the end, so that no outcome is lost that it sent.
 */
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { Socket, type SocketConstructorOpts } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { StdioMode, WorkerEvents, WorkerHandle } from '../backend.js'
import { readInto, writeFrame } from '../frame-pipe.js'
import { type Frame, FrameReader } from '../frames.js'
import { guard, release } from '../guardian.js'
import type { WorkerIdentity } from '../protocol.js'
import { WorkerOutput } from './worker-output.js'

/** The pipe's descriptor in the child: behind stdin, stdout, stderr and the IPC channel. */
export const PIPE_DESCRIPTOR = 4
/** How long after the exit the last bytes may take, ms. A grandchild that holds the descriptors must not hold us. */
const LAST_BYTES = 500

/** The file that a worker process runs. */
export const WORKER_ENTRY: string = fileURLToPath(new URL('../worker/entry.js', import.meta.url))

/** The descriptors of a child: its stderr always comes through this process, which keeps the last lines for errors. */
export function childStdio(mode: StdioMode): Exclude<StdioOptions, string> {
  const stdout = mode === 'tagged' ? 'pipe' : mode
  return ['ignore', stdout, 'pipe', 'ipc', 'pipe']
}

/** Wraps a child process that was started with a pipe at {@link PIPE_DESCRIPTOR}. */
export class ChildHandle implements WorkerHandle {
  readonly #child: ChildProcess
  readonly #events: WorkerEvents
  readonly #pipe: Socket | undefined
  readonly #output: WorkerOutput
  #spawnError: Error | undefined
  #ended = false

  constructor(child: ChildProcess, identity: WorkerIdentity, stdio: StdioMode, events: WorkerEvents) {
    this.#child = child
    this.#events = events
    this.#output = new WorkerOutput(child, stdio, `${identity.name}-${identity.id}`)
    const pipe = child.stdio[PIPE_DESCRIPTOR] as Socket | undefined
    const reader = new FrameReader((bytes) => this.#events.frame(bytes))
    this.#pipe =
      pipe &&
      withOptions(
        pipe,
        readInto(reader, (error) => this.#noise(error)),
      )
    const pipeEnd = this.#pipeEnd()
    guard(this.pid)
    child.on('error', (error) => {
      if (child.pid === undefined) {
        this.#spawnError = error
        this.#report(null, null)
      }
    })
    child.on('exit', (code, signal) => {
      release(this.pid)
      const timer = setTimeout(() => this.#report(code, signal), LAST_BYTES)
      void Promise.all([pipeEnd, this.#output.ended]).then(() => {
        clearTimeout(timer)
        this.#report(code, signal)
      })
    })
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  send(frame: Frame): void {
    const pipe = this.#pipe
    if (pipe?.writable) writeFrame(pipe, frame)
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal)
  }

  ref(): void {
    this.#child.ref()
    this.#pipe?.ref()
    this.#output.ref()
  }

  unref(): void {
    this.#child.unref()
    this.#child.channel?.unref()
    this.#pipe?.unref()
    this.#output.unref()
  }

  #pipeEnd(): Promise<void> {
    const pipe = this.#pipe
    if (!pipe) return Promise.resolve()
    // A write to a worker that is gone fails; its exit says so anyway.
    pipe.on('error', () => {})
    return new Promise((resolve) => pipe.once('close', () => resolve()))
  }

  /** Noise on the pipe ends the worker. */
  #noise(error: unknown): void {
    this.#spawnError ??= error as Error
    this.#pipe?.destroy()
    this.kill('SIGKILL')
  }

  #report(exitCode: number | null, signal: string | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#pipe?.destroy()
    const cause = this.#spawnError === undefined ? {} : { cause: this.#spawnError }
    this.#events.exit({ exitCode, signal, stderrTail: this.#output.tail(), ...cause })
  }
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
