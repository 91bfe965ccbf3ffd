/**
 * Positions and cell as one set of coordinates: the exponential cell filter.
 *
 *     cell = cell0 · F,  positions = z · F,  F = exp(U)        coordinates: z, and U times a length
 *
 * E. B. Tadmor, G. S. Smith, N. Bernstein, E. Kaxiras, Phys. Rev. B 59, 235 (1999). U stays symmetric, so that no rotation
 * is among the coordinates, and the derivative of exp is exact (in the eigenbasis of U, divided differences of e^u), as in
 * ASE's FrechetCellFilter. What is minimised is the enthalpy E + pV.
 */
import type { Atoms } from '../atoms/atoms.js'
import { cellVolume } from '../atoms/cell.js'
import { GPa } from '../base/units.js'
import { type Calculator, CalculatorError } from '../calculators/calculator.js'
import { type Minimizable, RelaxingAtoms } from './minimizable.js'
import { symmetricEigen } from './symmetric-eigen.js'

/** Row and column of the six Voigt components xx yy zz yz xz xy. */
const VOIGT: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
]

/** Atoms and cell under a pressure. */
export class RelaxingCell implements Minimizable {
  readonly coordinates: Float64Array
  readonly forces: Float64Array
  readonly #relaxing: RelaxingAtoms
  readonly #cell: Float64Array
  /** eV/Å³. */
  readonly #pressure: number
  /**
   * Å, √N: U in this unit has about the curvature of an atom's coordinate (elastic constants near 1 eV/Å³), which is what
   * optimizers assume to begin with.
   */
  readonly #scale: number
  /** e^U, and U's eigenvalues and eigenvectors. */
  #deformation: Float64Array
  #eigen: { values: Float64Array; vectors: Float64Array }

  /** @param pressure GPa. */
  constructor(atoms: Atoms, calculator: Calculator, pressure: number) {
    this.#relaxing = new RelaxingAtoms(atoms, calculator, ['energy', 'forces', 'stress'])
    this.#cell = atoms.cell.slice()
    this.#pressure = pressure * GPa
    this.#scale = Math.sqrt(atoms.length)
    this.coordinates = new Float64Array(3 * atoms.length + 9)
    this.coordinates.set(atoms.positions)
    this.forces = new Float64Array(3 * atoms.length + 9)
    this.#eigen = symmetricEigen(new Float64Array(9), 3)
    this.#deformation = this.#ofEigenvalues((u) => Math.exp(u))
  }

  get atoms(): Atoms {
    return this.#relaxing.atoms
  }

  get results(): RelaxingAtoms['results'] {
    return this.#relaxing.results
  }

  /** The enthalpy, eV. */
  get energy(): number {
    return this.#relaxing.energy + this.#pressure * cellVolume(this.atoms.cell)
  }

  async moveTo(coordinates: Float64Array): Promise<void> {
    const { atoms } = this
    const size = 3 * atoms.length
    this.coordinates.set(coordinates)
    const strain = coordinates.slice(size).map((component) => component / this.#scale)
    this.#eigen = symmetricEigen(strain, 3)
    this.#deformation = this.#ofEigenvalues((u) => Math.exp(u))
    atoms.cell.set(product(this.#cell, this.#deformation))
    atoms.positions.set(product(coordinates.subarray(0, size), this.#deformation))
    await this.evaluate()
  }

  async evaluate(): Promise<void> {
    await this.#relaxing.evaluate()
    const size = 3 * this.atoms.length
    this.forces.set(product(this.#relaxing.forces, this.#deformation))
    const cellForce = this.#cellForce()
    for (let c = 0; c < 9; c++) this.forces[size + c] = cellForce[c]! / this.#scale
  }

  /** Whether no force is longer than `fmax` (eV/Å) and no component of stress plus pressure greater than `smax` (eV/Å³). */
  converged(fmax: number, smax: number): boolean {
    const stress = this.#stress()
    const worst = stress.reduce((most, value, v) => Math.max(most, Math.abs(v < 3 ? value + this.#pressure : value)), 0)
    return this.#relaxing.converged(fmax) && worst < smax
  }

  #stress(): Float64Array {
    const { stress } = this.#relaxing.results
    if (!stress)
      throw new CalculatorError('calculator', 'The calculator gave no stress, which a relaxation of the cell needs')
    return stress
  }

  /** Minus the derivative of the enthalpy by U: with W = V (σ + p), dH = tr(F⁻¹ W dF) and dF = L(U, dU). */
  #cellForce(): Float64Array {
    const virial = new Float64Array(9)
    const volume = cellVolume(this.atoms.cell)
    for (const [v, value] of this.#stress().entries()) {
      const [r, c] = VOIGT[v]!
      virial[3 * r + c] = virial[3 * c + r] = volume * (value + (v < 3 ? this.#pressure : 0))
    }
    const { values, vectors } = this.#eigen
    const inverse = this.#ofEigenvalues((u) => Math.exp(-u))
    const naive = symmetrized(product(inverse, virial))
    const inEigenbasis = product(product(transposed(vectors), naive), vectors)
    for (let r = 0; r < 3; r++) {
      for (let c = 0; c < 3; c++) inEigenbasis[3 * r + c]! *= -dividedDifference(values[r]!, values[c]!)
    }
    return product(product(vectors, inEigenbasis), transposed(vectors))
  }

  /** Q f(u) Qᵀ. */
  #ofEigenvalues(f: (u: number) => number): Float64Array {
    const { values, vectors } = this.#eigen
    const scaled = vectors.map((component, place) => component * f(values[place % 3]!))
    return product(scaled, transposed(vectors))
  }
}

/** (e^a - e^b) / (a - b). */
function dividedDifference(a: number, b: number): number {
  const half = (a - b) / 2
  return Math.exp((a + b) / 2) * (Math.abs(half) < 1e-6 ? 1 + (half * half) / 6 : Math.sinh(half) / half)
}

/** Rows of three times a 3 × 3 matrix. */
function product(rows: Float64Array, matrix: Float64Array): Float64Array {
  const out = new Float64Array(rows.length)
  for (let o = 0; o < rows.length; o += 3) {
    for (let c = 0; c < 3; c++) {
      out[o + c] = rows[o]! * matrix[c]! + rows[o + 1]! * matrix[3 + c]! + rows[o + 2]! * matrix[6 + c]!
    }
  }
  return out
}

function transposed(m: Float64Array): Float64Array {
  return m.map((_, place) => m[3 * (place % 3) + Math.floor(place / 3)]!)
}

function symmetrized(m: Float64Array): Float64Array {
  const t = transposed(m)
  return m.map((component, place) => (component + t[place]!) / 2)
}
