/**
 * The parent's side of function references: from what the caller gave to what a worker can load.
 *
 *     square ─► resolveTask ─► { kind: 'module', url, name, … } ──wire──► loadTask (worker/load-task.ts) ─► square
 *
 * The export is found by identity in a module that is loaded already. The main module, and a module that is still being
 * evaluated (it may be waiting for this very call), is never imported to look: there the top-level name that holds the
 * function is sent with a digest of its text, and the worker checks its own.
 */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { currentProgram } from '../base/main-module.js'
import { typeError } from '../base/options.js'
import { rememberTask } from './live-tasks.js'
import { loadedModule } from './loaded-module.js'
import { TaskFunctionError, waysOut } from './task-errors.js'
import { type TaskFunction, TaskReference } from './task-function.js'
import { locate, type TaskLocation } from './task-location.js'
import { textOf } from './task-text.js'

/** How a function crosses the wire: plain data. */
export type TaskSpec = ModuleTaskSpec | InlineTaskSpec

/** A function of a module. */
export interface ModuleTaskSpec {
  readonly kind: 'module'
  readonly url: string
  /** The export's name (with `text`: or a top-level name of the module). */
  readonly name: string
  /** Present where the export was not found by identity: what the worker's own must be like. */
  readonly like?: TaskLikeness
  /** True when the module must be loaded as a second instance that goes no further than to the first pool. */
  readonly secondInstance?: true
}

/** How to recognise a function in another process. */
export interface TaskLikeness {
  readonly length: number
  /** A digest of the source text; absent where the parent runs transformed source. */
  readonly text?: string
}

/** A function as source text. */
export interface InlineTaskSpec {
  readonly kind: 'inline'
  readonly source: string
}

type AnyFunction = ((...args: never[]) => unknown) | (new (...args: never[]) => unknown)

const located = new WeakMap<AnyFunction, Promise<TaskSpec>>()

/** How long a loaded module takes at most to be imported again, in ms; one that takes longer is still being evaluated. */
const importGrace = 200

/**
 * Finds what a worker needs to load `func`. A bare function is located once and cached; one that was not found is looked for
 * again, since a CommonJS module may export it later.
 *
 * @throws {TypeError} (at once) for what is neither a function nor a reference
 * @throws {TaskFunctionError} (as rejection) for a function that no worker could find
 */
export function resolveTask<A extends unknown[], R>(func: TaskFunction<A, R>): Promise<TaskSpec> {
  if (func instanceof TaskReference) return Promise.resolve(specOf(func.target))
  if (typeof func !== 'function') throw typeError('func', 'a function, task(…) or inline(…)', func)
  let spec = located.get(func)
  if (spec === undefined) {
    spec = find(func)
    spec.then(
      (found) => found.kind === 'module' && rememberTask(found, func),
      () => located.delete(func),
    )
    located.set(func, spec)
  }
  return spec
}

function specOf(target: TaskReference<never[], unknown>['target']): TaskSpec {
  return 'source' in target
    ? { kind: 'inline', source: target.source }
    : { kind: 'module', ...target, ...instanceOf(target.url) }
}

function instanceOf(url: string): { secondInstance?: true } {
  return url === currentProgram().mainUrl ? { secondInstance: true } : {}
}

async function find(func: AnyFunction): Promise<TaskSpec> {
  const source = Function.prototype.toString.call(func)
  if (/\{\s*\[native code\]\s*\}$/.test(source)) throw notFound(func, 'is built in or bound, and has no source')
  const place = await locate(func)
  if (place === null) return withoutInspector(func)
  const { url } = place
  if (!/^(file|data):/.test(url))
    throw notFound(func, url === '' ? 'was made at run time' : `comes from ${url}, which is no module`)
  if (place.esModule) return instanceOf(url).secondInstance ? unfinished(func, place) : await exported(func, place)
  const cjs = commonJsExport(func, url)
  if (cjs === null) throw notFound(func, `is not exported by ${url}`)
  if (cjs !== undefined) return { kind: 'module', url, name: cjs, ...instanceOf(url) }
  if (func.name === '') throw notFound(func, `of ${url} has no name`)
  return { kind: 'module', url, name: func.name, like: { length: func.length }, ...instanceOf(url) }
}

/** The permission model hides the inspector: what is a top-level function of the main module can be recognised there. */
function withoutInspector(func: AnyFunction): TaskSpec {
  const { mainUrl } = currentProgram()
  if (mainUrl === null || func.name === '')
    throw notFound(func, "can't be located: this Node gives no access to its inspector")
  const name = commonJsExport(func, mainUrl)
  if (name) return { kind: 'module', url: mainUrl, name, secondInstance: true }
  return { kind: 'module', url: mainUrl, name: func.name, like: likeness(func), secondInstance: true }
}

/** The export that is `func`, of an ES module that is loaded; of one that is still being evaluated, its top-level name. */
async function exported(func: AnyFunction, place: TaskLocation): Promise<TaskSpec> {
  const module = await loadedModule(place.url, importGrace).catch((cause: unknown) => {
    throw notFound(func, `stands in ${place.url}, which can't be imported`, cause)
  })
  if (module === null) return unfinished(func, place)
  const name = Object.keys(module).find((key) => module[key] === func)
  if (name === undefined) throw notFound(func, `is not exported by ${place.url}`)
  return { kind: 'module', url: place.url, name }
}

/** A function of a module that can't be asked: by its top-level name, to be checked by the worker. */
function unfinished(func: AnyFunction, place: TaskLocation): TaskSpec {
  const name = place.local ?? func.name
  if (place.local === null && place.captures) throw notFound(func, 'sees variables of a function around it')
  if (name === '') throw notFound(func, 'has no name')
  return { kind: 'module', url: place.url, name, like: likeness(func), secondInstance: true }
}

function likeness(func: AnyFunction): TaskLikeness {
  return { length: func.length, text: textOf(func) }
}

/** The name under which a loaded CommonJS module exports `func`; null: it doesn't; undefined: no such module is loaded. */
function commonJsExport(func: AnyFunction, url: string): string | null | undefined {
  if (!url.startsWith('file:')) return undefined
  const module = createRequire(url).cache[fileURLToPath(url)]
  if (module === undefined) return undefined
  const exports: unknown = module.exports
  if (exports === func) return 'default'
  if (typeof exports !== 'object' && typeof exports !== 'function') return null
  return Object.entries(exports ?? {}).find(([, value]) => value === func)?.[0] ?? null
}

function notFound(func: AnyFunction, why: string, cause?: unknown): TaskFunctionError {
  const name = func.name === '' ? '(anonymous)' : func.name
  const options = cause === undefined ? undefined : { cause }
  return new TaskFunctionError(name, `function ${name} ${why}, so that no worker can find it; ${waysOut}`, options)
}
