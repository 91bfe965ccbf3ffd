/**
 * The operation `descriptor`: vectors that describe each configuration, or each of its atoms, as values of it.
 *
 *     local: false   info[KEY], the descriptors' averages one after the other
 *     local: true    arrays[KEY], a row an atom; arrays[KEY_Z_29] … where the descriptors are given per species
 *
 * A configuration that can't be described becomes an {@link OperationError} in its place of the returned list, and is
 * left as it was. Nothing here depends on other configurations: the same vector in any chunk, worker or order.
 */
import type { Atoms } from '../../atoms/atoms.js'
import { float64Array } from '../../base/ndarray.js'
import { checkBoolean, checkKeys, rangeError, typeError } from '../../base/options.js'
import { OperationError } from '../operation-error.js'
import { compileDescriptor, type DescriptorSpec } from './compile.js'
import { DescriptorError } from './environment.js'
import type { LocalDescriptor } from './local-descriptor.js'
import { atomicNumber } from './species.js'

/** Options of {@link descriptorOp}. */
export interface DescriptorOptions {
  /**
   * One descriptor, several to be concatenated, or a record of such per species of the central atom ('Cu' or '29'; '*': all
   * atoms). Parts follow each other by atomic number, '*' first.
   */
  descs:
    | DescriptorSpec
    | readonly DescriptorSpec[]
    | Readonly<Record<string, DescriptorSpec | readonly DescriptorSpec[]>>
  /** The key of the result in `info` or `arrays`; `<key>_Z_<Z>` for the species' own arrays. */
  key: string
  /** A vector for each atom instead of one for the configuration. Default false. */
  local?: boolean
  /** Scale the final vector to length 1 (a vector shorter than 1e-8 is left as it is). Default true. */
  normalize?: boolean
  /** Weigh each species' part of a configuration's vector with the species' share of the atoms. Default true. */
  compositionWeight?: boolean
  /** Replace existing values of these keys. Default false: they are an error. */
  force?: boolean
}

/** The descriptors of the atoms of one species. */
interface Part {
  /** Atomic number of the central atoms, or null for all. */
  number: number | null
  descriptors: LocalDescriptor[]
  /** Components of all its descriptors. */
  length: number
}

/** The options, checked and ready. */
interface Plan {
  parts: readonly Part[]
  key: string
  local: boolean
  normalize: boolean
  compositionWeight: boolean
  force: boolean
}

/** Computes and stores descriptors of each configuration. @throws {OptionTypeError | OptionRangeError} for wrong options. */
export function descriptorOp(list: readonly Atoms[], options: DescriptorOptions): (Atoms | OperationError)[] {
  const plan = planOf(options)
  return list.map((atoms) => {
    try {
      describe(atoms, plan)
      return atoms
    } catch (cause) {
      return new OperationError('descriptor', cause, { descriptor_failed: true })
    }
  })
}

// The name that summaries, traces and messages show: the one that the user called.
export { descriptorOp as descriptor }

/** The number of components that each key gets: one entry for a configuration's vector, one a species for atoms'. Wrong options throw. */
export function descriptorLengths(options: DescriptorOptions): Record<string, number> {
  const { parts, key, local } = planOf(options)
  if (!local) return { [key]: parts.reduce((sum, { length }) => sum + length, 0) }
  return Object.fromEntries(parts.map((part) => [keyOf(key, part), part.length]))
}

function planOf(options: DescriptorOptions): Plan {
  checkKeys(options, ['descs', 'key', 'local', 'normalize', 'compositionWeight', 'force'], 'descriptor')
  const { key } = options
  if (typeof key !== 'string' || key === '') throw typeError('key', 'a string that is not empty', key)
  return {
    parts: partsOf(options.descs),
    key,
    local: checkBoolean('local', options.local, false),
    normalize: checkBoolean('normalize', options.normalize, true),
    compositionWeight: checkBoolean('compositionWeight', options.compositionWeight, true),
    force: checkBoolean('force', options.force, false),
  }
}

