/**
 * Where configurations go: one file, a file for each input, a database, or memory.
 *
 *     begin → put, put, put (in order) → endWrite → toConfigSetIn
 *
 * A file appears under its name only when it is complete, so "the file exists" means "done"; so do the tagged rows of a
 * database.
 */
import { existsSync } from 'node:fs'
import type { Atoms } from '../atoms/atoms.js'
import { atomsFromWire, type WireAtoms } from '../atoms/wire.js'
import type { BeginOptions, Companion } from './begin-options.js'
import type { ByteSink } from './byte-sink.js'
import { ConfigSetIn, type NestedConfigs } from './configset-in.js'
import { type ConfigSetOutOptions, resolveOutputOptions } from './configset-out-options.js'
import { ConfigSetStateError } from './configset-state-error.js'
import { isRunInDatabase, selectionOfTags, type Tags, textOfTags } from './database-sink.js'
import { STDIO } from './input-file-error.js'
import { type Location, type Nested, placeAt } from './location.js'
import { openSink } from './open-sink.js'
import { OutputFileError } from './output-file-error.js'
import { lockOutput } from './output-lock.js'
import { type OutputNames, outputNames } from './output-names.js'
import type { OutputTargets } from './output-targets.js'
import { behindLinks, type PlacedFile, placed, underItsName } from './placed-file.js'
import { type InfoAdditions, type OutputForm, type Produced, producer } from './produced.js'
import { type RunIdentity, RunJournal, type RunRecord } from './run-journal.js'

/** Where configurations go; see `ConfigSetOutOptions`. */
export class ConfigSetOut {
  readonly #targets: OutputTargets | undefined
  /** The tags of the rows, where the output is a database. */
  readonly #tags: Tags | undefined
  readonly #allOrNone: boolean
  readonly #force: boolean
  readonly #flushInterval: number | undefined
  /** Whether the loop is to keep a journal. @internal */
  readonly resume: boolean
  /** The form in which {@link put} takes configurations. @internal */
  readonly form: OutputForm
  /** What is set in the info of each configuration. @internal */
  readonly additions: InfoAdditions
  #state: 'new' | 'open' | 'ended' = 'new'
  #memory: Nested<WireAtoms>[] = []
  #written = 0
  #inputFiles: readonly string[] = []
  /** The number of the last input file that goes to each output of a map. */
  #lastInput: ReadonlyMap<string, number> | undefined
  /** The number of the input file whose items are being written. */
  #reached = 0
  readonly #sinks = new Map<string, ByteSink>()
  /** Outputs that need no more writing: complete before this run or during it. */
  readonly #complete = new Set<string>()
  #unlock: (() => Promise<void>)[] = []
  #identity: RunIdentity | undefined
  #companion: Companion | undefined
  /** How far a broken-off run came with each output. */
  readonly #resumed = new Map<string, RunRecord>()
  /** How many configurations each output has. */
  readonly #frames = new Map<string, number>()

  /** Throws TypeError and RangeError for wrong options; files are looked at when writing begins. */
  constructor(options: ConfigSetOutOptions = {}) {
    const { targets, tags, form, additions, allOrNone, force, resume, flushInterval } = resolveOutputOptions(options)
    this.#targets = targets
    this.#tags = tags
    this.form = form
    this.additions = additions
    this.#allOrNone = allOrNone
    this.#force = force
    this.#flushInterval = flushInterval
    this.resume = resume
  }

  /** The output files (or the database), in the order given; empty for memory. */
  get outputFiles(): readonly string[] {
    return this.#targets?.paths ?? []
  }

