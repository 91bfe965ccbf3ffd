/**
 * The worker's side of operations that draw random numbers: each configuration gets the stream of its own number, so that the
 * results depend neither on the workers nor on the chunks.
 */
import type { Atoms } from '../atoms/atoms.js'
import { mdOp } from '../operations/md.js'
import type { MdOptions } from '../operations/md-options.js'
import { minimOp } from '../operations/minim.js'
import type { MinimOptions } from '../operations/minim-options.js'
import { taskContext } from '../pool/worker/task-context.js'

/** `mdOp` with the items' own random streams. */
export function md(list: Atoms[], options: MdOptions): ReturnType<typeof mdOp> {
  return mdOp(list, options, taskContext().rng)
}

/** `minimOp` with the items' own random streams. */
export function minim(list: Atoms[], options: MinimOptions): ReturnType<typeof minimOp> {
  return minimOp(list, options, taskContext().rng)
}
