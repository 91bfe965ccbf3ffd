/**
 * What optimizers minimise: a function of coordinates, rows of three, with forces (minus its gradient).
 *
 * Either the atoms' positions at a fixed cell, or positions and cell together (see relaxing-cell.ts).
 */
import type { Atoms } from '../atoms/atoms.js'
import { type Calculator, CalculatorError, type Results } from '../calculators/calculator.js'
import { checkResults } from '../calculators/check-results.js'
import { longestRow } from './rows.js'

/** A point on an energy surface, and the way to other points. */
export interface Minimizable {
  /** Where it stands: 3M numbers, not to be changed. */
  readonly coordinates: Float64Array
  /** eV. */
  readonly energy: number
  /** Minus the gradient, 3M. */
  readonly forces: Float64Array
  /** Goes to `coordinates` and evaluates there. */
  moveTo(coordinates: Float64Array): Promise<void>
}

/** The atoms' positions, at a fixed cell. */
export class RelaxingAtoms implements Minimizable {
  readonly atoms: Atoms
  /** The calculator's results for the atoms as they are. */
  results: Results = {}
  readonly #calculator: Calculator
  readonly #properties: readonly string[]

  constructor(atoms: Atoms, calculator: Calculator, properties: readonly string[] = ['energy', 'forces']) {
    this.atoms = atoms
    this.#calculator = calculator
    this.#properties = properties
  }

  get coordinates(): Float64Array {
    return this.atoms.positions
  }

  get energy(): number {
    return this.results.free_energy ?? this.results.energy ?? Number.NaN
  }

  get forces(): Float64Array {
    const { forces } = this.results
    if (!forces) throw new CalculatorError(this.#calculator.name, `${this.#calculator.name} gave no forces`)
    return forces
  }

  async moveTo(coordinates: Float64Array): Promise<void> {
    this.atoms.positions.set(coordinates)
    await this.evaluate()
  }

  /** Brings `results` up to date. */
  async evaluate(): Promise<void> {
    const previous = this.results.forces ? this.results : undefined
    const results = await this.#calculator.calculate(this.atoms, this.#properties, previous)
    this.results = checkResults(results, this.#calculator.name, this.atoms.length)
  }

  /** Whether no force is longer than `fmax` (eV/Å). */
  converged(fmax: number): boolean {
    return longestRow(this.forces) < fmax
  }
}
