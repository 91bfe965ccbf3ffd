/**
 * What a worker process runs: it joins its pipe to a session. Every file that it imports adds to the start-up time.
 */
import { Socket } from 'node:net'
import type { WorkerLink } from '../backend.js'
import { FrameSplitter } from '../frames.js'
import { WorkerSession } from './session.js'
import { watchUncaught } from './uncaught.js'

/** See PIPE_DESCRIPTOR of the parent's side. */
const PIPE_DESCRIPTOR = 4
/** Outcomes that wait for the pipe may take this much memory before work pauses, bytes. */
const BACKLOG = 4 * 1024 * 1024

const pipe = new Socket({ fd: PIPE_DESCRIPTOR, readable: true, writable: true })

/** Who waits until no more than `limit` bytes are unsent. */
let waiting: { limit: number; resolve: () => void }[] = []

function onWritten(): void {
  if (waiting.length === 0) return
  const [done, rest] = [[] as typeof waiting, [] as typeof waiting]
  for (const waiter of waiting) (pipe.writableLength <= waiter.limit ? done : rest).push(waiter)
  waiting = rest
  for (const { resolve } of done) resolve()
}

const link: WorkerLink = {
  send(frame) {
    if (!pipe.writable) return
    if (frame.segments.length > 1) pipe.cork()
    for (const segment of frame.segments) pipe.write(segment, onWritten)
    if (frame.segments.length > 1) pipe.uncork()
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
const splitter = new FrameSplitter((frame) => session.receive(frame))

pipe.on('data', (chunk) => splitter.push(chunk))
// The pool's end of the pipe is gone: so is the pool, or its whole process.
pipe.on('close', () => {
  session.abandon()
  void session.finish()
})
pipe.on('error', () => {})
// A Ctrl-C in a terminal reaches all processes of the program; the parent decides what it means.
process.on('SIGINT', () => {})
watchUncaught(session)
