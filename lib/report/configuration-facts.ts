/** What a report takes from one configuration: the numbers that it draws, and the atoms as they are looked at. */
import type { Atoms } from '../atoms/atoms.js'
import { isNdArray } from '../base/ndarray.js'
import type { ViewFrame } from './report-data.js'

/** How many forces of one configuration are counted; of more atoms, some at equal distances. */
const FORCES = 200
/** How many different keys of energies and of forces are looked at. */
const KEYS = 6

/** The numbers of one configuration. */
export interface ConfigurationFacts {
  /** eV per atom, by key. */
  readonly energies: ReadonlyMap<string, number>
  /** Lengths of forces, eV/Å, by key. */
  readonly forces: ReadonlyMap<string, Float64Array>
  /** The longest force of the first key, eV/Å. */
  readonly longest: number | null
  /** Steps of a finished relaxation, and whether it converged. */
  readonly relaxed: { readonly steps: number; readonly converged: boolean } | null
  /** The kind of trajectory that it belongs to. */
  readonly kind: 'minim' | 'md' | null
  readonly time: number | null
  readonly temperature: number | null
  /** With that of the momenta; eV per atom. */
  readonly totalEnergy: number | null
}

/** The numbers of `atoms`. */
export function factsOf(atoms: Atoms): ConfigurationFacts {
  const { info } = atoms
  const energies = energiesOf(atoms)
  const forces = forcesOf(atoms)
  const [energy] = energies.values()
  const kind = 'MD_step' in info ? 'md' : 'minim_config_type' in info ? 'minim' : null
  const steps = numberOf(info['minim_n_steps'])
  return {
    energies,
    forces,
    longest: longestForce(atoms, [...forces.keys()][0]),
    relaxed: kind === 'minim' && steps !== null ? { steps, converged: info['minim_converged'] === true } : null,
    kind,
    time: numberOf(info['MD_time_fs']),
    temperature: numberOf(info['MD_current_temperature']),
    totalEnergy: energy === undefined ? null : energy + kineticEnergy(atoms) / atoms.length,
  }
}

/** Whether `next` goes on where `previous`, the configuration before it in its file, stopped. */
export function goesOn(previous: Atoms, next: Atoms): boolean {
  if (previous.length !== next.length) return false
  const [step, nextStep] = [numberOf(previous.info['MD_step']), numberOf(next.info['MD_step'])]
  if (step !== null || nextStep !== null) return step !== null && nextStep !== null && nextStep > step
  const [type, nextType] = [previous.info['minim_config_type'], next.info['minim_config_type']]
  if (typeof type !== 'string' || typeof nextType !== 'string') return false
  return !type.startsWith('minim_last') && nextType !== 'minim_initial'
}

/** The atoms of a view; `label` stands beside its number. */
export function viewFrame(atoms: Atoms, label: string): ViewFrame {
  const cell = [...atoms.cell].map(rounded)
  const rows = [0, 3, 6].filter((row) => cell.slice(row, row + 3).some((component) => component !== 0))
  return {
    label,
    symbols: atoms.symbols,
    positions: Array.from(atoms.positions, rounded),
    cell: rows.length === 3 ? cell : null,
  }
}

/** Values of `info` named energy, or SOMETHING_energy. */
function energiesOf(atoms: Atoms): Map<string, number> {
  const energies = new Map<string, number>()
  for (const [key, value] of Object.entries(atoms.info)) {
    const number = /(?:^|_)energy$/i.test(key) ? numberOf(value) : null
    if (number !== null && atoms.length > 0 && energies.size < KEYS) energies.set(key, number / atoms.length)
  }
  return energies
}

/** Arrays named force or forces, or SOMETHING_forces, of three columns: the lengths of some of their rows. */
function forcesOf(atoms: Atoms): Map<string, Float64Array> {
  const forces = new Map<string, Float64Array>()
  for (const key of Object.keys(atoms.arrays)) {
    const rows = /(?:^|_)forces?$/i.test(key) ? rowsOf(atoms, key) : null
    if (!rows || forces.size >= KEYS) continue
    const count = Math.min(FORCES, atoms.length)
    forces.set(
      key,
      Float64Array.from({ length: count }, (_, k) => lengthOf(rows, Math.floor((k * atoms.length) / count))),
    )
  }
  return forces
}

function longestForce(atoms: Atoms, key: string | undefined): number | null {
  const rows = key === undefined ? null : rowsOf(atoms, key)
  if (!rows) return null
  let longest = 0
  for (let i = 0; i < atoms.length; i++) longest = Math.max(longest, lengthOf(rows, i))
  return Number.isFinite(longest) ? longest : null
}

function rowsOf(atoms: Atoms, key: string): Float64Array | null {
  const array = atoms.arrays[key]
  return array?.dtype === 'float64' && array.shape[1] === 3 && atoms.length > 0 ? array.data : null
}

function lengthOf(rows: Float64Array, row: number): number {
  return Math.hypot(rows[3 * row] ?? 0, rows[3 * row + 1] ?? 0, rows[3 * row + 2] ?? 0)
}

function kineticEnergy(atoms: Atoms): number {
  const energy = 'momenta' in atoms.arrays ? atoms.kineticEnergy() : 0
  return Number.isFinite(energy) ? energy : 0
}

/** A finite number, whole ones of 64 bits too. */
function numberOf(value: unknown): number | null {
  if (isNdArray(value)) return null
  const number = typeof value === 'bigint' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

function rounded(length: number): number {
  return Number.isFinite(length) ? Math.round(1000 * length) / 1000 : 0
}
