/**
 * Some configurations of a set, each with the same chance, whatever the set's size: a reservoir with a generator of a fixed
 * seed, so that the same set gives the same sample.
 *
 * Of plain files only the places of the frames are kept while the file is cut up, and the sampled frames are parsed at the
 * end; what goes by as text or data is parsed at once, because it is not kept.
 */
import type { Atoms } from '../atoms/atoms.js'
import { Rng } from '../base/random.js'
import { FileReader, itemToAtoms } from '../configset/codec.js'
import type { ConfigSetIn } from '../configset/configset-in.js'
import type { RangeItem } from '../configset/item.js'
import type { SourceItem } from '../configset/sources.js'
import { type ConfigurationFacts, factsOf } from './configuration-facts.js'

/** At most so many configurations, and roughly so many bytes of text. */
const MOST = 2000
const BYTES = 200e6
const FEWEST = 20

/** A sample, in the order of the set. */
export interface Sample {
  /** How many configurations there are. */
  readonly total: number
  readonly sampled: readonly { readonly number: number; readonly facts: ConfigurationFacts }[]
  /** How many of the sampled ones could not be read. */
  readonly unreadable: number
}

/** Samples `set`. */
export async function sampleConfigs(set: ConfigSetIn): Promise<Sample> {
  const rng = new Rng('autopara report')
  const reader = new FileReader(set.files())
  const kept: { number: number; item?: RangeItem; facts?: ConfigurationFacts | null }[] = []
  let total = 0
  let size = MOST
  try {
    for await (const batch of set.batches()) {
      for (const item of batch) {
        if (total === 0) size = sampleSize(item)
        const place = total < size ? total : rng.integers(0, total + 1)
        if (place < size)
          kept[place] = { number: total, ...(item.kind === 'range' ? { item } : { facts: read(item, reader) }) }
        total++
      }
    }
    kept.sort((a, b) => a.number - b.number)
    const sampled = kept.flatMap(({ number, item, facts = item && read(item, reader) }) =>
      facts ? [{ number, facts }] : [],
    )
    return { total, sampled, unreadable: kept.length - sampled.length }
  } finally {
    reader.close()
  }
}

/** Fewer of large ones. */
function sampleSize(first: SourceItem): number {
  const bytes =
    first.kind === 'range'
      ? first.end - first.start
      : first.kind === 'bytes'
        ? first.bytes.length
        : 100 * first.atoms.numbers.length
  return Math.max(FEWEST, Math.min(MOST, Math.floor(BYTES / Math.max(1, bytes))))
}

function read(item: SourceItem, reader: FileReader): ConfigurationFacts | null {
  const atoms = readAtoms(item, reader)
  return atoms && factsOf(atoms)
}

/** The configuration of an item; null for a malformed one: a report shows what there is. */
export function readAtoms(item: SourceItem, reader: FileReader): Atoms | null {
  try {
    return itemToAtoms(item, reader)
  } catch {
    return null
  }
}
