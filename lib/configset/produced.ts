/**
 * What an operation made of one item, in the form that the output takes: text for files, rows for a database, plain data
 * for memory.
 *
 * Made in the worker, so that the parent only appends bytes or keeps data.
 */
import { serialize } from 'node:v8'
import { Atoms } from '../atoms/atoms.js'
import { atomsToWire, type WireAtoms } from '../atoms/wire.js'
import { OptionTypeError } from '../base/errors.js'
import type { InfoValue } from '../base/ndarray.js'
import { describe } from '../base/options.js'
import { atomsToFrame } from '../extxyz/convert.js'
import { FrameWriter } from '../extxyz/write-frame.js'
import type { Text } from './byte-sink.js'
import type { Tags } from './database-sink.js'
import { formatLocation, type Location } from './location.js'

/** Which form an output takes: text of extended XYZ, rows of a database, or data for memory. */
export type OutputForm = 'extxyz' | 'rows' | 'atoms'

/** The configurations made of one item; `list` when the operation returned a list (a trajectory), which nests one deeper. */
export interface Produced {
  count: number
  list: boolean
  bytes?: Text
  atoms?: WireAtoms[]
}

/** {@link Produced} on the wire: the commonest kind, one short configuration, is its text alone. */
export type PackedProduced = Produced | string

/** Longer texts cross as bytes, without a copy. */
const SHORT = 16 * 1024

/** Packs what was made of one item. */
export function packProduced(produced: Produced): PackedProduced {
  const { count, list, bytes } = produced
  if (count !== 1 || list || typeof bytes !== 'object' || bytes.length > SHORT) return produced
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

/** What {@link packProduced} packed. */
export function unpackProduced(packed: PackedProduced): Produced {
  return typeof packed === 'string' ? { count: 1, list: false, bytes: packed } : packed
}

/** Puts the result of the item at `loc` into the form of an output. Throws TypeError for what is no configuration. */
export type Producer = (result: unknown, loc: Location) => Produced

/** What an output sets in the info of each configuration. */
export interface InfoAdditions {
  readonly setTags?: Record<string, InfoValue> | undefined
  /** The key of the configuration's location. */
  readonly locationKey?: string | undefined
}

/** The producer of a form, which makes the additions to each configuration's info. What a form needs is loaded here. */
export async function producer(form: OutputForm, { setTags, locationKey }: InfoAdditions): Promise<Producer> {
  const print = await printer(form, setTags)
  return (result, loc) => {
    const list = Array.isArray(result)
    const configs = configsOf(result, list)
    for (const [k, { info }] of configs.entries()) {
      if (setTags) Object.assign(info, setTags)
      if (locationKey !== undefined) info[locationKey] = formatLocation(list ? [...loc, k] : loc)
    }
    return { count: configs.length, list, ...print(configs) }
  }
}

async function printer(
  form: OutputForm,
  tags: Record<string, InfoValue> | undefined,
): Promise<(configs: readonly Atoms[]) => Pick<Produced, 'bytes' | 'atoms'>> {
  switch (form) {
    case 'atoms':
      return (configs) => ({ atoms: configs.map(atomsToWire) })
    case 'rows': {
      const { encodeRow } = await import('./ase-db/row-encode.js')
      return (configs) => ({
        bytes: serialize(configs.map((atoms) => encodeRow(atoms, { keyValuePairs: tags as Tags }))),
      })
    }
    case 'extxyz':
      return (configs) => {
        const writer = new FrameWriter()
        for (const atoms of configs) writer.append(atomsToFrame(atoms))
        return { bytes: writer.take() }
      }
  }
}

function configsOf(result: unknown, list: boolean): Atoms[] {
  const configs = (list ? result : result === null || result === undefined ? [] : [result]) as unknown[]
  for (const [position, config] of configs.entries()) {
    if (!(config instanceof Atoms))
      throw new OptionTypeError(
        `${list ? `entry ${position} of the` : 'the'} operation's result must be Atoms, a list of Atoms, or null, got ${describe(config)}`,
      )
  }
  return configs as Atoms[]
}
