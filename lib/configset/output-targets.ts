/**
 * Which input goes to which output file: one for all, or one by name for each input.
 */
import { createHash } from 'node:crypto'
import { access, constants, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { rangeError, typeError } from '../base/options.js'
import { STDIO } from './input-file-error.js'
import { OutputFileError } from './output-file-error.js'
import { behindLinks, joinRoot, type PlacedFile, placed } from './placed-file.js'
import type { RunIdentity } from './run-journal.js'

/** One path for everything, or a map from input file (as iterated, file root included) to output file. */
export type OutputFilesOption = string | readonly [string] | Readonly<Record<string, string>>

/** How the names end that stand beside an output while it is made. */
const BESIDE = [
  '.failed.jsonl.partial',
  '.partial',
  '.journal',
  '.journal.new',
  '.lock',
  '.failed.jsonl',
  '.failed.jsonl.next',
]

/** The output files of a set, and how inputs find theirs. */
export class OutputTargets {
  /** All output files, in the order given, each once. */
  readonly paths: readonly string[]
  readonly #byInput: ReadonlyMap<string, string> | undefined
  /** The files of {@link paths}, as they were when the set was made. */
  readonly files: readonly PlacedFile[]

  constructor(option: OutputFilesOption, fileRoot: string) {
    const root = (path: string): string => {
      if (path === '') throw rangeError('outputFiles', 'the path of a file, or - for standard output', path)
      return joinRoot(fileRoot, path)
    }
    if (typeof option === 'string') {
      this.paths = [root(option)]
    } else if (Array.isArray(option)) {
      if (option.length !== 1 || typeof option[0] !== 'string')
        throw typeError('outputFiles', 'a path, a list of one path, or a map from input to output', option)
      this.paths = [root(option[0])]
    } else if (typeof option === 'object' && option !== null) {
      const entries = Object.entries(option as Record<string, unknown>)
      for (const [input, output] of entries)
        if (typeof output !== 'string') throw typeError(`outputFiles[${JSON.stringify(input)}]`, 'a path', output)
      this.#byInput = new Map(entries.map(([input, output]) => [input, root(output as string)]))
      this.paths = [...new Set(this.#byInput.values())]
    } else {
      throw typeError('outputFiles', 'a path, a list of one path, or a map from input to output', option)
    }
    this.files = this.paths.map(placed)
  }

  /** Whether each input has an output of its own. */
  get mapped(): boolean {
    return this.#byInput !== undefined
  }

  /** The output of `input`; throws RangeError for an input that the map lacks. */
  of(input: string | undefined): string {
    if (!this.#byInput) return this.paths[0] as string
    if (input === undefined)
      throw typeError('outputFiles', 'one path when the input is not a set of files', Object.fromEntries(this.#byInput))
    const output = this.#byInput.get(input)
    if (output === undefined)
      throw rangeError(
        'outputFiles',
        `a map with an entry for every input file; ${input} has none`,
        [...this.#byInput.keys()].join(', '),
      )
    return output
  }

  /** The number of the last input that goes to each output of a map; undefined where all go to one. */
  lastInputs(inputs: readonly string[]): ReadonlyMap<string, number> | undefined {
    return this.#byInput && new Map(inputs.map((input, number) => [this.of(input), number]))
  }

  /** The identity of a run over `inputs` that goes on only if each of them has the same output. */
  identified(identity: RunIdentity, inputs: readonly string[]): RunIdentity {
    if (!this.mapped) return identity
    const outputs = createHash('sha256').update(JSON.stringify(inputs.map((input) => [input, this.of(input)])))
    return { ...identity, parts: { ...identity.parts, outputs: outputs.digest('base64') } }
  }

  /**
   * Throws {@link OutputFileError} for an output that can't be written where it is, is one of `inputs`, or would be written
   * twice, and for a file that has the name of what stands beside an output while it is made.
   */
  async check(inputs: readonly PlacedFile[]): Promise<void> {
    if (this.mapped) for (const { path } of inputs) this.of(path)
    const files = this.files.filter(({ path }) => path !== STDIO)
    for (const file of files) await checkPlace(file)
    const sources = new Set(await Promise.all(inputs.map(({ place }) => identity(place))))
    const outputs = new Map<string, string>()
    for (const { path, place } of files) {
      const same = await identity(place)
      const other = outputs.get(same)
      if (other !== undefined)
        throw new OutputFileError(path, `${other} and ${path} are the same output; give it one name for all inputs`)
      if (sources.has(same))
        throw new OutputFileError(path, `${path} is an input and an output at once; give the output another name`)
      outputs.set(same, path)
    }
    for (const { path, place } of [...inputs, ...files]) {
      const suffix = BESIDE.find((name) => place.endsWith(name))
      const output = suffix && outputs.get(await identity(place.slice(0, -suffix.length)))
      if (output)
        throw new OutputFileError(path, `${path} would be overwritten while ${output} is made; rename it first`)
    }
  }
}

async function checkPlace(file: PlacedFile): Promise<void> {
  const { path } = file
  const written = behindLinks(file)
  const folder = dirname(written.place)
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory())
    throw new OutputFileError(
      path,
      `can't write ${path}: the folder ${dirname(written.path)} does not exist; create it first`,
    )
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw new OutputFileError(path, `can't write ${path}: no permission to write in ${dirname(written.path)}`, {
      cause: error,
    })
  })
  const there = await stat(file.place).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ELOOP') return undefined
    throw new OutputFileError(path, `can't write ${path}: its symbolic links lead in a circle`, { cause: error })
  })
  if (there?.isDirectory()) throw new OutputFileError(path, `can't write ${path}: it is a folder`)
  // A device or a pipe would be replaced by a file.
  if (there && !there.isFile())
    throw new OutputFileError(path, `can't write ${path}: it is no regular file; - is standard output`)
}

/** One name for the file at `place` however it is reached, by whichever link; for a file that doesn't exist yet, by its folder. */
async function identity(place: string): Promise<string> {
  if (place === STDIO) return place
  const found = await stat(place, { bigint: true }).catch(() => undefined)
  if (found) return `${found.dev}:${found.ino}`
  const target = behindLinks({ path: place, place }).place
  const folder = dirname(target)
  return join(await realpath(folder).catch(() => folder), basename(target))
}
