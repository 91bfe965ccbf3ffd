/**
 * Workers as threads of this process, through tinypool: one Tinypool of a single thread for each worker.
 *
 *     pool ── frames ──► MessagePort ══ transferred ══► MessagePort ──► worker/thread-entry.ts
 *
 * Tinypool 2.2 makes and ends the thread; its own tasks are not used beyond one that starts the session and returns. Its
 * quirks, each with a test:
 * - A worker that fails while idle emits `error` on the pool: without a listener that would end the parent.
 * - `process.exit()` in a thread is no `error`, and a task that was running is never answered: the thread's own `exit` is
 *   what counts here.
 * - It starts another thread in place of a failed one, which is the pool's business: it is told to want none.
 * - Its `destroy` throws, where nobody can catch it, when the thread that it ends fails on the way: the `exit` is then never
 *   heard. Threads are terminated one by one instead.
 * - A thread waits in `Atomics.wait` while it has no task, which would stop the session: `useAtomics: false`.
 * - `minThreads: 0` from the start ends idle threads; `teardown` loops after a death. Neither is used.
 * - A running task keeps the program alive: so the session is not a task.
 * - It lets the program end while its thread runs: a thread that ends closes its port first, and only the thread itself
 *   can then hold the program until its `exit`.
 */
import { PassThrough } from 'node:stream'
import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Tinypool } from 'tinypool'
import { typeError } from '../../base/options.js'
import { packageUrl } from '../../base/package-url.js'
import type { Backend, WorkerEvents, WorkerHandle, WorkerSettings } from '../backend.js'
import { type Frame, ownBytes } from '../frames.js'
import type { WorkerIdentity } from '../protocol.js'
import type { ThreadOutput, ThreadStart } from '../worker/thread-entry.js'
import { workerExecArgv } from '../worker-exec-argv.js'
import { WorkerOutput } from './worker-output.js'

const entry = packageUrl('lib/pool/worker/thread-entry.js').href

/** Starts workers as threads. */
export const threadBackend: Backend = {
  context: 'thread',
  start(identity: WorkerIdentity, settings: WorkerSettings, events: WorkerEvents): WorkerHandle {
    if (settings.cwd !== undefined && settings.cwd !== process.cwd()) {
      throw typeError('cwd', 'absent, because threads share the current folder', settings.cwd)
    }
    return new ThreadHandle(identity, settings, events)
  },
}

class ThreadHandle implements WorkerHandle {
  readonly pid: number = process.pid
  readonly #events: WorkerEvents
  readonly #port: MessagePort
  readonly #streams = { stdout: new PassThrough(), stderr: new PassThrough() }
  readonly #output: WorkerOutput
  #tinypool: Tinypool | undefined
  #thread: Tinypool['threads'][number] | undefined
  #held = true
  #killed: 'SIGTERM' | 'SIGKILL' | null = null
  #failure: unknown
  #ended = false

  constructor(identity: WorkerIdentity, settings: WorkerSettings, events: WorkerEvents) {
    this.#events = events
    this.#output = new WorkerOutput(this.#streams, settings.stdio, `${identity.name}-${identity.id}`)
    if (settings.stdio === 'ignore') this.#streams.stdout.resume()
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.on('message', (message) => this.#receive(message))
    this.#start(settings, port2).catch((error: unknown) => this.#fail(error))
  }

  send(frame: Frame): void {
    if (this.#ended) return
    const bytes = ownBytes(frame)
    this.#port.postMessage(bytes, [bytes.buffer as ArrayBuffer])
  }

  /** A thread can handle no signal: both end it at once, a busy loop included. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#killed ??= signal
    if (this.#tinypool) this.#terminate(this.#tinypool)
    else this.#end(null)
  }

  ref(): void {
    this.#held = true
    if (this.#ended) return
    this.#port.ref()
    this.#thread?.ref?.()
  }

  unref(): void {
    this.#held = false
    this.#port.unref()
    this.#thread?.unref?.()
  }

  async #start(settings: WorkerSettings, port: MessagePort): Promise<void> {
    const { Tinypool } = await import('tinypool')
    if (this.#killed) return
    const tinypool = new Tinypool({
      filename: entry,
      name: 'serve',
      minThreads: 1,
      maxThreads: 1,
      useAtomics: false,
      env: definedOf(settings.env),
      ...threadFlags(settings.execArgv),
    })
    this.#tinypool = tinypool
    tinypool.on('error', (error: unknown) => this.#fail(error))
    this.#thread = tinypool.threads[0]
    this.#thread?.once('exit', (code: number) => this.#end(code))
    if (this.#held) this.#thread?.ref?.()
    const start: ThreadStart = { port }
    await tinypool.run(start, { transferList: [port] })
    tinypool.options.minThreads = 0
  }

  /** Ends the thread, and the one that was started in its place if it failed at its start. */
  #terminate(tinypool: Tinypool): void {
    tinypool.options.minThreads = 0
    for (const thread of tinypool.threads) void thread.terminate()
  }

  #receive(message: Uint8Array | ThreadOutput): void {
    try {
      if (message instanceof Uint8Array) this.#events.frame(message)
      else this.#streams[message.stream].write(message.chunk)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** The thread failed: what tinypool says of it is kept for the error, and its successor is not wanted. */
  #fail(error: unknown): void {
    this.#failure ??= error
    if (this.#tinypool) this.#terminate(this.#tinypool)
    else this.#end(1)
  }

  /** The thread is gone: what it posted before is still in the port. */
  #end(code: number | null): void {
    if (this.#ended) return
    for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port)) {
      this.#receive(next.message)
    }
    this.#ended = true
    this.#port.close()
    if (this.#tinypool) this.#terminate(this.#tinypool)
    const cause = this.#failure === undefined ? {} : { cause: this.#failure }
    this.#streams.stdout.end()
    this.#streams.stderr.end()
    void this.#output.ended.then(() => {
      this.#events.exit({
        exitCode: this.#killed ? null : code,
        signal: this.#killed,
        stderrTail: this.#output.tail(),
        ...cause,
      })
    })
  }
}

/** Flags for a thread: it takes the parent's by itself, and the size of its heap in its own way. */
function threadFlags(execArgv: readonly string[]): { execArgv?: string[]; resourceLimits?: object } {
  const inherited = workerExecArgv()
  const added = execArgv.filter((flag) => !inherited.includes(flag))
  const heap = added.map((flag) => /^--max-old-space-size=(\d+)$/.exec(flag)?.[1]).find((size) => size !== undefined)
  const rest = added.filter((flag) => !flag.startsWith('--max-old-space-size='))
  // How `node -e` reads its text: a thread that inherits that does not start.
  const hasText = process.execArgv.some((flag) => flag.startsWith('--input-type'))
  return {
    ...(rest.length > 0 || hasText ? { execArgv: [...inherited.filter(isLoaderFlag), ...rest] } : {}),
    ...(heap === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: Number(heap) } }),
  }
}

/** A thread refuses flags of the engine and of the process. */
function isLoaderFlag(flag: string): boolean {
  return /^(--import|--require|-r|--loader|--experimental-loader|--conditions|-C|--no-warnings)/.test(flag)
}

function definedOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
