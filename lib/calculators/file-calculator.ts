/**
 * Any program as a calculator, by files: it reads a configuration and writes one with its results, both as extended XYZ.
 *
 *     private folder: input.xyz ─► command ─► output.xyz (its last frame: energy, forces, stress …)
 *
 * Each calculation has its own folder, in which the command runs; it is removed afterwards, or kept when something failed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Atoms } from '../atoms/atoms.js'
import { determinant } from '../atoms/cell.js'
import { isNdArray } from '../base/ndarray.js'
import { checkChoice, checkKeys, LONGEST_TIMER, typeError } from '../base/options.js'
import { atomsToFrame } from '../extxyz/convert.js'
import { read } from '../extxyz/read.js'
import { formatFrame } from '../extxyz/write-frame.js'
import { callGuardian } from '../pool/guardian.js'
import { atEnd, removeFolder } from './at-end.js'
import { type Calculator, CalculatorError, type Results } from './calculator.js'
import { checkPositive } from './parameters.js'
import { keepGroup, killGroup } from './process-group.js'

/** Options of {@link FileCalculator}. */
export interface FileCalculatorOptions {
  /**
   * A program and its arguments, run without a shell; or one string, run by the shell. `{input}` and `{output}` stand for the
   * files' full paths.
   */
  command: string | readonly string[]
  /** The file's name in the folder. Default 'input.xyz'. */
  inputFile?: string
  /** The file's name in the folder. Default 'output.xyz'. */
  outputFile?: string
  /** Begins the keys of the results in the output file: 'DFT_' for DFT_energy. Default '': energy, forces … */
  resultPrefix?: string
  /** ms; then the command and what it started are killed. Default: no limit. */
  timeout?: number
  /** When the folder is kept. Default 'failed'. */
  keepFiles?: 'failed' | 'always' | 'never'
  /** Where the folders are made. Default: the system's folder for temporary files. */
  folder?: string
  /** Added to the environment of the command. */
  env?: Readonly<Record<string, string>>
  /** The calculator's name, which begins the keys of stored results. Default 'FileCalculator'. */
  name?: string
}

/** A command that failed, took too long, or wrote no results. */
export class FileCalculatorError extends CalculatorError {
  override readonly name = 'FileCalculatorError'
  /** The folder of the calculation, if it was kept. */
  readonly folder: string | undefined
  /** The last lines that the command wrote to stderr. */
  readonly stderrTail: string

  constructor(calculator: string, message: string, folder: string | undefined, stderrTail: string, cause?: unknown) {
    super(calculator, folder ? `${message} (files kept in ${folder})` : message, { cause })
    this.folder = folder
    this.stderrTail = stderrTail
  }
}

const KEYS = ['command', 'inputFile', 'outputFile', 'resultPrefix', 'timeout', 'keepFiles', 'folder', 'env', 'name']
const OF_THE_CONFIGURATION = ['energy', 'free_energy', 'stress', 'dipole', 'magmom', 'converged']
const OF_ATOMS = ['forces', 'energies', 'stresses', 'charges', 'magmoms']
/** xx yy zz yz xz xy of nine components. */
const VOIGT = [0, 4, 8, 5, 2, 1]

