/**
 * The worker of a serial pool (`processes: 0`): the same session as in a child process, in this one.
 *
 * Frames still are encoded and decoded, so that arguments are copies and errors look as they do from elsewhere. Delivery
 * is asynchronous in both directions: no call of the pool runs a task within itself.
 */
import type { Backend, WorkerEvents, WorkerHandle, WorkerLink, WorkerSettings } from '../backend.js'
import { type Frame, joinFrame } from '../frames.js'
import type { WorkerIdentity } from '../protocol.js'
import { WorkerSession } from '../worker/session.js'

class SerialHandle implements WorkerHandle {
  readonly pid = process.pid
  readonly #events: WorkerEvents
  readonly #session: WorkerSession
  #ended = false
  #keepAlive: NodeJS.Timeout | undefined

  constructor(events: WorkerEvents) {
    this.#events = events
    const link: WorkerLink = {
      send: (frame) => this.#later(() => events.frame(joinFrame(frame))),
      drained: () => undefined,
      end: () => this.#later(() => this.#end()),
    }
    this.#session = new WorkerSession(link)
  }

  send(frame: Frame): void {
    this.#later(() => this.#session.receive(joinFrame(frame)))
  }

  /** Both undo what the initializers changed in this process; `SIGKILL` waits for none of it. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    void this.#session.undo()
    if (signal === 'SIGKILL') this.#later(() => this.#end())
  }

  /** Nothing but timers keeps a process alive while a task waits for nothing else. */
  ref(): void {
    this.#keepAlive ??= setInterval(() => {}, 2 ** 30)
  }

  unref(): void {
    clearInterval(this.#keepAlive)
    this.#keepAlive = undefined
  }

  #later(action: () => void): void {
    queueMicrotask(() => {
      if (!this.#ended) action()
    })
  }

  #end(): void {
    this.#ended = true
    this.unref()
    this.#events.exit({ exitCode: 0, signal: null, stderrTail: '' })
  }
}

/** Runs everything in this process. */
export const serialBackend: Backend = {
  context: 'serial',
  start(_identity: WorkerIdentity, _settings: WorkerSettings, events: WorkerEvents): WorkerHandle {
    return new SerialHandle(events)
  },
}
