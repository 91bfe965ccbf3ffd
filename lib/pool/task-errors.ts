/** The errors of function references: what can't be found, and what isn't there yet. */
import { AutoparaError } from '../base/errors.js'

/** What to do about a function that can't be found. */
export const waysOut =
  'export it at the top level of a module file, or refer to an export by task(url, name), or send its text by inline(func)'

/** A function can't be run elsewhere, because a worker could not find it. */
export class TaskFunctionError extends AutoparaError {
  override readonly name = 'TaskFunctionError'
  /** The function's name, or its reference. */
  readonly func: string

  constructor(func: string, message: string, options?: ErrorOptions) {
    super('AUTOPARA_TASK_FUNCTION', message, options)
    this.func = func
  }
}

/** A name of the main module has no value yet at the point that the module reaches in a worker. */
export class BootstrapError extends AutoparaError {
  override readonly name = 'BootstrapError'
  /** The function's name. */
  readonly func: string
  /** The main module's URL. */
  readonly url: string

  constructor(func: string, url: string, message: string, options?: ErrorOptions) {
    super('AUTOPARA_BOOTSTRAP', message, options)
    this.func = func
    this.url = url
  }
}
