/**
 * What a worker process runs: it joins its pipes to a session. Every file that it imports adds to the start-up time.
 */
import { Socket } from 'node:net'
import type { WorkerLink } from '../backend.js'
import { readInto, TO_POOL, TO_WORKER, writeFrame } from '../frame-pipe.js'
import { FrameReader } from '../frames.js'
import { WorkerSession } from './session.js'
import { watchUncaught } from './uncaught.js'

/** Outcomes that wait for the pipe may take this much memory before work pauses, bytes. */
const BACKLOG = 4 * 1024 * 1024
/** Once the pool is gone, what was printed has this long to leave, ms. */
const LAST_PRINTS = 1000

const reader = new FrameReader((frame) => session.receive(frame))
const input = new Socket({ fd: TO_WORKER, ...readInto(reader, throwIt) })
const output = new Socket({ fd: TO_POOL, readable: false, writable: true })

/** Who waits until no more than `limit` bytes are unsent. */
let waiting: { limit: number; resolve: () => void }[] = []

function onWritten(): void {
  if (waiting.length === 0) return
  const [done, rest] = [[] as typeof waiting, [] as typeof waiting]
  for (const waiter of waiting) (output.writableLength <= waiter.limit ? done : rest).push(waiter)
  waiting = rest
  for (const { resolve } of done) resolve()
}

/** Makes it an uncaught error, of which the pool hears. */
function throwIt(error: unknown): never {
  throw error
}

const link: WorkerLink = {
  send(frame, onSent) {
    if (!output.writable) return
    writeFrame(output, frame, () => {
      onSent?.()
      onWritten()
    })
  },
  drained(most) {
    const limit = most ? BACKLOG : 0
    if (output.writableLength <= limit) return undefined
    return new Promise((resolve) => waiting.push({ limit, resolve }))
  },
  end() {
    if (output.writable) output.end(exitWhenPrinted)
    else exitWhenPrinted()
  },
}

/** Exits once all that was printed has left: what waits for a full pipe at an exit is lost. */
function exitWhenPrinted(): void {
  if (input.closed) setTimeout(() => process.exit(), LAST_PRINTS)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  process.stdout.write('', () => process.stderr.write('', () => process.exit()))
}

const session = new WorkerSession(link)

// The pool's end of the pipes is gone: so is the pool, or its whole process.
input.on('close', () => {
  session.abandon()
  void session.finish()
})
for (const pipe of [input, output]) pipe.on('error', () => {})
// A Ctrl-C in a terminal reaches all processes of the program; the parent decides what it means.
process.on('SIGINT', () => {})
watchUncaught(session)
