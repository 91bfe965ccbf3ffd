/**
 * Recipes in the parent: what a call's pieces have in common, encoded once, and what was learned of how long items take.
 */
import { ErrorClasses } from './error-classes.js'
import type { Frame } from './frames.js'
import { type CallMode, encodeMessage } from './protocol.js'
import type { TaskSpec } from './task-spec.js'

/** A recipe and its frame, which is the same for every worker. */
export class RecipeRecord {
  readonly id: number
  readonly mode: CallMode
  readonly frame: Frame
  /** By which errors of the task's own classes are made again. */
  readonly classes: ErrorClasses
  /** ms per item, a running mean; undefined before the first outcome. */
  itemTime: number | undefined

  constructor(id: number, spec: TaskSpec, mode: CallMode, args: readonly unknown[], seed: number | string | null) {
    this.id = id
    this.mode = mode
    this.classes = new ErrorClasses(spec)
    this.frame = encodeMessage({ type: 'recipe', id, spec, mode, args, seed })
  }

  /** Learns from `count` items that took `busy` ms. It rises quickly and falls slowly: waiting behind slow ones is worse. */
  learn(count: number, busy: number): void {
    const sample = busy / count
    if (this.itemTime === undefined) this.itemTime = sample
    else this.itemTime += (sample > this.itemTime ? 0.5 : 0.3) * (sample - this.itemTime)
  }
}
