/**
 * Any calculator of Python's ASE: one long-lived process, started with the first calculation and kept.
 *
 *     calculate(atoms) ─frame─► python3: Atoms, calculator.calculate(…) ─frame─► Results
 *
 * A Python exception fails that configuration only, with its traceback. A process that dies fails the configuration that it
 * was working on, and the next one starts another.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Atoms } from '../atoms/atoms.js'
import { type Deferred, deferred } from '../base/deferred.js'
import { checkBoolean, checkKeys, LONGEST_TIMER, rangeError, typeError } from '../base/options.js'
import { callGuardian } from '../pool/guardian.js'
import { calculationRequest, frame, type Reply, ReplyReader } from './ase-frames.js'
import { ASE_SERVER } from './ase-server.js'
import { atEnd, removeFolder } from './at-end.js'
import { type Calculator, CalculatorError, type Results } from './calculator.js'
import { checkPositive } from './parameters.js'
import { keepGroup, killGroup } from './process-group.js'

/** Options of {@link AseCalculator}. */
export interface AseCalculatorOptions {
  /** 'module:Class', as 'ase.calculators.emt:EMT'; a function that makes a calculator will do too. */
  class: string
  /** Positional arguments of its constructor; JSON data. */
  args?: readonly unknown[]
  /** Keyword arguments of its constructor; JSON data. */
  kwargs?: Readonly<Record<string, unknown>>
  /** The Python program. Default 'python3'. */
  python?: string
  /** Run in a private folder, removed at the end: for calculators that write files. Default false. */
  scratch?: boolean
  /** ms for one calculation (the first includes Python's start); then the process is killed. Default: no limit. */
  timeout?: number
}

/** An exception in Python, or the end of the Python process. */
export class AseCalculatorError extends CalculatorError {
  override readonly name = 'AseCalculatorError'
  /** The exception's class; empty when the process ended. */
  readonly pythonType: string
  /** Python's traceback; or the last lines that the process wrote to stderr. */
  readonly traceback: string

  constructor(calculator: string, pythonType: string, message: string, traceback: string) {
    super(calculator, message)
    this.pythonType = pythonType
    this.traceback = traceback
  }
}

/** ms that a process which has ended has for what is still in its pipes. */
const LAST_WORDS = 500
/** How much of stderr is kept for an error. */
const TAIL = 4096

/** A calculator of a real ASE. Properties and units are ASE's. */
export class AseCalculator implements Calculator {
  /** The Python class's name: results are stored under the keys that wfl gives them. */
  readonly name: string
  /** The options that it was made with. */
  readonly parameters: Readonly<AseCalculatorOptions>
  #process: PythonProcess | undefined
  /** The end of the last calculation: they run one after the other. */
  #queue: Promise<unknown> = Promise.resolve()

  /** @throws {OptionTypeError | OptionRangeError} for options that are unknown or impossible. */
  constructor(options: AseCalculatorOptions) {
    checkKeys(options, ['class', 'args', 'kwargs', 'python', 'scratch', 'timeout'], 'AseCalculator')
    const { class: path, args = [], kwargs = {}, python = 'python3', timeout } = options
    if (typeof path !== 'string') throw typeError('class', "a string 'module:Class'", path)
    const name = /^[\w.]+:(?:\w+\.)*(\w+)$/.exec(path)?.[1]
    if (name === undefined) throw rangeError('class', "of the form 'module:Class'", path)
    if (!Array.isArray(args)) throw typeError('args', 'an array', args)
    if (typeof kwargs !== 'object' || kwargs === null) throw typeError('kwargs', 'an object', kwargs)
    if (typeof python !== 'string') throw typeError('python', 'the path of a program', python)
    if (timeout !== undefined) checkPositive('timeout', timeout, Number.NaN)
    this.name = name
    this.parameters = Object.freeze({ ...options, scratch: checkBoolean('scratch', options.scratch, false) })
  }

  /**
   * Whatever the calculator computes; all it can, if `properties` are left out.
   *
   * @throws {AseCalculatorError} (as rejection) with Python's exception.
   */
  calculate(atoms: Atoms, properties?: readonly string[], previous?: Results): Promise<Results> {
    const request = calculationRequest(atoms, properties, previous !== undefined)
    const turn = this.#queue.then(() => this.#ask(request))
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** Ends the Python process; a later calculation starts another. */
  async close(): Promise<void> {
    await this.#queue
    await this.#process?.end()
    this.#process = undefined
  }

  async #ask(request: Buffer): Promise<Results> {
    if (!this.#process?.alive) this.#process = new PythonProcess(this.name, this.parameters)
    return this.#process.ask(request)
  }
}

/** One Python process with its calculator; answers one request at a time. */
class PythonProcess {
  alive = true
  readonly #name: string
  readonly #timeout: number | undefined
  readonly #scratch: string | undefined
  readonly #child: ChildProcess
  readonly #reader: ReplyReader = new ReplyReader()
  readonly #exited: Deferred<void> = deferred<void>()
  #pending: Deferred<Results> | undefined
  #started: Promise<unknown> | undefined
  readonly #setup: Buffer
  readonly #forgetFolder: () => void
  readonly #releaseGroup: () => void
  #stderr = ''
  #timedOut = false

