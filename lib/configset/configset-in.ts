/**
 * A set of configurations to read: files, a database, memory, or other sets; re-iterable, in a fixed order.
 *
 * Iterating gives {@link Atoms}. The pipeline asks for {@link Item}s instead: byte ranges, so that the workers parse.
 */
import type { Atoms } from '../atoms/atoms.js'
import { AutoparaError, OptionTypeError } from '../base/errors.js'
import { checkKeys, typeError } from '../base/options.js'
import type { Selection } from './ase-db/selection.js'
import { FileReader, itemToAtoms } from './codec.js'
import { STDIO } from './input-file-error.js'
import { type InputFilesOption, resolveInputFiles, wholeFiles } from './input-files.js'
import { databaseSources } from './input-queries.js'
import type { InputFile } from './item.js'
import type { ItemBatch, SourcePlace } from './item-batch.js'
import { formatLocation, type Location } from './location.js'
import type { PlacedFile } from './placed-file.js'
import { writeScratchFile } from './scratch-file.js'
import { DatabaseSource, FileSource, MemorySource, type Source, type SourceItem, toInputFile } from './sources.js'

/** Configurations in memory: one, a list, or lists of lists of any depth. */
export type NestedConfigs = Atoms | Iterable<NestedConfigs>

/** The options of {@link ConfigSetIn}; the sources exclude each other. */
export interface ConfigSetInOptions {
  /** A path or glob, or a list of those and of `[glob, index]` pairs; `-` is standard input. Matches of a glob are sorted. */
  inputFiles?: InputFilesOption
  /** Put before every relative path. */
  fileRoot?: string
  /** The ASE index (':', '-1', '::10', '2:8') of files that have none of their own. Default ':', all frames. */
  defaultIndex?: string
  /** An ASE database (an SQLite file). */
  db?: string
  /** Which rows of the database: one of ASE's selection strings ('Cu>2,energy<0'), or a list of them. Default '', all rows. */
  inputQueries?: string | readonly string[]
  /** Configurations in memory; a generator is read to its end by the constructor. */
  inputConfigs?: NestedConfigs
  /** Other sets, one behind the other; all of one kind. */
  inputConfigsets?: readonly (ConfigSetIn | null)[]
}

const SOURCE_OPTIONS = ['inputFiles', 'db', 'inputConfigs', 'inputConfigsets'] as const
const OPTIONS = [...SOURCE_OPTIONS, 'fileRoot', 'defaultIndex', 'inputQueries'] as const

/** Sets of different kinds (files, database, memory) can't stand in one set. */
export class ConfigSetKindError extends AutoparaError {
  override readonly name = 'ConfigSetKindError'

  constructor(message: string) {
    super('AUTOPARA_CONFIGSET_KIND', message)
  }
}

/** Configurations to read, in order; see {@link ConfigSetInOptions}. Without options: the empty set. */
export class ConfigSetIn implements AsyncIterable<Atoms> {
  #sources: readonly Source[] = []
  /** Whether locations begin with the source's number: for a list of files or merged sets, not for one file. */
  #numbered = false

