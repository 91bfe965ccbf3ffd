/**
 * What a worker thread runs: it joins its port to a session. Tinypool calls {@link serve} once; the session lives on.
 *
 * Output goes to the parent over the port, in order with the outcomes and without waiting: what was printed before the
 * thread's end arrives.
 */
import { Writable } from 'node:stream'
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
  readonly chunk: Uint8Array
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

/** A `write` that posts, at once; the parent writes. It is a stream's own, which checks its arguments. */
function writer(port: MessagePort, stream: ThreadOutput['stream']): typeof process.stdout.write {
  const posting = new Writable({
    // Never full: nobody would hear of its drain.
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write(printed: Buffer, _encoding, done) {
      const chunk = new Uint8Array(printed)
      port.postMessage({ stream, chunk } satisfies ThreadOutput, [chunk.buffer])
      done()
    },
  })
  return posting.write.bind(posting)
}
