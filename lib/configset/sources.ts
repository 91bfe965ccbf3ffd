/**
 * Where the configurations of a set come from: a file, a database, or memory. A source knows its items, not its place in a set.
 */
import { debuglog } from 'node:util'
import { Atoms } from '../atoms/atoms.js'
import { atomsToWire } from '../atoms/wire.js'
import { typeError } from '../base/options.js'
import { frameRangeBatches } from '../extxyz/frame-index.js'
import { selectBytes } from '../extxyz/select-frames.js'
import { openAseDatabase } from './ase-db/open-ase-database.js'
import type { Selection } from './ase-db/selection.js'
import { identityOf } from './file-identity.js'
import { readError } from './input-file-error.js'
import type { IndexedFile } from './input-files.js'
import type { AtomsItem, BytesItem, InputFile, RangeItem } from './item.js'
import { type ItemBatch, RangeBatch, type SourcePlace } from './item-batch.js'
import type { Location } from './location.js'
import { type PlacedFile, underItsName } from './placed-file.js'

/** With NODE_DEBUG=autopara: how each input reaches the workers, and why. */
const debug = debuglog('autopara')

/** An item of a source. */
export type SourceItem = RangeItem | BytesItem | AtomsItem

/** One source of a set. */
export interface Source {
  /** Sources of different kinds can't stand in one set. */
  readonly kind: 'files' | 'database' | 'memory'
  /** The file it reads, for a source of kind `files`. */
  readonly file?: IndexedFile
  /** The items in order, some at a time; may be asked for again, except from standard input. */
  batches(place: SourcePlace): AsyncIterable<ItemBatch<SourceItem>>
  /** How many items there are, where that is cheaper to know than to read them. */
  count?(): Promise<number>
  /** One line for people. */
  describe(): string
}

/** A file of extended XYZ, with the frames that its index selects. */
export class FileSource implements Source {
  readonly kind = 'files'
  readonly file: IndexedFile

  constructor(file: IndexedFile) {
    this.file = file
  }

  async *batches(place: SourcePlace): AsyncGenerator<ItemBatch<SourceItem>> {
    try {
      yield* this.#read(place)
    } catch (error) {
      throw underItsName(readError(this.file.path, error), this.file)
    }
  }

  async *#read(place: SourcePlace): AsyncGenerator<ItemBatch<SourceItem>> {
    const { path, place: from, index } = this.file
    let position = 0
    if (isSeekable(from)) {
      debug('%s: the workers read its byte ranges', path)
      for await (const ranges of frameRangeBatches(from, index)) {
        yield RangeBatch.of(ranges, position, place)
        position += ranges.length
      }
    } else {
      const { first, file, prefix } = place
      const why = path.endsWith('.gz') ? 'compressed' : 'no plain file'
      debug('%s: %s, so this process reads it and sends the text of each frame', path, why)
      for await (const { bytes, frame, line } of selectBytes(from, index, {})) {
        const loc = [...prefix, position]
        yield [{ kind: 'bytes', index: first + position++, loc, file, bytes, frame, line }]
      }
    }
  }

  describe(): string {
    return this.file.index === ':' ? this.file.path : `${this.file.path}@${this.file.index}`
  }
}

/** Whether workers can read byte ranges of the file at `place` themselves: a regular file that isn't compressed. */
function isSeekable(place: string): boolean {
  return !place.endsWith('.gz') && identityOf(place) !== undefined
}

/** The file as the workers will know it, with its identity where they read it themselves. */
export function toInputFile({ path, place }: IndexedFile): InputFile {
  const stat = place.endsWith('.gz') ? undefined : identityOf(place)
  return stat ? { path: place, stat } : { path }
}

/** The rows of an ASE database that a selection selects. */
export class DatabaseSource implements Source {
  readonly kind = 'database'
  readonly #file: PlacedFile
  readonly #selection: Selection
  readonly #text: string

  /** `text` is what people are shown as the selection. */
  constructor(file: PlacedFile, selection: Selection, text: string) {
    this.#file = file
    this.#selection = selection
    this.#text = text
  }

  async *batches({ first, file, prefix }: SourcePlace): AsyncGenerator<SourceItem[]> {
    debug('%s: a database, so this process reads it and sends the rows as data', this.#file.path)
    let position = 0
    try {
      using database = await openAseDatabase(this.#file.place, { readOnly: true })
      for (const { atoms } of database.select(this.#selection)) {
        const loc = [...prefix, position]
        yield [{ kind: 'atoms', index: first + position++, loc, file, atoms: atomsToWire(atoms) }]
      }
    } catch (error) {
      throw underItsName(error, this.#file)
    }
  }

  async count(): Promise<number> {
    try {
      using database = await openAseDatabase(this.#file.place, { readOnly: true })
      return database.count(this.#selection)
    } catch (error) {
      throw underItsName(error, this.#file)
    }
  }

  describe(): string {
    const { path } = this.#file
    return this.#text === '' ? path : `${path}@${this.#text}`
  }
}

/** Configurations in memory, with their places in the nested lists that they came in. */
export class MemorySource implements Source {
  readonly kind = 'memory'
  readonly entries: readonly { loc: Location; atoms: Atoms }[]

  constructor(entries: readonly { loc: Location; atoms: Atoms }[]) {
    this.entries = entries
  }

  /** Flattens nested lists; a generator is read to its end here. Throws TypeError for what is no configuration. */
  static from(configs: unknown): MemorySource {
    const entries: { loc: Location; atoms: Atoms }[] = []
    const visit = (value: unknown, loc: number[]): void => {
      if (value instanceof Atoms) entries.push({ loc: loc.length === 0 ? [0] : loc, atoms: value })
      else if (isIterable(value)) {
        let position = 0
        for (const part of value) visit(part, [...loc, position++])
      } else
        throw typeError(
          loc.length === 0 ? 'inputConfigs' : `inputConfigs[${loc.join('][')}]`,
          'Atoms or a list of them',
          value,
        )
    }
    visit(configs, [])
    return new MemorySource(entries)
  }

  async *batches({ first, file, prefix }: SourcePlace): AsyncGenerator<SourceItem[]> {
    debug('%s: sent as data', this.describe())
    for (const [position, { loc, atoms }] of this.entries.entries()) {
      const index = first + position
      yield [{ kind: 'atoms', index, loc: [...prefix, ...loc], file, atoms: atomsToWire(atoms) }]
    }
  }

  async count(): Promise<number> {
    return this.entries.length
  }

  describe(): string {
    return `${this.entries.length} configuration${this.entries.length === 1 ? '' : 's'} in memory`
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
