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
  /** Text, or rows. */
  bytes?: Text
  atoms?: WireAtoms[]
}

/** What an output sets in the info of each configuration. */
export interface InfoAdditions {
  readonly setTags?: Record<string, InfoValue> | undefined
  /** The key of the configuration's location. */
  readonly locationKey?: string | undefined
}

/** Puts the result of the item at `loc` into the form of an output. Throws TypeError for what is no configuration. */
export type Producer = (result: unknown, loc: Location) => Produced

/** The producer of a form, which makes the additions to each configuration's info. What a form needs is loaded here. */
export async function producer(form: OutputForm, additions: InfoAdditions): Promise<Producer> {
  if (form === 'extxyz') {
    const printer = new TextPrinter(additions)
    return (result, loc) => ({ ...printer.print(result, loc), bytes: printer.take() })
  }
  const shape = await shaper(form, additions.setTags)
  return (result, loc) => {
    const list = Array.isArray(result)
    const configs = configsOf(result, loc, additions)
    return { count: configs.length, list, ...shape(configs) }
  }
}

async function shaper(
  form: 'rows' | 'atoms',
  tags: Record<string, InfoValue> | undefined,
): Promise<(configs: readonly Atoms[]) => Pick<Produced, 'bytes' | 'atoms'>> {
  if (form === 'atoms') return (configs) => ({ atoms: configs.map(atomsToWire) })
  const { encodeRow } = await import('./ase-db/row-encode.js')
  return (configs) => ({ bytes: serialize(configs.map((atoms) => encodeRow(atoms, { keyValuePairs: tags as Tags }))) })
}

/** Prints the results of many items one behind the other. */
export class TextPrinter {
  readonly #additions: InfoAdditions
  readonly #writer = new FrameWriter()

  constructor(additions: InfoAdditions) {
    this.#additions = additions
  }

  /** Appends the text of one result, or nothing of it when it throws; `length` is that of the text. */
  print(result: unknown, loc: Location): { count: number; list: boolean; length: number } {
    const configs = configsOf(result, loc, this.#additions)
    const before = this.#writer.length
    try {
      for (const atoms of configs) this.#writer.append(atomsToFrame(atoms))
    } catch (error) {
      this.#writer.truncate(before)
      throw error
    }
    return { count: configs.length, list: Array.isArray(result), length: this.#writer.length - before }
  }

  /** All that was printed since the last call. */
  take(): Uint8Array {
    return this.#writer.take()
  }
}

/** The configurations of a result, with the additions in their info. */
function configsOf(result: unknown, loc: Location, { setTags, locationKey }: InfoAdditions): Atoms[] {
  const list = Array.isArray(result)
  const configs = (list ? result : result === null || result === undefined ? [] : [result]) as unknown[]
  for (const [position, config] of configs.entries()) {
    if (!(config instanceof Atoms))
      throw new OptionTypeError(
        `${list ? `entry ${position} of the` : 'the'} operation's result must be Atoms, a list of Atoms, or null, got ${describe(config)}`,
      )
    if (setTags) Object.assign(config.info, setTags)
    if (locationKey !== undefined) config.info[locationKey] = formatLocation(list ? [...loc, position] : loc)
  }
  return configs as Atoms[]
}
