/**
 * What a worker thread runs: it joins its port to a session. Tinypool calls {@link serve} once; the session lives on.
 *
 * Output goes to the parent over the port, in order with the outcomes and without waiting: what was printed before the
 * thread's end arrives.
 */
import { getHeapStatistics } from 'node:v8'
import type { MessagePort } from 'node:worker_threads'
import type { WorkerLink } from '../backend.js'
import { ownBytes } from '../frames.js'
import { WorkerSession } from './session.js'
import { watchUncaught } from './uncaught.js'

/** What a thread gets from its parent. */
export interface ThreadStart {
  readonly port: MessagePort
}

/** What the thread printed. */
export interface ThreadOutput {
  readonly stream: 'stdout' | 'stderr'
  readonly chunk: string | Uint8Array
}

/** Begins the session. */
export function serve({ port }: ThreadStart): void {
  for (const stream of ['stdout', 'stderr'] as const) process[stream].write = writer(port, stream)
  const link: WorkerLink = {
    send(frame) {
      const bytes = ownBytes(frame)
      port.postMessage(bytes, [bytes.buffer as ArrayBuffer])
    },
    drained: () => undefined,
    end: () => process.exit(),
    memory: () => {
      const { total_heap_size, external_memory } = getHeapStatistics()
      return total_heap_size + external_memory
    },
  }
  const session = new WorkerSession(link)
  port.on('message', (bytes: Uint8Array) => session.receive(bytes))
  watchUncaught(session)
}

/** A `write` that posts; the parent writes. */
function writer(port: MessagePort, stream: ThreadOutput['stream']): typeof process.stdout.write {
  return (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
    const text =
      typeof chunk === 'string' && typeof encoding === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk
    port.postMessage({ stream, chunk: text } satisfies ThreadOutput)
    const callback = typeof encoding === 'function' ? encoding : done
    if (typeof callback === 'function') process.nextTick(callback as () => void)
    return true
  }
}
