/** What a set of configurations holds, counted in one pass: for people as text, for machines as data. */
import { type Atoms, type ConfigSetIn, type InfoValue, type NdArray, nearest } from '../index.js'
import { type Figures, NumberFigures } from './number-figures.js'

/** The figures of a key of `info` or `arrays`. */
interface KeyFigures {
  /** In how many configurations it stands. */
  count: number
  /** The types it has, as 'float', 'int[3]', 'float64 × 3'. */
  types: string[]
  /** The range of its numbers, if it has any. */
  min?: number
  max?: number
}

/** The figures of a set. */
export interface ConfigFigures {
  configurations: number
  atoms: { total: number; min: number; max: number }
  /** Atoms of each species. */
  species: Record<string, number>
  /** Configurations for each setting of the periodic directions, as 'TTT'. */
  pbc: Record<string, number>
  info: Record<string, KeyFigures>
  arrays: Record<string, KeyFigures>
  /** Energies per atom, of every key of `info` with a number that is named as one. */
  energiesPerAtom: Record<string, Figures>
}

/** A key that holds an energy: energy, EMT_energy, free_energy, energy_sigma0 … */
const ENERGY = /energy/i

/** Counts `configs`; with `keys`, of what is in `info` and `arrays` only these. */
export async function describeConfigs(
  configs: ConfigSetIn,
  keys?: readonly string[],
): Promise<{ data: ConfigFigures; text: string }> {
  const data: ConfigFigures = {
    configurations: 0,
    atoms: { total: 0, min: Number.POSITIVE_INFINITY, max: 0 },
    species: Object.create(null) as Record<string, number>,
    pbc: {},
    info: Object.create(null) as Record<string, KeyFigures>,
    arrays: Object.create(null) as Record<string, KeyFigures>,
    energiesPerAtom: Object.create(null) as Record<string, Figures>,
  }
  const energies = new Map<string, NumberFigures>()
  for await (const atoms of configs) {
    add(data, atoms)
    addEnergies(energies, atoms)
  }
  if (data.configurations === 0) data.atoms.min = 0
  for (const [key, numbers] of energies) data.energiesPerAtom[key] = numbers.figures
  if (keys !== undefined) keepKeys(data, keys)
  return { data, text: format(data) }
}

function add(data: ConfigFigures, atoms: Atoms): void {
  data.configurations++
  data.atoms.total += atoms.length
  data.atoms.min = Math.min(data.atoms.min, atoms.length)
  data.atoms.max = Math.max(data.atoms.max, atoms.length)
  for (const symbol of atoms.symbols) data.species[symbol] = (data.species[symbol] ?? 0) + 1
  const pbc = atoms.pbc.map((periodic) => (periodic ? 'T' : 'F')).join('')
  data.pbc[pbc] = (data.pbc[pbc] ?? 0) + 1
  for (const [key, value] of Object.entries(atoms.info)) addKey(data.info, key, infoType(value), numbersOf(value))
  for (const [key, array] of Object.entries(atoms.arrays)) addKey(data.arrays, key, arrayType(array), numbersOf(array))
}

function addEnergies(energies: Map<string, NumberFigures>, atoms: Atoms): void {
  for (const [key, value] of Object.entries(atoms.info)) {
    if (!ENERGY.test(key) || typeof value !== 'number' || !Number.isFinite(value) || atoms.length === 0) continue
    const numbers = energies.get(key) ?? new NumberFigures()
    energies.set(key, numbers)
    numbers.add(value / atoms.length)
  }
}

/** Leaves only the keys that were asked for. Throws for one that no configuration has. */
function keepKeys(data: ConfigFigures, keys: readonly string[]): void {
  const known = [...Object.keys(data.info), ...Object.keys(data.arrays)]
  for (const key of keys) {
    if (known.includes(key)) continue
    const near = nearest(key, known)
    const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`
    throw new Error(`no configuration has a key ${key}; ${hint}`)
  }
  for (const record of [data.info, data.arrays, data.energiesPerAtom])
    for (const key of Object.keys(record)) if (!keys.includes(key)) delete record[key]
}

function addKey(figures: Record<string, KeyFigures>, key: string, type: string, numbers: ArrayLike<number>): void {
  figures[key] ??= { count: 0, types: [] }
  const figure = figures[key]
  figure.count++
  if (!figure.types.includes(type)) figure.types.push(type)
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number
    if (figure.min === undefined || number < figure.min) figure.min = number
    if (figure.max === undefined || number > figure.max) figure.max = number
  }
}

function isArray(value: InfoValue): value is NdArray {
  return typeof value === 'object' && value !== null && 'dtype' in value && 'shape' in value
}

function infoType(value: InfoValue): string {
  if (isArray(value)) return `${value.dtype}[${value.shape.join('×')}]`
  if (typeof value === 'object') return 'json'
  return typeof value
}

function arrayType({ dtype, shape }: NdArray): string {
  return shape.length === 1 ? dtype : `${dtype} × ${shape.slice(1).join('×')}`
}

function numbersOf(value: InfoValue): ArrayLike<number> {
  if (typeof value === 'number') return [value]
  if (isArray(value) && (value.dtype === 'float64' || value.dtype === 'int32')) return value.data
  return []
}

function format({ configurations, atoms, species, pbc, info, arrays, energiesPerAtom }: ConfigFigures): string {
  const counts = (record: Record<string, number>): string =>
    Object.entries(record)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')
  const keys = (figures: Record<string, KeyFigures>): string[] =>
    Object.entries(figures).map(([key, { count, types, min, max }]) => {
      const range = min === undefined || max === undefined ? '' : `  ${short(min)} … ${short(max)}`
      return `  ${key}: ${types.join(' | ')}, in ${count}${range}`
    })
  const lines = [
    `configurations: ${configurations}`,
    `atoms: ${atoms.total} (${atoms.min} … ${atoms.max} each)`,
    `species: ${counts(species)}`,
    `pbc: ${counts(pbc)}`,
    'info:',
    ...keys(info),
    'arrays:',
    ...keys(arrays),
  ]
  const energies = Object.entries(energiesPerAtom)
  if (energies.length > 0)
    lines.push('energy per atom (eV): min, mean, max, standard deviation', ...energies.map(energyLine))
  return `${lines.join('\n')}\n`
}

/** Nine digits: enough to tell energies of large cells apart. */
function short(value: number): string {
  return String(Number(value.toPrecision(9)))
}

function energyLine([key, { count, ...figures }]: [string, Figures]): string {
  const { min, mean, max, std } = figures
  return `  ${key}: ${[min, mean, max, std].map((value) => value.toFixed(6)).join('  ')}, in ${count}`
}
