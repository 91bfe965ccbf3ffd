/**
 * What an operation made of one item, in the form that the output takes: text for files, plain data for memory.
 *
 * Made in the worker, so that the parent only appends bytes or keeps data.
 */
import { Atoms } from '../atoms/atoms.js'
import { atomsToWire, type WireAtoms } from '../atoms/wire.js'
import type { InfoValue } from '../base/ndarray.js'
import { typeError } from '../base/options.js'
import { atomsToFrame } from '../extxyz/convert.js'
import { FrameWriter } from '../extxyz/write-frame.js'

/** Which form an output takes. */
export type OutputForm = 'extxyz' | 'atoms'

/** The configurations made of one item; `list` when the operation returned a list (a trajectory), which nests one deeper. */
export interface Produced {
  count: number
  list: boolean
  bytes?: Uint8Array
  atoms?: WireAtoms[]
}

/** Puts the result of one item into `form`, with `tags` set in each configuration's info. Throws TypeError for what is no configuration. */
export function produce(result: unknown, form: OutputForm, tags: Record<string, InfoValue> | undefined): Produced {
  const list = Array.isArray(result)
  const configs = (list ? result : result === null || result === undefined ? [] : [result]) as unknown[]
  for (const [position, config] of configs.entries()) {
    if (!(config instanceof Atoms))
      throw typeError(
        list ? `entry ${position} of the operation's result` : "the operation's result",
        'Atoms, a list of Atoms, or null',
        config,
      )
    if (tags) Object.assign(config.info, tags)
  }
  const made = configs as Atoms[]
  if (form === 'atoms') return { count: made.length, list, atoms: made.map(atomsToWire) }
  const writer = new FrameWriter()
  for (const atoms of made) writer.append(atomsToFrame(atoms))
  return { count: made.length, list, bytes: writer.take() }
}
