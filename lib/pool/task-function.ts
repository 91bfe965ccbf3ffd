/**
 * What a task may be: an exported function as it is, a reference to one, or a function sent as source text.
 *
 *     pool.map(square, xs)                                            // located by task-spec.ts
 *     pool.map(task(new URL('./ops.js', import.meta.url), 'square'), xs)
 *     pool.map(inline((x: number) => x * x), xs)
 */
import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { typeError } from '../base/options.js'

/** Any function, as a constraint. */
type AnyFunction = (...args: never[]) => unknown

/** Names a function that runs elsewhere: made by {@link task} and {@link inline}. */
export class TaskReference<A extends unknown[], R> {
  /** Only for the type checker: the types of the function. There is no such property. */
  declare readonly signature: (...args: A) => R
  /** Where the function is: a module's URL and its export, or its text. */
  readonly target: { readonly url: string; readonly name: string } | { readonly source: string }

  constructor(target: TaskReference<A, R>['target']) {
    this.target = target
  }

  /** How messages name it: `square of file:///…/ops.js`, `inline (x) => x * x`. */
  toString(): string {
    return 'source' in this.target ? `inline ${this.target.source}` : `${this.target.name} of ${this.target.url}`
  }
}

/**
 * A function that a pool can run: an exported function (or class, which is then constructed), or a reference to one.
 * `A` are its arguments, `R` its result.
 */
export type TaskFunction<A extends unknown[], R> =
  | ((...args: A) => R | Promise<R>)
  | (new (
      ...args: A
    ) => R)
  | TaskReference<A, R>

/**
 * Refers to the export `name` of the module `url`, without loading it here.
 *
 * @param url an absolute URL, or a path (a relative one is taken from the current folder)
 * @param name the export's name; the default export if left out
 * @throws {OptionTypeError} for what is no URL, path or name; a missing export is a `TaskFunctionError` where it is used
 * @example pool.map(task<typeof square>(new URL('./ops.js', import.meta.url), 'square'), xs)
 */
export function task<F extends AnyFunction = (...args: unknown[]) => unknown>(
  url: string | URL,
  name = 'default',
): TaskReference<Parameters<F>, Awaited<ReturnType<F>>> {
  if (typeof url !== 'string' && !(url instanceof URL))
    throw typeError('url', 'a URL, or a string that is one or a path', url)
  if (typeof name !== 'string' || name === '') throw typeError('name', 'the name of an export', name)
  return new TaskReference({ url: absoluteUrl(url), name })
}

/**
 * Sends a function as source text: it sees nothing of its surroundings but the globals, and may use `await import(…)`.
 *
 * @throws {OptionTypeError} for what is no function
 * @example pool.map(inline((x: number) => x * x), [1, 2, 3])
 */
export function inline<A extends unknown[], R>(func: (...args: A) => R | Promise<R>): TaskReference<A, R> {
  if (typeof func !== 'function') throw typeError('func', 'a function', func)
  return new TaskReference({ source: Function.prototype.toString.call(func) })
}

/** A URL stays; a path becomes one. A drive letter is no scheme. */
function absoluteUrl(url: string | URL): string {
  if (url instanceof URL) return url.href
  if (!isAbsolute(url) && /^[a-z][a-z\d+.-]+:/i.test(url)) return new URL(url).href
  return pathToFileURL(resolve(url)).href
}
