/** What a calculator returned, before anything is built on it: the results of users' own ones may have any form. */
import { describe } from '../base/options.js'
import { CalculatorError, type Results } from './calculator.js'

/**
 * `results`, of the calculator `name` for N atoms, when all that has a meaning here has its type and length. (Called for
 * every step of a trajectory: it reads fields by their names, and allocates nothing.)
 *
 * @throws {CalculatorError}
 */
export function checkResults(results: Results, name: string, natoms: number): Results {
  if (typeof results !== 'object' || results === null) throw wrong(name, 'results', 'an object', describe(results))
  const { energy, free_energy } = results
  if (energy !== undefined && typeof energy !== 'number') throw wrong(name, 'energy', 'a number', describe(energy))
  if (free_energy !== undefined && typeof free_energy !== 'number')
    throw wrong(name, 'free_energy', 'a number', describe(free_energy))
  checkArray(results.forces, name, 'forces', 3 * natoms)
  checkArray(results.stress, name, 'stress', 6)
  checkArray(results.energies, name, 'energies', natoms)
  checkArray(results.stresses, name, 'stresses', 6 * natoms)
  checkArray(results['charges'], name, 'charges', natoms)
  checkArray(results['magmoms'], name, 'magmoms', natoms)
  checkArray(results['dipole'], name, 'dipole', 3)
  return results
}

function checkArray(value: unknown, name: string, property: string, length: number): void {
  if (value === undefined || (value instanceof Float64Array && value.length === length)) return
  const got = value instanceof Float64Array ? `one of ${value.length}` : describe(value)
  throw wrong(name, property, `a flat Float64Array of ${length} numbers`, got)
}

function wrong(name: string, what: string, expected: string, got: string): CalculatorError {
  return new CalculatorError(name, `The \`${what}\` of ${name} must be ${expected}, got ${got}`)
}
