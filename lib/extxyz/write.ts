/**
 * Atoms into files, streamed: memory doesn't grow with the number of configurations.
 */
import { Atoms } from '../atoms/atoms.js'
import { checkBoolean, checkKeys, typeError } from '../base/options.js'
import { type ByteSink, openSink } from './byte-sink.js'
import { lacksLineEnd } from './byte-source.js'
import { atomsToFrame } from './convert.js'
import { type FormatOptions, FrameWriter } from './write-frame.js'

/** How to write a file. */
export interface WriteOptions extends FormatOptions {
  /** Adds to an existing file, whose last line is ended if need be (default false: a new file, which replaces an old one when it is complete). */
  readonly append?: boolean
  /** Ends the writing with its reason. */
  readonly signal?: AbortSignal
}

const KEYS: readonly string[] = ['append', 'signal', 'realFormat', 'dialect'] satisfies (keyof WriteOptions)[]
const BLOCK = 1 << 20

/**
 * Writes configurations to a file (`-` is stdout; a name that ends in `.gz` is deflated).
 *
 * @throws {ExtxyzError} with rule `write`, naming the key that the format can't hold; then a new file isn't made, and an old one is
 *   as it was (with `append` or stdout, the configurations before it are written).
 */
export async function write(
  path: string,
  atoms: Atoms | Iterable<Atoms> | AsyncIterable<Atoms>,
  options: WriteOptions = {},
): Promise<void> {
  checkKeys(options, KEYS, 'write')
  if (typeof path !== 'string') throw typeError('path', 'a file name', path)
  const append = checkBoolean('append', options.append, false)
  const { append: _, signal, ...format } = options
  const writer = new FrameWriter(format)
  const cutLine = append && (await lacksLineEnd(path))
  const sink = await openSink(path, append)
  try {
    if (cutLine) await sink.write(Buffer.from('\n'))
    await writeTo(sink, writer, atoms, signal)
  } catch (error) {
    // the frames before the fault belong to a file that keeps what is written
    if (sink.keeps && writer.length > 0) await sink.write(writer.take()).catch(() => undefined)
    await sink.abort()
    throw error
  }
  await sink.close()
}

async function writeTo(
  sink: ByteSink,
  writer: FrameWriter,
  atoms: Atoms | Iterable<Atoms> | AsyncIterable<Atoms>,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const one of atoms instanceof Atoms ? [atoms] : atoms) {
    signal?.throwIfAborted()
    if (!(one instanceof Atoms)) throw typeError('atoms', 'Atoms, or an iterable of Atoms', one)
    writer.append(atomsToFrame(one))
    if (writer.length >= BLOCK) await sink.write(writer.take())
  }
  if (writer.length > 0) await sink.write(writer.take())
}
