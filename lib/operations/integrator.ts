/**
 * What the molecular-dynamics integrators share: the state, and the order of a step.
 *
 *     prepare()  (thermostat, barostat: may change the cell)  ─► forces again, if it says so
 *     drift(f)   first half of the momenta, all of the move   ─► forces
 *     kick(f)    second half of the momenta
 *
 * Units inside: eV, Å, u, and so time in Å·sqrt(u/eV); options and methods speak fs, K and GPa. Momenta stand in
 * `atoms.arrays.momenta` and are changed there. The energy, which moves nothing, is asked for in the last step of a run. A step with a calculator that does not return promises awaits nothing and,
 * once its arrays have their sizes, allocates nothing.
 */
import type { Atoms } from '../atoms/atoms.js'
import { checkKeys } from '../base/options.js'
import { fs, kB } from '../base/units.js'
import { type Calculator, CalculatorError, type Results } from '../calculators/calculator.js'
import { checkResults } from '../calculators/check-results.js'
import { checkPositive } from '../calculators/parameters.js'

/** Options of every integrator. */
export interface IntegratorOptions {
  /** The time step, fs. */
  dt: number
}

/** Moves the atoms of one configuration through time. */
export abstract class Integrator {
  /** The configuration that is moved in place. */
  readonly atoms: Atoms
  /** What gives the forces. */
  readonly calculator: Calculator
  /** Energy and forces (and stress, where the integrator needs it) of the atoms as they are now; undefined before a run. */
  results: Results | undefined
  /** Å·sqrt(u/eV). */
  protected readonly dt: number
  protected readonly masses: Float64Array
  /** The data of `atoms.arrays.momenta`. */
  protected momenta: Float64Array
  /** What is asked of the calculator after the last step of a run, and what the steps themselves need. */
  protected readonly properties: readonly string[] = ['energy', 'forces']
  protected readonly needed: readonly string[] = ['forces']
  #steps = 0

  constructor(atoms: Atoms, calculator: Calculator, options: IntegratorOptions, known: readonly string[]) {
    checkKeys(options, ['dt', ...known], new.target.name)
    this.atoms = atoms
    this.calculator = calculator
    this.dt = checkPositive('dt', options.dt, Number.NaN) * fs
    this.masses = atoms.masses
    this.momenta = momentaOf(atoms)
  }

  /** Steps done so far. */
  get steps(): number {
    return this.#steps
  }

  /** Does `steps` time steps. Rejects with the calculator's error; the atoms are then where it failed. */
  async run(steps: number): Promise<void> {
    this.momenta = momentaOf(this.atoms)
    if (!this.results) {
      const first = this.calculator.calculate(this.atoms, this.properties)
      this.results = this.#checked(first instanceof Promise ? await first : first)
    }
    for (let s = 0; s < steps; s++) {
      if (this.prepare()) {
        const renewed = this.evaluate(this.needed)
        if (renewed) await renewed
      }
      this.drift(this.#forces())
      const moved = this.evaluate(s === steps - 1 ? this.properties : this.needed)
      if (moved) await moved
      this.kick(this.#forces())
      this.#steps++
    }
  }

  /** The temperature of 3N degrees of freedom, K. */
  temperature(): number {
    return twiceKineticEnergy(this.momenta, this.masses) / (3 * this.masses.length * kB)
  }

  /** Thermostat and barostat. True when positions or cell changed. */
  protected prepare(): boolean {
    return false
  }

  /** The first half of a step: moves the atoms. */
  protected abstract drift(forces: Float64Array): void
  /** The second half: forces are those of the new positions. */
  protected abstract kick(forces: Float64Array): void

  /** Brings `results` up to date. A promise only where the calculator gives one. */
  protected evaluate(properties: readonly string[]): Promise<void> | undefined {
    const results = this.calculator.calculate(this.atoms, properties, this.results)
    if (results instanceof Promise) return this.#store(results)
    this.results = this.#checked(results)
    return undefined
  }

  async #store(results: Promise<Results>): Promise<void> {
    this.results = this.#checked(await results)
  }

  #checked(results: Results): Results {
    return checkResults(results, this.calculator.name, this.atoms.length)
  }

  #forces(): Float64Array {
    const forces = this.results?.forces
    if (!forces) throw new CalculatorError(this.calculator.name, `${this.calculator.name} gave no forces`)
    return forces
  }
}

/** Σ p²/m over all coordinates. */
export function twiceKineticEnergy(momenta: Float64Array, masses: Float64Array): number {
  let sum = 0
  for (let i = 0, o = 0; i < masses.length; i++, o += 3) {
    const px = momenta[o]!
    const py = momenta[o + 1]!
    const pz = momenta[o + 2]!
    sum += (px * px + py * py + pz * pz) / masses[i]!
  }
  return sum
}

/** The momenta of `atoms` for changing in place, made zero where there are none. */
export function momentaOf(atoms: Atoms): Float64Array {
  const own = atoms.arrays['momenta']
  if (own?.dtype === 'float64' && own.data.length === 3 * atoms.length) return own.data
  const copy = atoms.momenta
  atoms.momenta = copy
  return (atoms.arrays['momenta'] as { data: Float64Array }).data
}
