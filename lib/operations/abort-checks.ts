/** Reasons to end a trajectory early: it has left the region where it makes sense. */
import type { Atoms } from '../atoms/atoms.js'
import { neighborPairs } from '../atoms/neighbor-pairs.js'
import { checkKeys } from '../base/options.js'
import type { Results } from '../calculators/calculator.js'
import { checkPositive } from '../calculators/parameters.js'
import { longestRow } from './rows.js'

/** Limits of a trajectory; a position, momentum or energy that isn't finite ends it without any. */
export interface AbortLimits {
  /** The current temperature, K. */
  maxTemperature?: number
  /** The shortest distance of two atoms, Å. */
  minDistance?: number
  /** The length of a force, eV/Å. */
  maxForce?: number
  /** How far potential and kinetic energy together may be from where they began, eV an atom: an explosion. */
  maxEnergyChange?: number
}

const NONE = new Float64Array(0)
const KEYS = ['maxTemperature', 'minDistance', 'maxForce', 'maxEnergyChange'] as const

/** The checked limits. @throws {OptionTypeError | OptionRangeError} */
export function checkAbortLimits(limits: AbortLimits): AbortLimits {
  checkKeys(limits, KEYS, 'abort')
  for (const key of KEYS) if (limits[key] !== undefined) checkPositive(`abort.${key}`, limits[key], Number.NaN)
  return limits
}

/** Why a trajectory is to end, or undefined. `firstEnergy`: the total energy that it began with, eV. */
export function abortReason(
  atoms: Atoms,
  results: Results,
  limits: AbortLimits,
  firstEnergy: number,
): string | undefined {
  const energy = totalEnergy(atoms, results)
  if (!Number.isFinite(energy) || !atoms.positions.every(Number.isFinite))
    return 'positions, momenta or energy are not finite'
  const { maxTemperature, minDistance, maxForce, maxEnergyChange } = limits
  if (maxTemperature !== undefined && atoms.temperature() > maxTemperature) {
    return `the temperature is ${atoms.temperature()} K, above ${maxTemperature} K`
  }
  if (maxForce !== undefined && longestRow(results.forces ?? NONE) > maxForce) {
    return `a force is ${longestRow(results.forces ?? NONE)} eV/Å, above ${maxForce} eV/Å`
  }
  const change = Math.abs(energy - firstEnergy) / atoms.length
  if (maxEnergyChange !== undefined && change > maxEnergyChange) {
    return `the total energy changed by ${change} eV an atom, more than ${maxEnergyChange} eV`
  }
  if (minDistance !== undefined) {
    const shortest = neighborPairs(atoms, minDistance).distances.reduce(
      (a, b) => Math.min(a, b),
      Number.POSITIVE_INFINITY,
    )
    if (shortest < minDistance) return `two atoms are ${shortest} Å apart, nearer than ${minDistance} Å`
  }
  return undefined
}

/** Potential and kinetic energy, eV. */
export function totalEnergy(atoms: Atoms, results: Results): number {
  return (results.energy ?? 0) + atoms.kineticEnergy()
}
