/**
 * The frames that an index names, as bytes, from whatever the file is.
 *
 *     counts from the front    one pass over anything
 *     counts from the end      a plain file: its index, then the ranges; stdin: the last n in memory; gzip: two passes
 */
import { open } from 'node:fs/promises'
import { isGzipName } from './byte-source.js'
import { type CutOptions, cutBatches, cutFrames, type FrameBytes } from './cut-frames.js'
import { ExtxyzError } from './errors.js'
import { frameRanges, noSuchFrame } from './frame-index.js'
import { type FrameIndexSpec, forward, needsLength, parseIndex, resolve } from './index-slice.js'

/**
 * The selected frames of a file in the order of the index.
 *
 * @throws {ExtxyzError} after the frames before a fault; for a frame number that the file doesn't have.
 */
export async function* selectBytes(
  path: string,
  index: string | number,
  options: CutOptions,
): AsyncGenerator<FrameBytes> {
  for await (const batch of selectBatches(path, index, options)) yield* batch
}

/** As {@link selectBytes}, several frames at a time where they come so. */
export async function* selectBatches(
  path: string,
  index: string | number,
  options: CutOptions,
): AsyncGenerator<FrameBytes[]> {
  const spec = parseIndex(index)
  if (!needsLength(spec)) yield* selectForward(path, spec, options)
  else if (path === '-') for await (const frame of selectLast(path, spec, options)) yield [frame]
  else if (isGzipName(path)) for await (const frame of selectInTwoPasses(path, spec, options)) yield [frame]
  else for await (const frame of selectRanges(path, index, options)) yield [frame]
}

async function* selectForward(path: string, spec: FrameIndexSpec, options: CutOptions): AsyncGenerator<FrameBytes[]> {
  const { start, stop, step } = forward(spec)
  let seen = 0
  if (stop > start) {
    for await (const batch of cutBatches(path, options)) {
      yield batch.filter(({ frame }) => frame >= start && frame < stop && (frame - start) % step === 0)
      seen += batch.length
      if (seen >= stop) return
    }
  }
  if (spec.kind === 'one') throw noSuchFrame(path, spec.at, seen)
}

async function* selectRanges(path: string, index: string | number, options: CutOptions): AsyncGenerator<FrameBytes> {
  const handle = await open(path)
  try {
    for await (const range of frameRanges(path, index, options)) {
      const bytes = Buffer.allocUnsafeSlow(range.end - range.start)
      let at = 0
      while (at < bytes.length) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, range.start + at)
        if (bytesRead === 0) throw changed(path, range.frame)
        at += bytesRead
      }
      yield { ...range, bytes }
    }
  } finally {
    await handle.close()
  }
}

function changed(file: string, frame: number): ExtxyzError {
  return new ExtxyzError('truncated', 'the file became shorter while it was read', { file, frame, line: 1, column: 1 })
}

/** The end of a stream that is read once: `-n` and `-n:` keep the last n frames; what else counts from the end is an error. */
async function* selectLast(path: string, spec: FrameIndexSpec, options: CutOptions): AsyncGenerator<FrameBytes> {
  const count = spec.kind === 'one' ? -spec.at : -(spec.start ?? 0)
  if (!(count > 0) || (spec.kind === 'slice' && (spec.step !== 1 || spec.stop !== null))) {
    const problem = 'stdin is read once: of what counts from the end only -n and -n: can be selected'
    throw new ExtxyzError('index', problem, { file: 'stdin', frame: 0, line: 1, column: 1 })
  }
  const ring: FrameBytes[] = []
  let seen = 0
  for await (const frame of cutFrames(path, options)) {
    // a copy, so that n frames are held and not the n windows they came in
    ring[seen++ % count] = { ...frame, bytes: Uint8Array.from(frame.bytes) }
  }
  if (spec.kind === 'one' && seen < count) throw noSuchFrame('stdin', spec.at, seen)
  const first = Math.max(0, seen - count)
  const last = spec.kind === 'one' ? first + 1 : seen
  for (let i = first; i < last; i++) yield ring[i % count] as FrameBytes
}

/** Counts the frames, then reads again; a backward selection is held in memory and turned round. */
async function* selectInTwoPasses(path: string, spec: FrameIndexSpec, options: CutOptions): AsyncGenerator<FrameBytes> {
  let length = 0
  for await (const _ of cutFrames(path, options)) length++
  const wanted = [...resolve(spec, length)]
  if (wanted.length === 0) {
    if (spec.kind === 'one') throw noSuchFrame(path, spec.at, length)
    return
  }
  const backward = (wanted[0] ?? 0) > (wanted.at(-1) ?? 0)
  if (backward) wanted.reverse()
  const held: FrameBytes[] = []
  let next = 0
  for await (const frame of cutFrames(path, options)) {
    if (frame.frame !== wanted[next]) continue
    next++
    if (backward) held.push({ ...frame, bytes: Uint8Array.from(frame.bytes) })
    else yield frame
    if (next === wanted.length) break
  }
  yield* held.reverse()
}

/** The selected items of a list with their places in it. @throws {ExtxyzError} for a number that the list doesn't have. */
export function* selectItems<T>(items: readonly T[], index: string | number): Generator<{ item: T; at: number }> {
  const spec = parseIndex(index)
  let none = true
  for (const at of resolve(spec, items.length)) {
    none = false
    yield { item: items[at] as T, at }
  }
  if (none && spec.kind === 'one') throw noSuchFrame('memory', spec.at, items.length)
}
