/**
 * The worker's side of function references: loads what a {@link TaskSpec} names.
 */
import { TaskFunctionError } from '../task-errors.js'
import type { ModuleTaskSpec, TaskSpec } from '../task-spec.js'

/** A loaded task: called with the item's arguments. */
export type LoadedTask = (...args: unknown[]) => unknown

/**
 * Loads the function that `spec` names. A class is wrapped, so that calling it constructs.
 *
 * @throws {TaskFunctionError} when the module can't be loaded or has no such function
 * @throws {BootstrapError} when the export of the main module has no value yet
 */
export async function loadTask(spec: TaskSpec): Promise<LoadedTask> {
  const value = spec.kind === 'inline' ? evaluate(spec.source) : await loadExport(spec)
  if (typeof value !== 'function') throw new TaskFunctionError(nameOf(spec), `${nameOf(spec)} is no function`)
  return isClass(value) ? (...args) => Reflect.construct(value, args) : (value as LoadedTask)
}

/** Loads an export as it is: a class stays a class. */
export async function loadExport(spec: ModuleTaskSpec): Promise<unknown> {
  const module = (await import(spec.url)) as Record<string, unknown>
  return module[spec.name]
}

function evaluate(source: string): unknown {
  return new Function(`return (${source})`)()
}

function isClass(func: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(func))
}

function nameOf(spec: TaskSpec): string {
  return spec.kind === 'inline' ? 'the inline function' : `${spec.name} of ${spec.url}`
}
