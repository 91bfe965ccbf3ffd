/**
 * Weak coupling to a bath of temperature, and of pressure: H. J. C. Berendsen et al., J. Chem. Phys. 81, 3684 (1984), in
 * the order of operations of ASE's NVTBerendsen and NPTBerendsen. The centre of mass is kept at rest.
 */
import type { Atoms } from '../atoms/atoms.js'
import { cellVolume } from '../atoms/cell.js'
import { fs, GPa } from '../base/units.js'
import { type Calculator, CalculatorError } from '../calculators/calculator.js'
import { checkFinite, checkNonNegative, checkPositive } from '../calculators/parameters.js'
import { type IntegratorOptions, twiceKineticEnergy } from './integrator.js'
import { VelocityVerlet } from './velocity-verlet.js'

/** Options of {@link BerendsenNVT}. */
export interface BerendsenNVTOptions extends IntegratorOptions {
  /** Of the bath, K. */
  temperature: number
  /** The time constant of the coupling, fs. */
  tau: number
}

/** Velocity Verlet with momenta scaled towards a temperature at the start of each step, by at most 10 %. */
export class BerendsenNVT extends VelocityVerlet {
  /** Of the bath, K; may be changed between runs. */
  bathTemperature: number
  readonly #tau: number

  constructor(atoms: Atoms, calculator: Calculator, options: BerendsenNVTOptions, known: readonly string[] = []) {
    super(atoms, calculator, options, ['temperature', 'tau', ...known])
    this.bathTemperature = checkNonNegative('temperature', options.temperature, Number.NaN)
    this.#tau = checkPositive('tau', options.tau, Number.NaN) * fs
  }

  protected override prepare(): boolean {
    this.#scaleMomenta()
    return false
  }

  protected override drift(forces: Float64Array): void {
    const { momenta } = this
    const half = 0.5 * this.dt
    for (let o = 0; o < momenta.length; o++) momenta[o]! += half * forces[o]!
    this.#stopDrift()
    const { masses, dt } = this
    const { positions } = this.atoms
    for (let o = 0; o < momenta.length; o++) positions[o]! += (dt * momenta[o]!) / masses[(o / 3) | 0]!
  }

  #scaleMomenta(): void {
    const { momenta } = this
    const strength = this.dt / this.#tau
    // Below zero when dt is longer than tau and the atoms are too hot.
    const factor = Math.sqrt(Math.max(0, 1 + (this.bathTemperature / this.temperature() - 1) * strength))
    const limited = Math.min(1.1, Math.max(0.9, factor))
    // Atoms at rest have no temperature to scale.
    if (Number.isNaN(limited)) return
    for (let o = 0; o < momenta.length; o++) momenta[o]! *= limited
  }

  /** Takes the mean momentum from each atom (ASE's choice; the mean velocity would differ for unequal masses). */
  #stopDrift(): void {
    const { momenta } = this
    const natoms = this.masses.length
    for (let c = 0; c < 3; c++) {
      let sum = 0
      for (let o = c; o < momenta.length; o += 3) sum += momenta[o]!
      const mean = sum / natoms
      for (let o = c; o < momenta.length; o += 3) momenta[o]! -= mean
    }
  }
}

/** Options of {@link BerendsenNPT}. */
export interface BerendsenNPTOptions extends BerendsenNVTOptions {
  /** Of the bath, GPa. */
  pressure: number
  /** The time constant of the pressure coupling, fs. */
  pressureTau: number
  /** Of the material, 1/GPa: with it a pressure difference becomes a change of volume. */
  compressibility: number
}

/** {@link BerendsenNVT}, and cell and positions scaled towards a pressure; the cell keeps its shape. */
export class BerendsenNPT extends BerendsenNVT {
  protected override readonly properties: readonly string[] = ['energy', 'forces', 'stress']
  protected override readonly needed: readonly string[] = ['forces', 'stress']
  readonly #pressure: number
  /** compressibility dt / (3 tau), Å³/eV. */
  readonly #strength: number

  constructor(atoms: Atoms, calculator: Calculator, options: BerendsenNPTOptions) {
    super(atoms, calculator, options, ['pressure', 'pressureTau', 'compressibility'])
    this.#pressure = checkFinite('pressure', options.pressure, Number.NaN, 'a number, GPa') * GPa
    const tau = checkPositive('pressureTau', options.pressureTau, Number.NaN) * fs
    const compressibility = checkPositive('compressibility', options.compressibility, Number.NaN) / GPa
    this.#strength = ((this.dt / tau) * compressibility) / 3
  }

  protected override prepare(): boolean {
    super.prepare()
    const factor = 1 - this.#strength * (this.#pressure - this.#currentPressure())
    const { cell, positions } = this.atoms
    for (let c = 0; c < 9; c++) cell[c]! *= factor
    for (let o = 0; o < positions.length; o++) positions[o]! *= factor
    return true
  }

  /** Of forces and of motion, eV/Å³. */
  #currentPressure(): number {
    const stress = this.results?.stress
    if (!stress) throw new CalculatorError(this.calculator.name, `${this.calculator.name} gave no stress`)
    const ideal = twiceKineticEnergy(this.momenta, this.masses) / cellVolume(this.atoms.cell)
    return (ideal - stress[0]! - stress[1]! - stress[2]!) / 3
  }
}
