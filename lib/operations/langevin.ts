/**
 * Langevin dynamics: E. Vanden-Eijnden, G. Ciccotti, Chem. Phys. Lett. 429, 310 (2006), equation 23, as in ASE.
 *
 * Each step draws two normal deviates a coordinate, first all ξ, then all η, in the order of the coordinates, so that with
 * the same deviates the trajectory is ASE's. The centre of mass is kept where it is. (ASE 3.22.1 shifts it the wrong way,
 * so that there all atoms drift together; nothing else depends on that.)
 */
import type { Atoms } from '../atoms/atoms.js'
import { typeError } from '../base/options.js'
import { processRng } from '../base/random.js'
import { fs, kB } from '../base/units.js'
import type { Calculator } from '../calculators/calculator.js'
import { checkNonNegative, checkPositive } from '../calculators/parameters.js'
import { Integrator, type IntegratorOptions } from './integrator.js'

/** A source of normal deviates of mean 0 and variance 1; `Rng` is one. */
export interface NormalSource {
  /** The next deviate of mean 0 and variance 1. */
  normal(): number
}

/** Options of {@link Langevin}. */
export interface LangevinOptions extends IntegratorOptions {
  /** Of the bath, K. */
  temperature: number
  /** The inverse of the friction, fs. */
  tau: number
  /** Default: this process's generator. */
  rng?: NormalSource
}

/** Langevin dynamics: constant number, volume and temperature. */
export class Langevin extends Integrator {
  /** Of the bath, K; may be changed between runs. */
  bathTemperature: number
  readonly #friction: number
  readonly #rng: NormalSource
  readonly #xi: Float64Array
  readonly #eta: Float64Array
  readonly #start: Float64Array
  readonly #velocities: Float64Array

  /** @throws {OptionTypeError | OptionRangeError} for options that are unknown or impossible. */
  constructor(atoms: Atoms, calculator: Calculator, options: LangevinOptions) {
    super(atoms, calculator, options, ['temperature', 'tau', 'rng'])
    this.bathTemperature = checkNonNegative('temperature', options.temperature, Number.NaN)
    this.#friction = 1 / (checkPositive('tau', options.tau, Number.NaN) * fs)
    this.#rng = options.rng ?? processRng()
    if (typeof this.#rng?.normal !== 'function') throw typeError('rng', 'a generator with normal()', options.rng)
    const size = 3 * atoms.length
    this.#xi = new Float64Array(size)
    this.#eta = new Float64Array(size)
    this.#start = new Float64Array(size)
    this.#velocities = new Float64Array(size)
  }

  protected override drift(forces: Float64Array): void {
    const { dt, masses, momenta } = this
    const { positions } = this.atoms
    const xi = this.#xi
    const eta = this.#eta
    const v = this.#velocities
    for (let o = 0; o < xi.length; o++) xi[o] = this.#rng.normal()
    for (let o = 0; o < eta.length; o++) eta[o] = this.#rng.normal()
    for (let o = 0; o < v.length; o++) v[o] = momenta[o]! / masses[(o / 3) | 0]!
    this.#halfStep(forces)
    this.#start.set(positions)
    for (let o = 0; o < v.length; o++) positions[o]! += dt * v[o]! + this.#noise(masses[(o / 3) | 0]!) * eta[o]!
    for (let c = 0; c < 3; c++) this.#keepCenter(positions, this.#start, c)
    for (let o = 0; o < v.length; o++) {
      v[o] = (positions[o]! - this.#start[o]! - this.#noise(masses[(o / 3) | 0]!) * eta[o]!) / dt
    }
  }

  protected override kick(forces: Float64Array): void {
    const { masses, momenta } = this
    const v = this.#velocities
    this.#halfStep(forces)
    for (let c = 0; c < 3; c++) this.#keepCenter(v, undefined, c)
    for (let o = 0; o < v.length; o++) momenta[o] = v[o]! * masses[(o / 3) | 0]!
  }

  /** v += c1 f/m - c2 v + c3 ξ - c4 η. */
  #halfStep(forces: Float64Array): void {
    const { dt, masses } = this
    const friction = this.#friction
    const v = this.#velocities
    const c1 = dt / 2 - (dt * dt * friction) / 8
    const c2 = (dt * friction) / 2 - (dt * dt * friction * friction) / 8
    for (let i = 0, o = 0; i < masses.length; i++) {
      const mass = masses[i]!
      const sigma = Math.sqrt((2 * kB * this.bathTemperature * friction) / mass)
      const c3 = (Math.sqrt(dt) * sigma) / 2 - (dt ** 1.5 * friction * sigma) / 8
      const c4 = (friction / 2) * this.#noise(mass)
      for (const end = o + 3; o < end; o++) {
        v[o]! += (c1 * forces[o]!) / mass - c2 * v[o]! + c3 * this.#xi[o]! - c4 * this.#eta[o]!
      }
    }
  }

  /** c5: what a deviate η adds to a coordinate, Å. */
  #noise(mass: number): number {
    const sigma = Math.sqrt((2 * kB * this.bathTemperature * this.#friction) / mass)
    return (this.dt ** 1.5 * sigma) / (2 * Math.sqrt(3))
  }

  /** Shifts component `c` of all rows so that their mean by mass is that of `reference` (absent: zero). */
  #keepCenter(rows: Float64Array, reference: Float64Array | undefined, c: number): void {
    const { masses } = this
    let sum = 0
    let total = 0
    for (let i = 0; i < masses.length; i++) {
      const o = 3 * i + c
      sum += masses[i]! * (rows[o]! - (reference ? reference[o]! : 0))
      total += masses[i]!
    }
    const shift = sum / total
    for (let o = c; o < rows.length; o += 3) rows[o]! -= shift
  }
}
