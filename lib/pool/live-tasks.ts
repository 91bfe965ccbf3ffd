/**
 * Functions that this process named for others, as they are here: a serial pool calls them themselves, and needs no second
 * instance of the module that they stand in.
 */

/** What names a function for others. */
interface FunctionName {
  readonly url: string
  readonly name: string
  readonly like?: { readonly text?: string }
}

const live = new Map<string, WeakRef<object>>()

/** Remembers that `spec` was made for `func`. */
export function rememberTask(spec: FunctionName, func: object): void {
  live.set(keyOf(spec), new WeakRef(func))
}

/** The function that `spec` was made for, if it was made here. */
export function liveTask(spec: FunctionName): object | undefined {
  return live.get(keyOf(spec))?.deref()
}

function keyOf({ url, name, like }: FunctionName): string {
  return JSON.stringify([url, name, like?.text])
}
