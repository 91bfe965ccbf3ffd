/**
 * The namespace of a module that this process has loaded, or the news that it is still being evaluated: then it may be
 * waiting for us, and to wait for it would be for ever.
 */
import { setImmediate } from 'node:timers/promises'

/** Modules that were found to be still evaluated. */
const evaluating = new Set<string>()

/**
 * Imports `url`; null if it is still being evaluated, that is, if it has not come in `grace` ms.
 *
 * (A module that is there comes within a few turns of the event loop: a loop that was blocked is given these.)
 */
export async function loadedModule(url: string, grace: number): Promise<Record<string, unknown> | null> {
  if (evaluating.has(url)) return null
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, grace)
  }).then(async () => {
    for (let turn = 0; turn < 5; turn++) await setImmediate()
    return null
  })
  const loading = import(url) as Promise<Record<string, unknown>>
  const module = await Promise.race([loading, late]).finally(() => clearTimeout(timer))
  if (module === null) {
    evaluating.add(url)
    const over = (): unknown => evaluating.delete(url)
    loading.then(over, over)
  }
  return module
}