  /**
   * Throws TypeError for wrong options, {@link InputFileError} where a file is missing or a glob matches nothing, and
   * {@link SelectionError} for a query that can't be understood.
   */
  constructor(options: ConfigSetInOptions = {}) {
    checkKeys(options, OPTIONS, 'ConfigSetIn')
    const given = SOURCE_OPTIONS.filter((key) => options[key] !== undefined)
    if (given.length > 1)
      throw new OptionTypeError(
        `ConfigSetIn takes one of ${given.map((key) => `\`${key}\``).join(', ')}, got ${given.length}`,
      )
    const { inputFiles, db, inputQueries, inputConfigs, inputConfigsets, fileRoot = '', defaultIndex = ':' } = options
    if (inputQueries !== undefined && db === undefined)
      throw typeError('db', 'the path of a database, for `inputQueries`', db)
    if (inputFiles !== undefined) {
      this.#sources = resolveInputFiles(inputFiles, fileRoot, defaultIndex).map((file) => new FileSource(file))
      this.#numbered = typeof inputFiles !== 'string' || this.#sources.length > 1
    } else if (db !== undefined) {
      this.#sources = databaseSources(db, inputQueries ?? '', fileRoot)
      this.#numbered = typeof inputQueries === 'object'
    } else if (inputConfigs !== undefined) {
      const source = MemorySource.from(inputConfigs)
      if (source.entries.length > 0) this.#sources = [source]
    }
    for (const set of inputConfigsets ?? []) if (set) this.merge(set)
  }

  /** The rows of a database that a parsed selection selects. @internal */
  static ofRows(file: PlacedFile, selection: Selection, text: string): ConfigSetIn {
    const set = new ConfigSetIn()
    set.#sources = [new DatabaseSource(file, selection, text)]
    return set
  }

  /** All of these files. Throws {@link InputFileError} for one that isn't there. @internal */
  static ofFiles(files: readonly PlacedFile[]): ConfigSetIn {
    const set = new ConfigSetIn()
    set.#sources = wholeFiles(files).map((file) => new FileSource(file))
    set.#numbered = files.length > 1
    return set
  }

  /** Puts the configurations of `other` behind this set's own; `other` stays as it is. Throws {@link ConfigSetKindError}. */
  merge(other: ConfigSetIn): void {
    const [first] = this.#sources
    const [added] = other.#sources
    if (!added) return
    if (first && first.kind !== added.kind) {
      throw new ConfigSetKindError(
        `can't merge a set of ${added.kind} (${other}) into a set of ${first.kind} (${this}); take inMemory() of the files first`,
      )
    }
    this.#numbered = first !== undefined || other.#numbered
    this.#sources = [...this.#sources, ...other.#sources]
  }

  /** The configurations, in order. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Atoms> {
    for await (const { atoms } of this.#read(this.batches())) yield atoms
  }

  /** The configurations with their locations: ' / 3' in one file or flat list, ' / 0 / 3' in a list of files or groups. */
  async *entries(): AsyncGenerator<{ loc: string; atoms: Atoms }> {
    for await (const { loc, atoms } of this.#read(this.batches())) yield { loc: formatLocation(loc), atoms }
  }

  /** The configurations file by file, or group by group for nested memory; one group for a flat list. */
  async *groups(): AsyncGenerator<AsyncIterable<Atoms>> {
    for (const [number, source] of this.#sources.entries()) {
      const parts = source instanceof MemorySource ? topGroups(source) : [source]
      for (const part of parts) yield this.#configs(part, number)
    }
  }

  async *#configs(source: Source, number: number): AsyncGenerator<Atoms> {
    // Of all files only this one is looked at: there may be thousands of groups.
    const place = { ...this.#placeOf(source, number, 0), file: source.file ? 0 : -1 }
    for await (const { atoms } of this.#read(source.batches(place), filesOf([source]))) yield atoms
  }

  async *#read(
    batches: AsyncIterable<ItemBatch<SourceItem>>,
    files = this.files(),
  ): AsyncGenerator<{ loc: Location; atoms: Atoms }> {
    const reader = new FileReader(files)
    try {
      for await (const batch of batches)
        for (const item of batch) yield { loc: item.loc, atoms: itemToAtoms(item, reader) }
    } finally {
      reader.close()
    }
  }

  /** All configurations as a list. */
  async toArray(): Promise<Atoms[]> {
    const list: Atoms[] = []
    for await (const atoms of this) list.push(atoms)
    return list
  }

  /** How many configurations there are. Files are not parsed for it, only cut into frames; a database counts its rows. */
  async count(): Promise<number> {
    let count = 0
    for (const source of this.#sources) {
      if (source.count) count += await source.count()
      else for await (const batch of source.batches({ first: 0, file: 0, prefix: [] })) count += batch.length
    }
    return count
  }

  /** This set's configurations in memory, at their places: a list of files becomes a list of lists. A set that is in memory already is returned as it is. */
  async inMemory(): Promise<ConfigSetIn> {
    if (this.#sources.every((source) => source.kind === 'memory')) return this
    const entries: { loc: Location; atoms: Atoms }[] = []
    for await (const entry of this.#read(this.batches())) entries.push(entry)
    const set = new ConfigSetIn()
    if (entries.length > 0) set.#sources = [new MemorySource(entries)]
    return set
  }

  /** The path when the set is the whole of one file, otherwise false. */
  isOneFile(): string | false {
    const [only, ...more] = this.#sources
    return only?.file && more.length === 0 && only.file.index === ':' ? only.file.path : false
  }

  /** Writes the set to a new file beside `template`, STEM.XXXXXX.EXT with random characters, and returns its path. */
  toScratchFile(template: string): Promise<string> {
    return writeScratchFile(template, this)
  }

  /** The input files in order, as iterated; empty for memory. */
  get inputFiles(): string[] {
    return this.placedFiles().map(({ path }) => path)
  }

  /** The input files with their places. @internal */
  placedFiles(): PlacedFile[] {
    return this.#sources.flatMap((source) => source.file ?? [])
  }

  /** Whether iterating again gives the same configurations: not for standard input. @internal */
  get repeatable(): boolean {
    return !this.inputFiles.includes(STDIO)
  }

  toString(): string {
    return `ConfigSetIn(${this.#sources.map((source) => source.describe()).join(', ')})`
  }

  /** The set's items as the pipeline wants them, numbered through, some at a time. @internal */
  async *batches(): AsyncGenerator<ItemBatch<SourceItem>> {
    let first = 0
    for (const [number, source] of this.#sources.entries()) {
      for await (const batch of source.batches(this.#placeOf(source, number, first))) {
        yield batch
        first += batch.length
      }
    }
  }

  /** The set's items one by one. @internal */
  async *items(): AsyncGenerator<SourceItem> {
    for await (const batch of this.batches()) yield* batch
  }

  #placeOf(source: Source, number: number, first: number): SourcePlace {
    return { first, file: source.file ? number : -1, prefix: this.#numbered ? [number] : [] }
  }

  /** The files that the items' `file` numbers mean, with their identity now. @internal */
  files(): InputFile[] {
    return filesOf(this.#sources)
  }
}

function filesOf(sources: readonly Source[]): InputFile[] {
  return sources.flatMap(({ file }) => (file ? [toInputFile(file)] : []))
}

/** The top-level lists of nested memory, each a source; configurations that stand beside each other in no list are one group. */
function topGroups(source: MemorySource): MemorySource[] {
  const groups: { key: number; entries: { loc: Location; atoms: Atoms }[] }[] = []
  for (const entry of source.entries) {
    const key = entry.loc.length > 1 ? (entry.loc[0] as number) : -1
    const last = groups.at(-1)
    if (last?.key === key) last.entries.push(entry)
    else groups.push({ key, entries: [entry] })
  }
  return groups.map(({ entries }) => new MemorySource(entries))
}
