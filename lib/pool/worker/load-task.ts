/** The worker's side of function references: loads what a {@link TaskSpec} names. */
import { compileAtMain } from '../../base/import-from.js'
import { isMainProcess } from '../../base/main-module.js'
import { nearest } from '../../base/options.js'
import { liveTask } from '../live-tasks.js'
import { loadedModule } from '../loaded-module.js'
import { BootstrapError, TaskFunctionError, waysOut } from '../task-errors.js'
import type { ModuleTaskSpec, TaskSpec } from '../task-spec.js'
import { textOf } from '../task-text.js'
import { type SecondInstance, secondInstance } from './second-instance.js'
import { taskModule } from './task-module.js'

/** In a serial pool, how long to wait for the program's own main module, ms: it is there, or it waits for us. */
const mainGrace = 20

/** A loaded task: called with the item's arguments. */
export type LoadedTask = (...args: unknown[]) => unknown

/**
 * Loads the function that `spec` names. A class is wrapped, so that calling it constructs.
 *
 * @throws {TaskFunctionError} when the module can't be loaded or has no such function
 * @throws {BootstrapError} when the name of the main module has no value yet
 */
export async function loadTask(spec: TaskSpec): Promise<LoadedTask> {
  const value = spec.kind === 'inline' ? evaluate(spec.source) : await loadExport(spec)
  if (typeof value !== 'function') {
    const name = spec.kind === 'inline' ? 'the text given to inline(…)' : `${spec.name} of ${spec.url}`
    throw new TaskFunctionError(name, `${name} must be a function, got ${typeof value}`)
  }
  return isClass(value) ? (...args) => Reflect.construct(value, args) : (value as LoadedTask)
}

/** Loads an export as it is (a class stays a class); errors as of {@link loadTask}. */
export async function loadExport(spec: ModuleTaskSpec): Promise<unknown> {
  const live = liveTask(spec)
  if (live) return live
  const found = spec.secondInstance ? fromMain(spec, await started(spec)) : fromModule(spec, await imported(spec))
  if (found !== undefined) return found
  const missing = `${spec.url} has no export ${spec.name}`
  throw new TaskFunctionError(
    spec.name,
    spec.like ? `${missing} that is this function; ${waysOut}` : `${missing}${await others(spec)}`,
  )
}

/** What a reference may have meant: the nearest export, or all of them. */
async function others(spec: ModuleTaskSpec): Promise<string> {
  const names = Object.keys(await loadExports(spec))
  const near = nearest(spec.name, names)
  if (near !== undefined) return `; did you mean ${near}?`
  return names.length > 0 ? `; it exports ${names.join(', ')}` : ': it exports nothing'
}

/** The exports of the task's module, for what else of it matters (its error classes). Nothing for an inline function. */
export async function loadExports(spec: TaskSpec): Promise<Readonly<Record<string, unknown>>> {
  if (spec.kind === 'inline') return {}
  if (!spec.secondInstance) return await imported(spec)
  return isMainProcess() ? ((await loadedModule(spec.url, mainGrace)) ?? {}) : (await secondInstance(spec.url)).exports
}

async function imported(spec: ModuleTaskSpec): Promise<Record<string, unknown>> {
  try {
    return await taskModule(spec.url, spec.name)
  } catch (cause) {
    if (cause instanceof BootstrapError) throw cause
    throw new TaskFunctionError(spec.name, cantLoad(spec, cause), { cause })
  }
}

async function started(spec: ModuleTaskSpec): Promise<SecondInstance> {
  if (isMainProcess()) {
    const exports = await loadedModule(spec.url, mainGrace)
    if (exports) return { exports, read: () => undefined }
    const text = `a serial pool can't take ${spec.name} from ${spec.url} while that is being evaluated; give the function itself`
    throw new BootstrapError(spec.name, spec.url, text)
  }
  try {
    return await secondInstance(spec.url)
  } catch (cause) {
    throw new TaskFunctionError(spec.name, cantLoad(spec, cause), { cause })
  }
}

function cantLoad({ name, url, like }: ModuleTaskSpec, cause: unknown): string {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  // A reference was the way out already.
  const todo = advice(url, cause) ?? (like ? waysOut : undefined)
  const what = `${name} can't be had in a worker, because ${url} can't be loaded there: ${reason}`
  return todo === undefined ? what : `${what}; ${todo}`
}

function advice(url: string, cause: unknown): string | undefined {
  const { code, permission } = (cause ?? {}) as { code?: unknown; permission?: unknown }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?tsx?$/.test(url)) {
    return "this Node runs no TypeScript by itself: start it with --import tsx, or give the pool execArgv: ['--import', 'tsx']"
  }
  if (code === 'ERR_ACCESS_DENIED' && permission === 'WorkerThreads') {
    return 'Node 20 loads a main module again by help of a thread: allow it with --allow-worker, or move the function to its own file'
  }
  return undefined
}

function fromModule(spec: ModuleTaskSpec, module: Record<string, unknown>): unknown {
  const named = member(module, spec.name)
  return matches(spec, named) ? named : undefined
}

/** A CommonJS module's exports are in `default`, not all of them beside it. */
function member(module: Record<string, unknown>, name: string): unknown {
  const whole = module['default'] as Record<string, unknown> | null | undefined
  if (name !== 'default' && name in module) return module[name]
  if (whole != null && (typeof whole === 'object' || name !== 'default') && name in whole) return whole[name]
  return module[name]
}

function fromMain(spec: ModuleTaskSpec, main: SecondInstance): unknown {
  const reads = [() => member(main.exports, spec.name), () => main.read(spec.name)]
  for (const read of reads) {
    const value = attempt(spec, read)
    if (matches(spec, value)) return value
  }
  return undefined
}

/** Reads a name of the main module; one without a value yet is an error, one that isn't there is undefined. */
function attempt(spec: ModuleTaskSpec, read: () => unknown): unknown {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof Error) || !/before initialization/.test(cause.message)) return undefined
    throw new BootstrapError(
      spec.name,
      spec.url,
      `${spec.name} of ${spec.url} has no value yet where the module first waits for a pool; ` +
        'define it above that line, write it as a function declaration, or move it to its own file',
      { cause },
    )
  }
}

function matches({ like }: ModuleTaskSpec, value: unknown): boolean {
  if (like === undefined) return value !== undefined
  if (typeof value !== 'function' || value.length !== like.length) return false
  return like.text === undefined || textOf(value) === like.text
}

/** An arrow or function as it is; a method's text (`double(x) { … }`) only makes sense inside an object. */
function evaluate(source: string): unknown {
  try {
    return compileAtMain(`'use strict';(${source}\n)`, '[inline function]')
  } catch {
    return Object.values(compileAtMain(`'use strict';({${source}\n})`, '[inline function]') as object)[0]
  }
}

function isClass(func: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(func))
}
