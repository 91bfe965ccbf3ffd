/**
 * Which program this is, and whether this process runs it or works for it.
 *
 * A worker loads the module of a task, which may be the program's main module for a second time. What is reached on the way
 * (and in whatever the module starts, also later) must go no further there than the first `new Pool`, `iterableLoop` or
 * `init`: they ask {@link isLoadingMainInWorker}, which follows the asynchronous context and so is false in tasks, which
 * may make pools of their own. Following it slows every promise of a process down (Node 20, 22), so it ends with the load if
 * that brought no code that can make pools. The state hangs on a global symbol: it is one for all copies of autopara in a process.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** What a worker must know of the program that it works for: plain data. */
export interface Program {
  /** The URL of the program's main module; null under `-e`, in a REPL, or read from stdin. */
  readonly mainUrl: string | null
  /** The program's `process.argv`. */
  readonly argv: readonly string[]
}

/** Told by a module that a worker loads how far it got. */
export interface ModuleLoad {
  /** `pool`: a pool was made, that does nothing. `call`: something was asked of it that never settles. */
  reached(what: 'pool' | 'call'): void
}

interface ProcessState {
  /** The program that this process works for; absent in the program's own process. */
  adopted?: Program
  readonly moduleLoad: AsyncLocalStorage<ModuleLoad>
  /** How many loads are under way. */
  loads: number
  /** Whether the code of pools is in this process. */
  poolCode: boolean
  /** This process's own main module stands still for ever: an MPI rank's, in `init()`. */
  mainParked?: true
}

const key = Symbol.for('autopara.process')
const globals = globalThis as { [key]?: ProcessState }
globals[key] ??= { moduleLoad: new AsyncLocalStorage(), loads: 0, poolCode: false }
const state: ProcessState = globals[key]

/**
 * True in the program's own process, false in the processes and threads of its pools: for those who want to guard the part
 * of a script that must run once, like Python's `if __name__ == '__main__'`. Autopara itself needs no guard.
 */
export function isMainProcess(): boolean {
  return state.adopted === undefined
}

/**
 * True for code reached while a worker loads the module of a task (the main module as a second instance, most of all), and
 * for all that it starts there.
 *
 * A constructor that asks says so with {@link madeInert}; a call returns {@link neverHere}.
 */
export function isLoadingMainInWorker(): boolean {
  return state.moduleLoad.getStore() !== undefined
}

/** Says that a module made a pool while it was loaded (which does nothing there). */
export function madeInert(): void {
  state.moduleLoad.getStore()?.reached('pool')
}

/** What a call returns that goes no further here: a promise that never settles. */
export function neverHere<T>(): Promise<T> {
  state.moduleLoad.getStore()?.reached('call')
  return new Promise<T>(() => {})
}

/** Loads a module in a worker such that {@link isLoadingMainInWorker} is true in it and in all that it starts. */
export async function loadingModule<T>(load: ModuleLoad, action: () => Promise<T>): Promise<T> {
  state.loads++
  try {
    return await state.moduleLoad.run(load, action)
  } finally {
    state.loads--
    if (state.loads === 0 && !state.poolCode) state.moduleLoad.disable()
  }
}

/** To be called where code is loaded that can make pools: without it there is no need to follow who does. */
export function poolCodeLoaded(): void {
  state.poolCode = true
}

/** The program that this process runs or works for. A parent sends it to its workers. */
export function currentProgram(): Program {
  return state.adopted ?? { mainUrl: ownMainUrl(), argv: [...process.argv] }
}

/** Makes this process a worker of `program`: {@link isMainProcess} is false from here on, and `process.argv` the program's. */
export function adoptProgram(program: Program): void {
  state.adopted = program
  process.argv.splice(0, process.argv.length, ...program.argv)
}

/** Says that the main module of this process waits for ever from here on. */
export function parkMain(): void {
  state.mainParked = true
}

/** The URL under which a module that may be waiting for ever in this process can be loaded once more. */
export function secondInstanceUrl(url: string): string {
  return state.mainParked ? `${url}?autopara=worker` : url
}

/** Where Node loaded the main module from: its path with extension added and, by default, symbolic links resolved. */
function ownMainUrl(): string | null {
  const path = process.argv[1]
  if (path === undefined) return null
  try {
    const file = createRequire(path).resolve(path)
    return pathToFileURL(process.execArgv.includes('--preserve-symlinks-main') ? file : realpathSync(file)).href
  } catch {
    return null
  }
}
