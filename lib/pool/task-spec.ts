/**
 * The parent's side of function references: from what the caller gave to what a worker can load.
 *
 *     square ─► resolveTask ─► { kind: 'module', url, name, … } ──wire──► loadTask (worker/load-task.ts) ─► square
 */
import { describe, typeError } from '../base/options.js'
import { TaskFunctionError } from './task-errors.js'
import { type TaskFunction, TaskReference } from './task-function.js'

/** How a function crosses the wire: plain data. */
export type TaskSpec = ModuleTaskSpec | InlineTaskSpec

/** A function of a module. */
export interface ModuleTaskSpec {
  readonly kind: 'module'
  readonly url: string
  /** The export's name. */
  readonly name: string
}

/** A function as source text. */
export interface InlineTaskSpec {
  readonly kind: 'inline'
  readonly source: string
}

/**
 * Finds what a worker needs to load `func`. A bare function is located once and cached.
 *
 * @throws {TypeError} (at once) for what is neither a function nor a reference
 * @throws {TaskFunctionError} (as rejection) for a function that no worker could find
 */
export function resolveTask<A extends unknown[], R>(func: TaskFunction<A, R>): Promise<TaskSpec> {
  if (func instanceof TaskReference) return Promise.resolve(specOf(func.target))
  if (typeof func !== 'function') throw typeError('func', 'a function, task(…) or inline(…)', func)
  return Promise.reject(
    new TaskFunctionError(func.name, `${describe(func)} can't be located yet; use task(…) or inline(…)`),
  )
}

function specOf(target: TaskReference<never[], unknown>['target']): TaskSpec {
  return 'source' in target ? { kind: 'inline', source: target.source } : { kind: 'module', ...target }
}
