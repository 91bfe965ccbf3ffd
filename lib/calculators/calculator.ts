/**
 * What a calculator is: an object that turns a configuration into energy, forces, stress and the like.
 *
 * Any object with these members will do; the shipped potentials, `AseCalculator` and `FileCalculator` are such objects.
 * Property names are ASE's, because they become keys in files ('free_energy'). Units: eV, Å; stress and stresses in eV/Å³,
 * Voigt order xx yy zz yz xz xy, positive in tension.
 */
import type { Atoms } from '../atoms/atoms.js'
import { AutoparaError } from '../base/errors.js'

/** What a calculator found. Arrays are flat; N is the number of atoms. */
export interface Results {
  /** eV. */
  energy?: number
  /** eV; the energy that the forces are the derivative of, where the two differ. */
  free_energy?: number
  /** N, eV. */
  energies?: Float64Array
  /** 3N, eV/Å. */
  forces?: Float64Array
  /** 6, eV/Å³. */
  stress?: Float64Array
  /** 6N, eV/Å³. */
  stresses?: Float64Array
  /** Whether an iterative method reached its goal. */
  converged?: boolean
  /** Whatever else: numbers, and flat arrays whose length is a multiple of N (per atom) or not (of the configuration). */
  [property: string]: number | boolean | Float64Array | undefined
}

/** Computes properties of configurations. */
export interface Calculator {
  /** The class name: what the prefix `_auto_` of `calculate` becomes ('EMT' gives `EMT_energy`). */
  readonly name: string
  /**
   * Computes `properties` of `atoms` (absent: all that it can for this configuration), without changing `atoms`. What was
   * not asked for may be among the results.
   *
   * `previous` is the result of an earlier call on the same atoms object, whose atoms or cell have moved a little since (a
   * trajectory). Its arrays may be used again for the new result, and the calculator may build on what it remembers. Without
   * it the result must not depend on earlier calls, and its arrays must be new.
   *
   * A configuration that it can't do: throw (or reject with) an error.
   */
  calculate(atoms: Atoms, properties?: readonly string[], previous?: Results): Results | Promise<Results>
  /** Ends what the calculator holds open (a process): for programs that made it themselves. A worker just ends. */
  close?(): void | Promise<void>
}

/** A configuration that a calculator can't do, or a calculator that can't be had. */
export class CalculatorError extends AutoparaError {
  override readonly name: string = 'CalculatorError'
  /** The calculator's name. */
  readonly calculator: string

  constructor(calculator: string, message: string, options?: ErrorOptions) {
    super('AUTOPARA_CALCULATOR', message, options)
    this.calculator = calculator
  }
}

/** A property that a calculator does not give, or does not give for this configuration. */
export class PropertyError extends AutoparaError {
  override readonly name = 'PropertyError'
  /** The calculator's name. */
  readonly calculator: string
  /** The property, under ASE's name. */
  readonly property: string

  constructor(calculator: string, property: string, why: string) {
    super('AUTOPARA_PROPERTY', `${calculator} can't compute '${property}': ${why}`)
    this.calculator = calculator
    this.property = property
  }
}