  /** True when every output file (or a row with the tags) exists already and neither `force` nor `allOrNone: false` asks for more; memory is never done. */
  async isDone(): Promise<boolean> {
    if (!this.#targets || !this.#allOrNone || this.#force) return false
    return (await Promise.all(this.#targets.paths.map((path) => this.#isComplete(path)))).every(Boolean)
  }

  async #isComplete(path: string): Promise<boolean> {
    const { place } = this.namesOf(path).file
    const tags = this.#tags
    return tags ? this.#named(path, () => isRunInDatabase(place, tags)) : existsSync(place)
  }

  /** The names of the output named `path`, and of what stands beside it. @internal */
  namesOf(path: string): OutputNames {
    const file = this.#targets?.files.find((each) => each.path === path) ?? placed(path)
    return outputNames(behindLinks(file), this.#tags, this.#allOrNone)
  }

  /** Runs what opens files of the output named `path`; its errors tell their names instead of their places. */
  #named<T>(path: string, action: () => Promise<T>): Promise<T> {
    return action().catch((error: unknown) => Promise.reject(underItsName(error, this.namesOf(path).file)))
  }

  /** Throws {@link OutputFileError} for an output that can't be written or is one of `inputFiles`. */
  async check(inputFiles: readonly (string | PlacedFile)[]): Promise<void> {
    const inputs = inputFiles.map((file) => (typeof file === 'string' ? placed(file) : file))
    await this.#targets?.check(inputs)
  }

  /**
   * Opens the outputs for one run over `inputFiles`; the result is the seed to go on with, where there is an `identity`.
   *
   * @throws {OutputLockedError} while another run writes an output
   * @throws {ResumeError} when the run that was broken off was another
   * @internal
   */
  async begin(
    inputFiles: readonly string[] = [],
    { identity: given, replace = false, companion }: BeginOptions = {},
  ): Promise<RunIdentity['seed'] | undefined> {
    if (this.#state !== 'new')
      throw new ConfigSetStateError('this ConfigSetOut has been written already; make a new one for another run')
    this.#state = 'open'
    this.#inputFiles = inputFiles
    this.#lastInput = this.#targets?.lastInputs(inputFiles)
    this.#companion = companion
    const identity = given && this.#targets?.identified(given, inputFiles)
    try {
      let { seed } = identity ?? {}
      for (const path of this.outputFiles) {
        if (path === STDIO) continue
        await this.#named(path, () => this.#claim(path, replace || this.#force))
        if (identity && !this.#complete.has(path))
          seed = (await this.#named(path, () => this.#findJournal(path, identity))) ?? seed
      }
      this.#identity = identity && { ...identity, seed: seed as RunIdentity['seed'] }
      return seed
    } catch (error) {
      await this.#close()
      throw error
    }
  }

  /** Looks how far a broken-off run came with `path`, and gives its seed. */
  async #findJournal(path: string, identity: RunIdentity): Promise<RunIdentity['seed'] | undefined> {
    const { file, temporary } = this.namesOf(path)
    const found = this.#force ? undefined : await RunJournal.read(file.place, temporary, identity)
    if (found) {
      this.#resumed.set(path, found.record)
      this.#frames.set(path, found.record.frames)
    }
    return found?.seed
  }

  async #claim(path: string, replace: boolean): Promise<void> {
    this.#unlock.push(await lockOutput(this.namesOf(path).base))
    if (!(await this.#isComplete(path)) || replace) return
    if (this.#allOrNone) this.#complete.add(path)
    else
      throw new OutputFileError(
        path,
        `${path} exists and would be overwritten in place; remove it or pass \`force: true\``,
      )
  }

  /** Whether item number `index`, of input file number `file`, is in its output already. @internal */
  has(index: number, file: number): boolean {
    if (!this.#targets || (this.#complete.size === 0 && this.#resumed.size === 0)) return false
    const path = this.#targets.of(this.#inputFiles[file])
    return this.#complete.has(path) || index < (this.#resumed.get(path)?.next ?? 0)
  }

  /** How many items an earlier run left in the output of input file number `file`. @internal */
  resumedItems(file: number): number {
    return this.#targets ? (this.#resumed.get(this.#targets.of(this.#inputFiles[file]))?.next ?? 0) : 0
  }

  /** How many configurations the output of input file number `file` has by now. @internal */
  framesOf(file: number): number {
    return (this.#targets && this.#frames.get(this.#targets.of(this.#inputFiles[file]))) ?? 0
  }

  /** The output file of input file number `file`; undefined for memory and standard output. @internal */
  outputOf(file: number): string | undefined {
    const path = this.#targets?.of(this.#inputFiles[file])
    return path === STDIO ? undefined : path
  }

  /**
   * Adds what was made of item number `index`, of input file number `file` (-1: none), in input order. A promise means: wait
   * for it before the next.
   * @internal
   */
  put(produced: Produced, loc: Location, file: number, index: number): Promise<void> | undefined {
    const add = (): Promise<void> | undefined => this.#append(produced, loc, this.#inputFiles[file], index + 1)
    return this.#reached < file ? this.#moveOn(file).then(add) : add()
  }

  async #moveOn(file: number): Promise<void> {
    while (this.#reached < file) await this.#leave(this.#reached++)
  }

  /** Completes the output of input file number `file`, unless a later input goes to it too. */
  async #leave(file: number): Promise<void> {
    const path = this.#targets?.of(this.#inputFiles[file])
    if (path !== undefined && this.#lastInput?.get(path) === file) await this.#end(path)
  }

  #append(produced: Produced, loc: Location, inputFile: string | undefined, next = 0): Promise<void> | undefined {
    const { count, list, bytes = '', atoms = [] } = produced
    this.#written += count
    if (!this.#targets) {
      for (const [k, each] of atoms.entries()) placeAt(this.#memory, list ? [...loc, k] : loc, each)
      return undefined
    }
    const path = this.#targets.of(inputFile)
    const frames = (this.#frames.get(path) ?? 0) + count
    this.#frames.set(path, frames)
    const sink = this.#sinks.get(path)
    const mark = { next, frames }
    return sink ? sink.append(bytes, mark) : this.#openSink(path).then((opened) => opened.append(bytes, mark))
  }

  async #openSink(path: string): Promise<ByteSink> {
    if (this.#complete.has(path))
      throw new ConfigSetStateError(`${path} is complete already; nothing more can be written to it`)
    const settings = {
      name: path,
      tags: this.#tags,
      flushInterval: this.#flushInterval,
      identity: this.#identity,
      record: this.#resumed.get(path),
    }
    const sink = await this.#named(path, () => openSink(this.namesOf(path), settings))
    this.#sinks.set(path, sink)
    return sink
  }

  async #end(path: string): Promise<void> {
    if (this.#complete.has(path)) return
    const sink = this.#sinks.get(path) ?? (await this.#openSink(path))
    this.#companion?.prepare(path)
    await this.#named(path, () => sink.end())
    this.#companion?.settle(path)
    this.#sinks.delete(path)
    this.#complete.add(path)
  }

  /** Adds one configuration or a list of them, from an input file of a map. @throws {ConfigSetStateError} after `endWrite` */
  async write(configs: Atoms | Atoms[], fromInputFile?: string): Promise<void> {
    if (this.#state === 'new') {
      await this.check([])
      await this.begin()
    }
    if (this.#state === 'ended')
      throw new ConfigSetStateError('nothing can be written after endWrite(); make a new ConfigSetOut')
    const produce = await producer(this.form, this.additions)
    try {
      const loc = [this.#written]
      await this.#append(produce(configs, loc), loc, fromInputFile)
    } catch (error) {
      if (error instanceof ConfigSetStateError && this.#sinks.size === 0) await this.abandon()
      throw error
    }
  }

  /** Completes every output: flushed to the disk, under its final name. An output that got nothing becomes an empty file. */
  async endWrite(): Promise<void> {
    if (this.#state === 'ended') return
    if (this.#state === 'new') await this.begin()
    for (const path of this.outputFiles) await this.#end(path)
    await this.#close()
  }

  /** Gives up what isn't complete: temporary files are removed, and the set can't be written any more. @internal */
  async abandon(): Promise<void> {
    if (this.#state !== 'open') return
    for (const sink of this.#sinks.values()) await sink.abandon()
    this.#sinks.clear()
    await this.#close()
  }

  async #close(): Promise<void> {
    this.#state = 'ended'
    for (const unlock of this.#unlock.splice(0)) await unlock()
  }

  /** What was written, to be read: the output files, the rows with the tags, or the configurations in memory with their nesting. */
  toConfigSetIn(): ConfigSetIn {
    if (!this.#targets) return new ConfigSetIn({ inputConfigs: decodeNested(this.#memory) })
    const { files } = this.#targets
    if (this.#tags)
      return ConfigSetIn.ofRows(files[0] as PlacedFile, selectionOfTags(this.#tags), textOfTags(this.#tags))
    return ConfigSetIn.ofFiles(files.filter(({ path }) => path !== STDIO))
  }
}

function decodeNested(nested: Nested<WireAtoms>[]): NestedConfigs {
  return nested.map((part) => (Array.isArray(part) ? decodeNested(part) : atomsFromWire(part)))
}
