/**
 * Chunks in the order in which they finish, back into the order of the input, with bounded memory.
 *
 *     finished chunk ──► next in line? ── yes ─► out, and all that wait behind it
 *                              └─ no ─► kept; beyond a limit, in a private segment file
 *
 * One slow item at the head holds up nobody: the workers go on, and only the segment file grows. Chunks with failures stay in
 * memory: their errors are more than text, and few.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Item } from '../configset/item.js'
import type { ItemBatch } from '../configset/item-batch.js'
import type { Location } from '../configset/location.js'
import { outputFileError } from '../configset/output-file-error.js'
import type { ChunkResult } from '../pool/failure.js'
import { type PackedProduced, textLength } from './packed-texts.js'

/** How many bytes of finished text may wait in memory. */
const MEMORY_LIMIT = 64 * 1024 * 1024

/** What is still to be known of an item whose result waits for its turn: its configuration may be large. */
export interface FinishedItem {
  readonly kind: 'finished'
  readonly index: number
  readonly loc: Location
  readonly file: number
}

/** A chunk with its items; one that failed is whole, since it may be passed on. */
export interface FinishedChunk extends ChunkResult<PackedProduced> {
  readonly items: ItemBatch<Item | FinishedItem>
}

/** How many bytes an item takes in memory, roughly. */
const ITEM_BYTES = 250

/** Where a chunk waits in the segment file. */
interface Spilled {
  start: number
  offset: number
  length: number
}

/** Puts the chunks of one loop in order. */
export class Reorder {
  readonly #folder: string
  readonly #limit: number
  readonly #waiting = new Map<number, FinishedChunk | Spilled>()
  #next = 0
  #bytesInMemory = 0
  #segment: number | undefined
  #segmentEnd = 0

  /** @param folder where the segment file goes, if one is needed: that of the output, where there is room for it. */
  constructor(folder: string, limit: number = MEMORY_LIMIT) {
    this.#folder = folder
    this.#limit = limit
  }

  /** Takes a chunk and gives those whose turn has come, in order. */
  *push(chunk: FinishedChunk): Generator<FinishedChunk> {
    if (chunk.chunk !== this.#next) {
      this.#waiting.set(chunk.chunk, this.#keep(chunk))
      return
    }
    this.#next++
    yield chunk
    for (let kept = this.#waiting.get(this.#next); kept; kept = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next++)
      yield this.#restore(kept)
    }
    if (this.#waiting.size === 0) this.#segmentEnd = 0
  }

  /** Removes the segment file. */
  close(): void {
    if (this.#segment !== undefined) closeSync(this.#segment)
    this.#segment = undefined
    this.#waiting.clear()
  }

  #keep(chunk: FinishedChunk): FinishedChunk | Spilled {
    const length = lengthOf(chunk)
    if (this.#bytesInMemory + length <= this.#limit || !chunk.outcomes.every(({ ok }) => ok)) {
      this.#bytesInMemory += length
      return chunk
    }
    const bytes = serialize([chunk.outcomes, [...chunk.items]])
    const spilled = { start: chunk.start, offset: this.#segmentEnd, length: bytes.length }
    this.#spill(bytes)
    return spilled
  }

  #spill(bytes: Uint8Array): void {
    try {
      this.#segment ??= openPrivate(this.#folder)
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#segment, bytes, written, bytes.length - written, this.#segmentEnd + written)
      }
    } catch (error) {
      throw outputFileError('write', join(this.#folder, 'a private file for results that wait for their turn'), error)
    }
    this.#segmentEnd += bytes.length
  }

  #restore(kept: FinishedChunk | Spilled): FinishedChunk {
    if (!('offset' in kept)) {
      this.#bytesInMemory -= lengthOf(kept)
      return kept
    }
    const bytes = Buffer.allocUnsafe(kept.length)
    for (let read = 0; read < bytes.length; ) {
      read += readSync(this.#segment as number, bytes, read, bytes.length - read, kept.offset + read)
    }
    const [outcomes, items] = deserialize(bytes) as [FinishedChunk['outcomes'], FinishedChunk['items']]
    return { chunk: this.#next - 1, start: kept.start, outcomes, items }
  }
}

/** A file that only this process can reach: it loses its name at once. */
function openPrivate(folder: string): number {
  const path = join(folder, `.autopara-segment-${randomBytes(6).toString('hex')}`)
  const segment = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return segment
}

function lengthOf({ outcomes }: FinishedChunk): number {
  return outcomes.reduce((length, outcome) => length + ITEM_BYTES + (outcome.ok ? textLength(outcome.value) : 0), 0)
}
