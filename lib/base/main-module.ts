/**
 * Which program this is, and whether this process runs it or works for it.
 *
 * A worker that needs a function of the program's main module loads that module a second time. What is reached on the way
 * (and in whatever the module starts, also later) must go no further there than the first `new Pool`, `iterableLoop` or
 * `init`: they ask {@link isLoadingMainInWorker}, which follows the asynchronous context and so is false in tasks, which
 * may make pools of their own. The state hangs on a global symbol: it is one for all copies of autopara in a process.
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

interface ProcessState {
  /** The program that this process works for; absent in the program's own process. */
  adopted?: Program
  readonly mainLoad: AsyncLocalStorage<MainLoad>
}

/** The load of the main module in a worker, and who wants to know that it got to a place where it stands still. */
export interface MainLoad {
  /** Called when the load has reached something of ours that never settles here. */
  reached(): void
}

const key = Symbol.for('autopara.process')
const globals = globalThis as { [key]?: ProcessState }
globals[key] ??= { mainLoad: new AsyncLocalStorage() }
const state: ProcessState = globals[key]

/**
 * True in the program's own process, false in the processes and threads of its pools: for those who want to guard the part
 * of a script that must run once, like Python's `if __name__ == '__main__'`. Autopara itself needs no guard.
 */
export function isMainProcess(): boolean {
  return state.adopted === undefined
}

/** True for code reached while the main module loads as a second instance in a worker, and for all that it starts there. */
export function isLoadingMainInWorker(): boolean {
  return state.mainLoad.getStore() !== undefined
}

/** A promise that never settles, for calls that go no further while the main module loads in a worker. */
export function neverInWorker<T>(): Promise<T> {
  state.mainLoad.getStore()?.reached()
  return new Promise<T>(() => {})
}

/** Runs `load` such that {@link isLoadingMainInWorker} is true in it and in all that it starts. */
export function loadingMain<T>(mainLoad: MainLoad, load: () => T): T {
  return state.mainLoad.run(mainLoad, load)
}

/** The program that this process runs or works for. A parent sends it to its workers. */
export function currentProgram(): Program {
  return state.adopted ?? { mainUrl: ownMainUrl(), argv: [...process.argv] }
}

/** Makes this process a worker of `program`: from here on {@link isMainProcess} is false and `process.argv` is the program's. */
export function adoptProgram(program: Program): void {
  state.adopted = program
  process.argv.splice(0, process.argv.length, ...program.argv)
}

/** Where Node loaded the main module from: its path with extension and symbolic links resolved. */
function ownMainUrl(): string | null {
  const path = process.argv[1]
  if (path === undefined) return null
  try {
    return pathToFileURL(realpathSync(createRequire(path).resolve(path))).href
  } catch {
    return null
  }
}
