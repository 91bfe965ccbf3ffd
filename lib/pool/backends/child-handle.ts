/**
 * A worker that is a child process: frames over its pipe, its output, its end.
 *
 * Its end is reported when it has exited *and* its pipe is read to the end, so that no outcome is lost that it sent.
 */
import type { ChildProcess, StdioOptions } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { StdioMode, WorkerEvents, WorkerHandle } from '../backend.js'
import { type Frame, FrameSplitter } from '../frames.js'
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
    this.#pipe = child.stdio[PIPE_DESCRIPTOR] as Socket | undefined
    const pipeEnd = this.#readPipe()
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
      Promise.all([pipeEnd, this.#output.ended]).then(() => {
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
    if (!pipe?.writable) return
    if (frame.segments.length > 1) pipe.cork()
    for (const segment of frame.segments) pipe.write(segment)
    if (frame.segments.length > 1) pipe.uncork()
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

  /** Reads frames until the pipe ends. Noise on the pipe ends the worker. */
  #readPipe(): Promise<void> {
    const pipe = this.#pipe
    if (!pipe) return Promise.resolve()
    const splitter = new FrameSplitter((bytes) => this.#events.frame(bytes))
    pipe.on('data', (chunk) => {
      try {
        splitter.push(chunk)
      } catch (error) {
        this.#spawnError ??= error as Error
        pipe.destroy()
        this.kill('SIGKILL')
      }
    })
    // A write to a worker that is gone fails; its exit says so anyway.
    pipe.on('error', () => {})
    return new Promise((resolve) => pipe.once('close', () => resolve()))
  }

  #report(exitCode: number | null, signal: string | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#pipe?.destroy()
    const cause = this.#spawnError === undefined ? {} : { cause: this.#spawnError }
    this.#events.exit({ exitCode, signal, stderrTail: this.#output.tail(), ...cause })
  }
}