function partsOf(descs: DescriptorOptions['descs']): Part[] {
  const bySpecies = typeof descs === 'object' && descs !== null && !Array.isArray(descs) && !('type' in descs)
  const entries: [string, unknown][] = bySpecies ? Object.entries(descs) : [['*', descs]]
  const parts = entries.map(([species, specs]) => {
    const descriptors = (Array.isArray(specs) ? specs : [specs]).map(compileDescriptor)
    const length = descriptors.reduce((sum, descriptor) => sum + descriptor.length, 0)
    return { number: species === '*' ? null : atomicNumber('descs', species), descriptors, length }
  })
  if (parts.length === 0 || parts.some(({ length }) => length === 0)) {
    throw typeError('descs', 'at least one descriptor', descs)
  }
  parts.sort((a, b) => (a.number ?? -1) - (b.number ?? -1))
  const twice = parts.find((part, p) => part.number === parts[p + 1]?.number)
  if (twice) throw rangeError('descs', `one entry for each species`, `two for Z = ${twice.number}`)
  return parts
}

function keyOf(key: string, { number }: Part): string {
  return number === null ? key : `${key}_Z_${number}`
}

function describe(atoms: Atoms, plan: Plan): void {
  const { key, local, force } = plan
  const values = local ? atoms.arrays : atoms.info
  const old = Object.keys(values).filter(
    (name) => name === key || (local && name.startsWith(`${key}_Z_`) && /^\d+$/.test(name.slice(key.length + 3))),
  )
  if (old.length > 0 && !force) {
    const where = local ? 'arrays' : 'info'
    throw new DescriptorError(`${where}.${old[0]} exists already: choose another \`key\`, or replace it with \`force\``)
  }
  if (local) {
    const columns = plan.parts.map((part) => localVectors(atoms, part, plan.normalize))
    for (const name of old) delete values[name]
    for (const [p, data] of columns.entries()) {
      const part = plan.parts[p]!
      atoms.arrays[keyOf(key, part)] = float64Array(
        data,
        part.length === 1 ? [atoms.length] : [atoms.length, part.length],
      )
    }
  } else {
    atoms.info[key] = float64Array(configurationVector(atoms, plan))
  }
}

/** A row for each atom; zeros for atoms of other species. */
function localVectors(atoms: Atoms, part: Part, normalize: boolean): Float64Array {
  const { descriptors, length } = part
  const data = new Float64Array(atoms.length * length)
  const centres = centresOf(atoms, part)
  let column = 0
  for (const descriptor of descriptors) {
    descriptor.enter(atoms)
    for (const centre of centres) descriptor.compute(centre, data, centre * length + column)
    column += descriptor.length
  }
  if (normalize) for (const centre of centres) scaleToOne(data.subarray(centre * length, (centre + 1) * length))
  return data
}

/** The averages of all parts, one after the other; zeros for a species that the configuration lacks. */
function configurationVector(atoms: Atoms, { parts, normalize, compositionWeight }: Plan): Float64Array {
  const data = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let column = 0
  for (const part of parts) {
    const centres = centresOf(atoms, part)
    const weight = compositionWeight && part.number !== null ? centres.length / atoms.length : 1
    for (const descriptor of part.descriptors) {
      const slice = data.subarray(column, column + descriptor.length)
      descriptor.enter(atoms)
      column += descriptor.length
      if (centres.length === 0) continue
      descriptor.average(centres, slice)
      if (weight !== 1) for (let k = 0; k < slice.length; k++) slice[k]! *= weight
    }
  }
  if (normalize) scaleToOne(data)
  return data
}

function centresOf({ numbers }: Atoms, { number }: Part): Int32Array {
  const indices = Int32Array.from(numbers.keys())
  return number === null ? indices : indices.filter((i) => numbers[i] === number)
}

/** Divides a vector by its length; one that is shorter than 1e-8 is left alone. */
function scaleToOne(vector: Float64Array): void {
  let sum = 0
  for (let k = 0; k < vector.length; k++) sum += vector[k]! * vector[k]!
  const length = Math.sqrt(sum)
  if (length > 1e-8) for (let k = 0; k < vector.length; k++) vector[k]! /= length
}
