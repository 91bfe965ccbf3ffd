/** The worker's side of initializers: run in order before the first task, finalized in reverse at an orderly end. */
import { importFromMain } from '../../base/import-from.js'
import { InitializerError } from '../initializer-error.js'
import type { InitializerPlugin, InitializerSpec } from '../initializers.js'
import { loadTask } from './load-task.js'

/** What undoes the initializers of one worker. */
export interface Finalizer {
  /** Runs each plug-in's `finalize`, the last first, all of them, once; rejects with the first error that one threw. */
  finalize(): Promise<void>
}

/**
 * Runs the initializers one after the other, each awaited. When one throws, those before it are finalized.
 *
 * @throws {InitializerError} with the error of the one that failed as `cause`
 */
export async function runInitializers(specs: readonly InitializerSpec[]): Promise<Finalizer> {
  const finalizers: { label: string; finalize: () => unknown }[] = []
  const finalizer = { finalize: () => finalizeAll(finalizers.splice(0).reverse()) }
  for (const { label, target, args } of specs) {
    try {
      if (target.kind === 'task') {
        await (await loadTask(target.task))(...args)
        continue
      }
      const plugin: InitializerPlugin = await importFromMain(target.specifier)
      const { finalize } = plugin
      if (finalize !== undefined) finalizers.push({ label, finalize })
      await plugin.default?.(...args)
    } catch (cause) {
      await finalizer.finalize().catch(() => {})
      const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
      throw new InitializerError(label, `initializer ${label} failed: ${text}`, { cause })
    }
  }
  return finalizer
}

async function finalizeAll(finalizers: readonly { label: string; finalize: () => unknown }[]): Promise<void> {
  const errors: InitializerError[] = []
  for (const { label, finalize } of finalizers) {
    try {
      await finalize()
    } catch (cause) {
      const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
      errors.push(new InitializerError(label, `initializer ${label} failed in finalize: ${text}`, { cause }))
    }
  }
  if (errors[0] !== undefined) throw errors[0]
}
