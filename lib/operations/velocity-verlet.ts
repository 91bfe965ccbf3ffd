/** Molecular dynamics at constant energy: the velocity Verlet integrator. */
import type { Atoms } from '../atoms/atoms.js'
import type { Calculator } from '../calculators/calculator.js'
import { Integrator, type IntegratorOptions } from './integrator.js'

/** Velocity Verlet: constant number, volume and energy. */
export class VelocityVerlet extends Integrator {
  /** @throws {OptionTypeError | OptionRangeError} for options that are unknown or impossible. */
  constructor(atoms: Atoms, calculator: Calculator, options: IntegratorOptions, known: readonly string[] = []) {
    super(atoms, calculator, options, known)
  }

  protected override drift(forces: Float64Array): void {
    this.kick(forces)
    const { momenta, masses, dt } = this
    const { positions } = this.atoms
    for (let i = 0, o = 0; i < masses.length; i++, o += 3) {
      const scale = masses[i]!
      positions[o]! += (dt * momenta[o]!) / scale
      positions[o + 1]! += (dt * momenta[o + 1]!) / scale
      positions[o + 2]! += (dt * momenta[o + 2]!) / scale
    }
  }

  protected override kick(forces: Float64Array): void {
    const { momenta } = this
    const half = 0.5 * this.dt
    for (let o = 0; o < momenta.length; o++) momenta[o]! += half * forces[o]!
  }
}
