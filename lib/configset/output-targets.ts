/**
 * Which input goes to which output file: one for all, or one by name for each input.
 */
import { access, constants, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { rangeError, typeError } from '../base/options.js'
import { OutputFileError } from './file-sink.js'
import { STDIO } from './input-file-error.js'

/** One path for everything, or a map from input file (as iterated, file root included) to output file. */
export type OutputFilesOption = string | readonly [string] | Readonly<Record<string, string>>

/** The output files of a set, and how inputs find theirs. */
export class OutputTargets {
  /** All output files, in the order given, each once. */
  readonly paths: readonly string[]
  readonly #byInput: ReadonlyMap<string, string> | undefined

  constructor(option: OutputFilesOption, fileRoot: string) {
    const root = (path: string): string =>
      fileRoot === '' || path === STDIO || isAbsolute(path) ? path : join(fileRoot, path)
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

  /** Throws {@link OutputFileError} for an output that can't be written where it is, or that is one of `inputs`. */
  async check(inputs: readonly string[]): Promise<void> {
    const sources = new Set(await Promise.all(inputs.map(canonical)))
    for (const path of this.paths) {
      if (path === STDIO) continue
      const folder = dirname(resolve(path))
      const found = await stat(folder).catch(() => undefined)
      if (!found?.isDirectory())
        throw new OutputFileError(
          path,
          `can't write ${path}: the folder ${dirname(path)} does not exist; create it first`,
        )
      await access(folder, constants.W_OK).catch((error: unknown) => {
        throw new OutputFileError(path, `can't write ${path}: no permission to write in ${dirname(path)}`, {
          cause: error,
        })
      })
      const there = await stat(path).catch(() => undefined)
      if (there?.isDirectory()) throw new OutputFileError(path, `can't write ${path}: it is a folder`)
      // A device or a pipe would be replaced by a file.
      if (there && !there.isFile())
        throw new OutputFileError(path, `can't write ${path}: it is no regular file; - is standard output`)
      if (sources.has(await canonical(path)))
        throw new OutputFileError(path, `${path} is an input and an output at once; give the output another name`)
    }
  }
}

/** One name for a file however it is reached; for a file that doesn't exist yet, by its folder. */
async function canonical(path: string): Promise<string> {
  if (path === STDIO) return path
  try {
    return await realpath(path)
  } catch {
    const folder = await realpath(dirname(resolve(path))).catch(() => dirname(resolve(path)))
    return join(folder, basename(path))
  }
}
