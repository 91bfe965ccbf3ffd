/**
 * Frames over a pair of Sockets, for both ends: written in one go, and read into the memory where they stay.
 *
 *     pool ── TO_WORKER ──► worker ── TO_POOL ──► pool
 *
 * A pipe for each direction: a write to a worker that has just died fails, and a failed write closes its Socket. What the
 * worker sent before its death must still be read.
 */
import type { OnReadOpts, Socket, SocketConstructorOpts } from 'node:net'
import type { Frame, FrameReader } from './frames.js'

/** The pipes' descriptors in a worker process: behind stdin, stdout, stderr and the IPC channel. */
export const TO_WORKER = 4
export const TO_POOL = 5

/** Queues a frame; `onWritten` is called when all of it has left. */
export function writeFrame(pipe: Socket, frame: Frame, onWritten?: () => void): void {
  const { segments } = frame
  const last = segments.length - 1
  if (last > 0) pipe.cork()
  for (let i = 0; i < last; i++) pipe.write(segments[i] as Uint8Array)
  pipe.write(segments[last] as Uint8Array, onWritten)
  if (last > 0) pipe.uncork()
}

/** The options of a Socket that reads where the reader says. `onNoise`: what came makes no sense. */
export function readInto(reader: FrameReader, onNoise: (error: unknown) => void): SocketConstructorOpts {
  const onread: OnReadOpts = {
    buffer: () => reader.space(),
    callback(count) {
      try {
        reader.filled(count)
        return true
      } catch (error) {
        onNoise(error)
        return false
      }
    },
  }
  // The types know `onread` only where a Socket connects.
  return { readable: true, writable: true, onread } as SocketConstructorOpts
}
