/** A line search by backtracking with quadratic interpolation, until the energy has fallen enough (Armijo's condition). */
import type { Minimizable } from './minimizable.js'
import { dot, longestRow } from './rows.js'

/** The part of the slope's promise that the energy must keep. */
const SUFFICIENT = 0.23
const SHORTEST = 1e-10
/** Energies are sums of terms of some eV for each row: two of them are known to differ from this share of an eV a row on. */
const ROUNDING = 32 * Number.EPSILON

/**
 * Moves `target` along `direction` from `x` (where it stands) to a point that is low enough. False (and somewhere along the
 * way) when there is none: the direction leads uphill, or no step is short enough.
 *
 * @param lastEnergy the energy one step ago, from which the first length is guessed.
 * @param maxStep how far a row may move at first, Å.
 */
export async function armijoStep(
  target: Minimizable,
  x: Float64Array,
  direction: Float64Array,
  lastEnergy: number | undefined,
  maxStep: number,
): Promise<boolean> {
  const start = target.energy
  const slope = -dot(target.forces, direction)
  if (!(slope < 0) || !Number.isFinite(slope)) return false
  const unknown = ROUNDING * (Math.abs(start) + direction.length)
  let length = firstLength(direction, slope, start, lastEnergy, maxStep)
  while (length >= SHORTEST) {
    const along = length
    await target.moveTo(x.map((value, o) => value + along * direction[o]!))
    const energy = target.energy
    if (energy <= start + SUFFICIENT * length * slope + unknown) return true
    const minimum = -(slope * length) / (2 * ((energy - start) / length - slope))
    // An energy that is not a number cuts the step to a tenth.
    length = Number.isNaN(minimum) ? length / 10 : Math.max(minimum, length / 10)
  }
  return false
}

function firstLength(
  direction: Float64Array,
  slope: number,
  start: number,
  lastEnergy: number | undefined,
  maxStep: number,
): number {
  let length = lastEnergy === undefined ? 1 : (2 * (start - lastEnergy)) / slope
  if (!(length <= 2 && length >= SHORTEST)) length = 1
  const longest = length * longestRow(direction)
  if (longest >= maxStep) length *= maxStep / longest
  return Math.abs(length - 1) <= 0.5 ? 1 : length
}
