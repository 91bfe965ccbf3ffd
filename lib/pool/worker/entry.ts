/**
 * What a worker process runs: it joins its pipe to a session. Every file that it imports adds to the start-up time.
 */
import { Socket } from 'node:net'
import type { WorkerLink } from '../backend.js'
import { readInto, writeFrame } from '../frame-pipe.js'
import { FrameReader } from '../frames.js'
import { WorkerSession } from './session.js'
import { watchUncaught } from './uncaught.js'

/** See PIPE_DESCRIPTOR of the parent's side. */
const PIPE_DESCRIPTOR = 4
/** Outcomes that wait for the pipe may take this much memory before work pauses, bytes. */
const BACKLOG = 4 * 1024 * 1024

const reader = new FrameReader((frame) => session.receive(frame))
const pipe = new Socket({ fd: PIPE_DESCRIPTOR, ...readInto(reader, throwIt) })

/** Who waits until no more than `limit` bytes are unsent. */
let waiting: { limit: number; resolve: () => void }[] = []

function onWritten(): void {
  if (waiting.length === 0) return
  const [done, rest] = [[] as typeof waiting, [] as typeof waiting]
  for (const waiter of waiting) (pipe.writableLength <= waiter.limit ? done : rest).push(waiter)
  waiting = rest
  for (const { resolve } of done) resolve()
}

/** Makes it an uncaught error, of which the pool hears. */
function throwIt(error: unknown): never {
  throw error
}

const link: WorkerLink = {
  send(frame, onSent) {
    if (!pipe.writable) return
    writeFrame(pipe, frame, () => {
      onSent?.()
      onWritten()
    })
  },
  drained(most) {
    const limit = most ? BACKLOG : 0
    if (pipe.writableLength <= limit) return undefined
    return new Promise((resolve) => waiting.push({ limit, resolve }))
  },
  end() {
    if (pipe.writable) pipe.end(() => process.exit())
    else process.exit()
  },
}

const session = new WorkerSession(link)

// The pool's end of the pipe is gone: so is the pool, or its whole process.
pipe.on('close', () => {
  session.abandon()
  void session.finish()
})
pipe.on('error', () => {})
// A Ctrl-C in a terminal reaches all processes of the program; the parent decides what it means.
process.on('SIGINT', () => {})
watchUncaught(session)