  constructor(name: string, options: Readonly<AseCalculatorOptions>) {
    const { class: path, args = [], kwargs = {}, python = 'python3', scratch, timeout } = options
    this.#name = name
    this.#timeout = timeout
    this.#scratch = scratch ? mkdtempSync(join(tmpdir(), 'autopara-ase-')) : undefined
    this.#setup = frame({ class: path, args, kwargs, scratch: this.#scratch ?? null })
    callGuardian()
    this.#child = spawn(python, ['-c', ASE_SERVER, String(process.pid)], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
    })
    this.#forgetFolder = atEnd(() => this.#removeScratch())
    this.#releaseGroup = keepGroup(this.#child)
    this.#listen()
  }

  async ask(request: Buffer): Promise<Results> {
    this.#hold(true)
    const timer =
      this.#timeout === undefined ? undefined : setTimeout(() => this.#expire(), Math.min(this.#timeout, LONGEST_TIMER))
    try {
      this.#started ??= this.#exchange(this.#setup)
      await this.#started
      return await this.#exchange(request)
    } finally {
      clearTimeout(timer)
      this.#hold(false)
    }
  }

  async end(): Promise<void> {
    this.#hold(true)
    this.#pipe(3).end()
    await this.#exited.promise
  }

  #exchange(request: Buffer): Promise<Results> {
    const pending = deferred<Results>()
    if (!this.alive) pending.reject(this.#deathError(null, null))
    this.#pending = pending
    this.#pipe(3).write(request)
    return pending.promise
  }

  #listen(): void {
    const child = this.#child
    child.on('error', (error) => this.#die(error, null, null))
    child.on('exit', (code, signal) => {
      this.alive = false
      // What a calculation started is of no use without it.
      if (this.#pending) killGroup(child)
      // A process that left the group may hold the pipes for ever.
      const late = setTimeout(() => this.#die(undefined, code, signal), LAST_WORDS)
      child.on('close', () => {
        clearTimeout(late)
        this.#die(undefined, code, signal)
      })
    })
    // The process's end is what counts; a broken pipe follows from it.
    for (const pipe of [3, 4]) this.#pipe(pipe).on('error', () => {})
    this.#pipe(4).on('data', (piece: Buffer) => this.#receive(piece))
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      stream.on('data', (piece: Buffer) => {
        this.#stderr = (this.#stderr + piece.toString()).slice(-TAIL)
        process.stderr.write(piece)
      })
    }
    this.#hold(false)
  }

  #receive(piece: Buffer): void {
    const received = this.#reader.add(piece)
    const pending = this.#pending
    if (!received || !pending) return
    this.#pending = undefined
    if (received.reply.ok) pending.resolve(received.results)
    else pending.reject(this.#pythonError(received.reply))
  }

  #pythonError({ type, message, traceback }: Reply & { ok: false }): AseCalculatorError {
    return new AseCalculatorError(this.#name, type, `${this.#name} in Python: ${type}: ${message}`, traceback)
  }

  #die(error: Error | undefined, code: number | null, signal: NodeJS.Signals | null): void {
    this.alive = false
    this.#releaseGroup()
    this.#forgetFolder()
    this.#removeScratch()
    this.#exited.resolve()
    this.#pending?.reject(error ? this.#startError(error) : this.#deathError(code, signal))
  }

  #startError(error: Error): CalculatorError {
    return new CalculatorError(this.#name, `${this.#name}: Python can't be started: ${error.message}`, { cause: error })
  }

  #deathError(code: number | null, signal: NodeJS.Signals | null): AseCalculatorError {
    const how = this.#timedOut
      ? `took longer than ${this.#timeout} ms and was killed`
      : `ended (${signal ?? `exit code ${code}`})`
    return new AseCalculatorError(this.#name, '', `${this.#name}: the Python process ${how}`, this.#stderr)
  }

  #removeScratch(): void {
    if (this.#scratch !== undefined) removeFolder(this.#scratch)
  }

  #expire(): void {
    this.#timedOut = true
    killGroup(this.#child)
  }

  /** Whether the process keeps this program alive: only while it is asked something. */
  #hold(busy: boolean): void {
    const parts = [this.#child, this.#child.stdout, this.#child.stderr, this.#pipe(3), this.#pipe(4)] as Socket[]
    for (const part of parts) {
      if (busy) part.ref()
      else part.unref()
    }
  }

  #pipe(descriptor: 3 | 4 | number): Socket {
    return this.#child.stdio[descriptor as 3] as unknown as Socket
  }
}
