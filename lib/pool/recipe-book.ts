/**
 * The recipes of a pool: one per function, and one per call where arguments or a seed belong to it.
 *
 * A worker keeps a recipe until it is told to forget it: at the end of its call, or when its function is garbage.
 */

import { encodingError } from './encoding-path.js'
import type { CallMode } from './protocol.js'
import { RecipeRecord } from './recipe.js'
import type { TaskFunction } from './task-function.js'
import { resolveTask } from './task-spec.js'

/** What a recipe is made of. */
export interface RecipeRequest {
  readonly func: TaskFunction<never[], unknown>
  readonly mode: CallMode
  readonly args: readonly unknown[]
  readonly seed: number | string | null
}

/** Makes recipes, and shares those of functions alone. */
export class RecipeBook {
  readonly #onForget: (recipe: RecipeRecord) => void
  readonly #shared = new WeakMap<object, Map<CallMode, Promise<RecipeRecord>>>()
  readonly #garbage = new FinalizationRegistry<RecipeRecord>((recipe) => this.#onForget(recipe))
  #nextId = 0

  constructor(onForget: (recipe: RecipeRecord) => void) {
    this.#onForget = onForget
  }

  /** The recipe of a call. Throws a TypeError at once for what is no function; rejects when no worker could find it. */
  get(request: RecipeRequest): Promise<RecipeRecord> {
    const { func, mode, args, seed } = request
    if (args.length > 0 || seed !== null) return this.#make(request)
    const modes = this.#shared.get(func) ?? new Map<CallMode, Promise<RecipeRecord>>()
    const known = modes.get(mode)
    if (known) return known
    const made = this.#make(request)
    modes.set(mode, made)
    this.#shared.set(func, modes)
    made.then(
      (recipe) => this.#garbage.register(func, recipe),
      // Not for ever: what could not be located may be found at a later call.
      () => modes.delete(mode),
    )
    return made
  }

  /** The call that asked for `recipe` is through. */
  release(request: RecipeRequest, recipe: RecipeRecord): void {
    if (request.args.length > 0 || request.seed !== null) this.#onForget(recipe)
  }

  #make({ func, mode, args, seed }: RecipeRequest): Promise<RecipeRecord> {
    return resolveTask(func).then((spec) => {
      try {
        return new RecipeRecord(this.#nextId++, spec, mode, args, seed)
      } catch (reason) {
        throw encodingError('args', args, reason)
      }
    })
  }
}
