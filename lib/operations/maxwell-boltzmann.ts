/** Momenta of a given temperature: the start of a trajectory, as ASE's MaxwellBoltzmannDistribution and Stationary do it. */
import type { Atoms } from '../atoms/atoms.js'
import { kB } from '../base/units.js'
import { momentaOf, twiceKineticEnergy } from './integrator.js'
import type { NormalSource } from './langevin.js'

/**
 * Draws momenta from the Maxwell–Boltzmann distribution, one normal deviate a coordinate in their order, then scales them to
 * exactly `temperature` (K), takes out the motion of the centre of mass, and scales again.
 *
 * A single atom, whose only motion is that of the centre of mass, is left at rest.
 */
export function setMaxwellBoltzmann(atoms: Atoms, temperature: number, rng: NormalSource): void {
  const momenta = momentaOf(atoms)
  const { masses } = atoms
  for (let o = 0; o < momenta.length; o++)
    momenta[o] = rng.normal() * Math.sqrt(masses[(o / 3) | 0]! * kB * temperature)
  forceTemperature(momenta, masses, temperature)
  stopCenterOfMass(momenta, masses)
  if (atoms.length > 1) forceTemperature(momenta, masses, temperature)
  else momenta.fill(0)
}

function forceTemperature(momenta: Float64Array, masses: Float64Array, temperature: number): void {
  const current = twiceKineticEnergy(momenta, masses) / (3 * masses.length * kB)
  const factor = current > 0 ? Math.sqrt(temperature / current) : 0
  for (let o = 0; o < momenta.length; o++) momenta[o]! *= factor
}

function stopCenterOfMass(momenta: Float64Array, masses: Float64Array): void {
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  for (let c = 0; c < 3; c++) {
    let sum = 0
    for (let o = c; o < momenta.length; o += 3) sum += momenta[o]!
    for (let o = c; o < momenta.length; o += 3) momenta[o]! -= (sum / total) * masses[(o / 3) | 0]!
  }
}
