/**
 * A finished output whose failed items are run once more: everything else is copied from it, byte for byte.
 *
 *     old output  |………|kept input of item 5|…………|(item 9 left out)|……|
 *     new output  |………|result of item 5     |…………|result of item 9 |……|
 *
 * Which items failed, and where what they left stands in the output, is what the failure log says.
 */
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { AutoparaError } from '../base/errors.js'
import type { ConfigSetOut } from '../configset/configset-out.js'
import { readError, STDIO } from '../configset/input-file-error.js'
import { type PlacedFile, underItsName } from '../configset/placed-file.js'
import { type FrameIndex, indexFrames } from '../extxyz/frame-index.js'
import { FailureLog, type FailureRecord } from './failures.js'

/** How many bytes are copied at a time. */
const BLOCK = 4 * 1024 * 1024

/** What of the old output stands before an item's own place in the new one. */
export interface OldFrames {
  readonly bytes: Uint8Array
  /** How many configurations they are. */
  readonly count: number
}

/** An output whose failures can't be run again. */
export class RerunError extends AutoparaError {
  override readonly name = 'RerunError'
  /** The output. */
  readonly file: string

  constructor(file: string, message: string) {
    super('AUTOPARA_RERUN', message)
    this.file = file
  }
}

/** What stands against running the failures of `out` again; undefined when nothing does. */
export function whyNoRerun(out: ConfigSetOut): string | undefined {
  const [path = '', ...more] = out.outputFiles
  if (out.form !== 'extxyz' || more.length > 0 || path === STDIO) return 'it must be one file of extended XYZ'
  if (path.endsWith('.gz')) return 'it is compressed'
  return existsSync(out.namesOf(path).file.place)
    ? undefined
    : 'there is no such file; run it without rerunFailed first'
}

/** The failed items of a finished output, and what stands around them. */
export class FailedItems {
  readonly #path: string
  readonly #place: string
  readonly #records: ReadonlyMap<number, FailureRecord>
  readonly #frames: FrameIndex
  /** The items that were not asked for yet. */
  readonly #left: Set<number>
  /** The first frame that was not given yet. */
  #next = 0

  private constructor({ path, place }: PlacedFile, records: readonly FailureRecord[], frames: FrameIndex) {
    this.#path = path
    this.#place = place
    this.#records = new Map(records.map((record) => [record.index, record]))
    this.#left = new Set(this.#records.keys())
    this.#frames = frames
  }

  /**
   * The failed items of `out`'s file.
   *
   * @throws {RerunError} for an output that isn't there, or can't be copied in parts
   */
  static async of(out: ConfigSetOut): Promise<FailedItems> {
    const [path = ''] = out.outputFiles
    const why = whyNoRerun(out)
    if (why !== undefined)
      throw new RerunError(path, `the failures of ${path || 'the output'} can't be run again: ${why}`)
    const file = { path, place: out.namesOf(path).file.place }
    const frames = await indexFrames(file.place).catch((error: unknown) =>
      Promise.reject(underItsName(readError(path, error), file)),
    )
    return new FailedItems(file, FailureLog.of(out, path).records(), frames)
  }

  /** How many items failed. */
  get size(): number {
    return this.#records.size
  }

  /** The seed of the run in which they failed. */
  get seed(): number | string | undefined {
    return this.#records.values().next().value?.seed
  }

  /** Whether item number `index` is one of them. */
  has(index: number): boolean {
    return this.#records.has(index)
  }

  /** What stands before the place of item number `index`, and was not given yet. */
  async *before(index: number): AsyncGenerator<OldFrames> {
    const { frame, frames = 0 } = this.#records.get(index) ?? {}
    if (frame === undefined)
      throw new RerunError(this.#path, `the failure log of ${this.#path} does not say where item ${index} stands`)
    this.#left.delete(index)
    yield* this.#copy(frame)
    this.#next = frame + frames
  }

  /** What stands behind all failed items. Throws {@link RerunError} when the inputs ended before one of them. */
  async *rest(): AsyncGenerator<OldFrames> {
    const [first] = this.#left
    if (first !== undefined)
      throw new RerunError(
        this.#path,
        `item ${first}, which failed in ${this.#path}, is not among the inputs: give the same inputs as then`,
      )
    yield* this.#copy(this.#frames.length)
  }

  async *#copy(end: number): AsyncGenerator<OldFrames> {
    try {
      if (end > this.#next) yield* this.#blocks(end)
    } catch (error) {
      throw readError(this.#path, error)
    }
  }

  /** The frames up to number `end`, block by block; the count of all goes with the first. */
  async *#blocks(end: number): AsyncGenerator<OldFrames> {
    let count = end - this.#next
    let from = this.#frames.range(this.#next).start
    const to = this.#frames.range(end - 1).end
    this.#next = end
    const handle = await open(this.#place)
    try {
      while (from < to) {
        const { buffer, bytesRead } = await handle.read(
          Buffer.allocUnsafe(Math.min(BLOCK, to - from)),
          0,
          undefined,
          from,
        )
        if (bytesRead === 0)
          throw new RerunError(this.#path, `${this.#path} became shorter while its failures were run again`)
        from += bytesRead
        yield { bytes: buffer.subarray(0, bytesRead), count }
        count = 0
      }
    } finally {
      await handle.close()
    }
  }
}
