/**
 * Selects configurations that differ most, by a descriptor that each carries in its `info`.
 *
 * The inputs are read several times and never held: memory grows with the selection only (standard input is read into
 * memory first, because it can't be read again).
 */
import type { Atoms } from '../atoms/atoms.js'
import { isLoadingMainInWorker, neverHere } from '../base/main-module.js'
import { type InfoValue, isNdArray } from '../base/ndarray.js'
import { checkBoolean, checkInteger, checkKeys, nearest, typeError } from '../base/options.js'
import { ConfigSetIn } from '../configset/configset-in.js'
import { ConfigSetOut } from '../configset/configset-out.js'
import { reuseOutput } from '../iterable-loop/reuse-output.js'
import { DescriptorError } from '../operations/descriptors/environment.js'
import { farthestPoints } from '../operations/descriptors/farthest-points.js'

/** Options of {@link selectFarthest}. */
export interface SelectFarthestOptions {
  /** How many configurations to select. */
  count: number
  /** The key in `info` of the descriptor's vector. */
  key: string
  /** The number of the first configuration, where there are no previous ones. Default 0. */
  start?: number
  /** Configurations that were selected before, with the same key: the new ones are far from them too. */
  previous?: ConfigSetIn
  /** A key in `info` that gets the configuration's place in the order of selection, from 0. Default: none. */
  rankKey?: string
  /** Leave the descriptor in the selected configurations. Default true. */
  keepDescriptor?: boolean
}

const KEYS = ['count', 'key', 'start', 'previous', 'rankKey', 'keepDescriptor'] as const

/**
 * Writes the `count` configurations of a greedy farthest-point selection to `outputs`, in the order of the inputs. The same
 * inputs give the same selection.
 *
 * @throws {OptionTypeError | OptionRangeError} for wrong options, or more configurations asked for than there are
 * @throws {DescriptorError} for a configuration without the key
 * @example await selectFarthest(inputs, outputs, { count: 100, key: 'soap' })
 */
export async function selectFarthest(
  inputs: ConfigSetIn,
  outputs: ConfigSetOut,
  options: SelectFarthestOptions,
): Promise<ConfigSetIn> {
  if (isLoadingMainInWorker()) return neverHere()
  if (!(inputs instanceof ConfigSetIn)) throw typeError('inputs', 'a ConfigSetIn', inputs)
  if (!(outputs instanceof ConfigSetOut)) throw typeError('outputs', 'a ConfigSetOut', outputs)
  checkKeys(options, KEYS, 'selectFarthest')
  const { count, key, start, rankKey } = options
  checkInteger('count', count, 0, 'an integer of at least 0')
  if (typeof key !== 'string') throw typeError('key', 'a string', key)
  const keep = checkBoolean('keepDescriptor', options.keepDescriptor, true)
  const files = inputs.placedFiles()
  await outputs.check(files)
  if (await outputs.isDone()) return reuseOutput(outputs, 'selectFarthest', files)
  const source = inputs.repeatable ? inputs : await inputs.inMemory()
  const previous: Float64Array[] = []
  for await (const vector of vectors(options.previous ?? new ConfigSetIn(), key)) previous.push(vector)
  const { indices } = await farthestPoints(() => vectors(source, key), count, {
    previous,
    ...(start === undefined ? {} : { start }),
  })
  const ranks = new Map(indices.map((index, rank) => [index, rank]))
  await writeSelected(source, outputs, ranks, (atoms, rank) => {
    if (!keep) delete atoms.info[key]
    if (rankKey !== undefined) atoms.info[rankKey] = rank
  })
  return outputs.toConfigSetIn()
}

/** The vectors of all configurations, one after the other. */
async function* vectors(configs: ConfigSetIn, key: string): AsyncGenerator<Float64Array> {
  for await (const { atoms, loc } of configs.entries()) {
    const vector = toVector(atoms.info[key])
    if (!vector) {
      const near = nearest(key, Object.keys(atoms.info))
      throw new DescriptorError(
        `Configuration${loc} has no vector info.${key}: ` +
          (near === undefined || near === key
            ? 'compute it first with `descriptor`, or name its key'
            : `did you mean ${near}?`),
      )
    }
    yield vector
  }
}

/** A vector of numbers; a single number is a vector of one (what a file makes of one). */
function toVector(value: InfoValue | undefined): Float64Array | undefined {
  if (typeof value === 'number') return Float64Array.of(value)
  if (value === undefined || !isNdArray(value) || value.dtype === 'string') return undefined
  return value.dtype === 'float64' ? value.data : Float64Array.from(value.data, Number)
}

async function writeSelected(
  source: ConfigSetIn,
  outputs: ConfigSetOut,
  ranks: ReadonlyMap<number, number>,
  change: (atoms: Atoms, rank: number) => void,
): Promise<void> {
  try {
    let index = 0
    for await (const original of source) {
      const rank = ranks.get(index++)
      if (rank === undefined) continue
      const atoms = original.copy()
      change(atoms, rank)
      await outputs.write(atoms)
    }
    await outputs.endWrite()
  } catch (error) {
    await outputs.abandon()
    throw error
  }
}