/** A path as one word of a shell's, whatever is in it. */
function quoted(path: string): string {
  if (process.platform === 'win32') return `"${path}"`
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

/** A program behind files. */
export class FileCalculator implements Calculator {
  readonly name: string
  /** The options that it was made with. */
  readonly parameters: Readonly<FileCalculatorOptions>

  /** @throws {OptionTypeError | OptionRangeError} for options that are unknown or impossible. */
  constructor(options: FileCalculatorOptions) {
    checkKeys(options, KEYS, 'FileCalculator')
    const { command, timeout, name = 'FileCalculator' } = options
    const isList = Array.isArray(command) && command.length > 0 && command.every((word) => typeof word === 'string')
    if (!isList && (typeof command !== 'string' || command === '')) {
      throw typeError('command', 'a command line, or a program and its arguments', command)
    }
    if (timeout !== undefined) checkPositive('timeout', timeout, Number.NaN)
    checkChoice('keepFiles', options.keepFiles, ['failed', 'always', 'never'], 'failed')
    this.name = name
    this.parameters = Object.freeze({ ...options })
  }

  /** @throws {FileCalculatorError} (as rejection) when the command fails, takes too long, or writes no results. */
  async calculate(atoms: Atoms, properties?: readonly string[]): Promise<Results> {
    const { inputFile = 'input.xyz', outputFile = 'output.xyz', keepFiles = 'failed', folder: base } = this.parameters
    const folder = mkdtempSync(join(resolve(base ?? tmpdir()), `${this.name}-`))
    const finished = atEnd(() => keepFiles === 'always' || removeFolder(folder))
    let failed = true
    try {
      const output = join(folder, outputFile)
      writeFileSync(join(folder, inputFile), formatFrame(atomsToFrame(atoms)))
      await this.#run(folder, join(folder, inputFile), output)
      const results = await this.#results(output, atoms, properties)
      failed = false
      return results
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      const kept = keepFiles === 'never' ? undefined : folder
      throw new FileCalculatorError(this.name, `${this.name}: ${why}`, kept, tail(join(folder, 'stderr.txt')), cause)
    } finally {
      finished()
      if (keepFiles === 'never' || (keepFiles === 'failed' && !failed)) removeFolder(folder)
    }
  }

  async #run(folder: string, input: string, output: string): Promise<void> {
    const { command, timeout, env } = this.parameters
    const inShell = typeof command === 'string'
    const place = inShell ? quoted : String
    const fill = (word: string): string =>
      word.replaceAll(/\{(input|output)\}/g, (_, which) => place(which === 'input' ? input : output))
    const [program, ...args] = inShell ? [fill(command)] : command.map(fill)
    const out = openSync(join(folder, 'stdout.txt'), 'w')
    const err = openSync(join(folder, 'stderr.txt'), 'w')
    callGuardian()
    // A group of its own, so that a timeout reaches what the command started.
    const child = spawn(program as string, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', out, err],
      shell: inShell,
      detached: true,
    })
    closeSync(out)
    closeSync(err)
    const limit = watch(child, timeout)
    await new Promise<void>((done, fail) => {
      child.once('error', fail)
      child.once('exit', (code, signal) => {
        const timedOut = limit.expired ? `took longer than ${timeout} ms and was killed` : undefined
        if (timedOut || code !== 0)
          fail(new Error(timedOut ?? `the command ended with ${signal ?? `exit code ${code}`}`))
        else done()
      })
    }).finally(() => limit.end())
  }

  async #results(output: string, atoms: Atoms, properties: readonly string[] | undefined): Promise<Results> {
    const [last] = await read(output, '-1')
    if (last?.length !== atoms.length) {
      throw new Error(`the output has ${last?.length ?? 'no'} atoms, the input ${atoms.length}`)
    }
    const { resultPrefix: prefix = '' } = this.parameters
    const results: Record<string, Results[string]> = {}
    for (const property of OF_THE_CONFIGURATION) {
      const value = last.info[`${prefix}${property}`]
      if (typeof value === 'number' || typeof value === 'boolean') results[property] = value
      else results[property] = floats(value)
    }
    for (const property of OF_ATOMS) {
      results[property] = floats(last.arrays[`${prefix}${property}`])
    }
    withStress(results, last, prefix)
    const missing = properties?.find((property) => results[property] === undefined)
    if (missing !== undefined) throw new Error(`the output has no ${prefix}${missing}`)
    return results
  }
}

/**
 * Stress as six components; from a virial (eV, positive in compression: libAtoms' convention) where there is no stress, but
 * a cell with a volume.
 */
function withStress(results: Results, last: Atoms, prefix: string): void {
  const virial = floats(last.info[`${prefix}virial`])
  const volume = Math.abs(determinant(last.cell))
  if (!results.stress && virial && volume > 0) results.stress = virial.map((component) => -component / volume)
  const { stress } = results
  if (stress?.length === 9) results.stress = Float64Array.from(VOIGT, (place) => stress[place]!)
}

function floats(value: unknown): Float64Array | undefined {
  return isNdArray(value) && value.dtype !== 'string'
    ? Float64Array.from(value.data as ArrayLike<number | bigint>, Number)
    : undefined
}

/** Kills the command's group after `timeout`, or when this process ends. */
function watch(child: ChildProcess, timeout: number | undefined): { readonly expired: boolean; end(): void } {
  const release = keepGroup(child)
  const state = { expired: false, end }
  const timer = timeout === undefined ? undefined : setTimeout(expire, Math.min(timeout, LONGEST_TIMER))
  return state

  function expire(): void {
    state.expired = true
    killGroup(child)
  }

  function end(): void {
    clearTimeout(timer)
    release()
  }
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-4096)
  } catch {
    return ''
  }
}
