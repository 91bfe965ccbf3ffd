/**
 * The effective medium potential (EMT) of K. W. Jacobsen, P. Stoltze and J. K. Nørskov, Surf. Sci. 366, 394 (1996), with
 * ASE's parameters, cutoff and conventions: Al Cu Ag Au Ni Pd Pt, and H C N O "just for fun".
 *
 *     pass 1 over pairs: repulsion of each pair; density σ of each atom; what the forces need of the pair
 *     over atoms:        E(σ) and dE/dσ
 *     pass 2 over pairs: forces
 *
 * An image's record holds its energy and force, and at DENSITY first σ, then dE/dσ.
 */
import type { Atoms } from '../atoms/atoms.js'
import { symbolOf } from '../atoms/elements.js'
import { RECORD } from '../atoms/periodic-images.js'
import { checkBoolean, checkKeys } from '../base/options.js'
import { CalculatorError } from './calculator.js'
import { beta, type EmtModel, emtElements, emtModel } from './emt-parameters.js'
import { evaluateTable, pairFunctions, pairTable, TABLE_DENSITY, TABLE_POINTS, TABLE_START } from './emt-table.js'
import { ENERGY, ShortRangePotential } from './short-range-potential.js'

/** Where in an image's record its density is. */
const DENSITY = 7

/** Options of {@link EMT}. */
export interface EMTOptions {
  /** The cutoff as in the Asap code: from the largest atom that is there, not of the whole table. Default false. */
  asapCutoff?: boolean
}

/** The effective medium potential. Energy, energies, forces and stress. */
export class EMT extends ShortRangePotential {
  override readonly name = 'EMT'
  override readonly parameters: Readonly<Required<EMTOptions>>
  readonly implementedProperties: readonly string[] = ['energy', 'free_energy', 'energies', 'forces', 'stress']
  readonly #models: Map<string, EmtModel> = new Map()
  #model: EmtModel | undefined
  /** The atomic numbers that `#model` was chosen for. */
  #numbers: Int32Array = new Int32Array(0)
  /** By image: the element's index in the model. */
  #elements: Int32Array = new Int32Array(0)
  /** By pair of elements, a * count + b. */
  #tables: readonly Float64Array[] = []
  /** By pair: what the forces need, two or three numbers; zeros beyond reach. */
  #terms: Float64Array = new Float64Array(0)
  readonly #values: Float64Array = new Float64Array(6)

  /** @throws {OptionTypeError} for an option that is unknown or no boolean. */
  constructor(options: EMTOptions = {}) {
    super()
    checkKeys(options, ['asapCutoff'], 'EMT')
    this.parameters = Object.freeze({ asapCutoff: checkBoolean('asapCutoff', options.asapCutoff, false) })
  }

  protected override cutoff(atoms: Atoms): number {
    this.#model = this.#modelOf(atoms.numbers)
    return this.#model.reach
  }

  protected override skin(): number {
    return 0.5
  }

  protected override evaluate(atoms: Atoms): void {
    const model = this.#model as EmtModel
    const isPure = model.elements.length === 1
    this.#prepare(atoms, model, isPure ? 2 : 3)
    if (isPure) this.#pairTermsOfOneElement(model)
    else this.#pairTerms(model)
    this.#embed(model)
    let total = 0
    const { count, records } = this.list.images
    for (let o = ENERGY; o < RECORD * count; o += RECORD) total += records[o]!
    this.total[0] = total
    if (isPure) this.#addForcesOfOneElement()
    else this.#addForces()
  }

  /** The model of the elements that are there. It is asked for at every step of a trajectory, so the last one is kept. */
  #modelOf(numbers: Int32Array): EmtModel {
    if (this.#model && sameNumbers(this.#numbers, numbers)) return this.#model
    const present = [...new Set(numbers)].sort((a, b) => a - b)
    const key = present.join()
    const model = this.#models.get(key) ?? emtModel(present, this.parameters.asapCutoff)
    if (typeof model === 'number') {
      throw new CalculatorError(
        'EMT',
        `EMT has no parameters for ${symbolOf(model)}; it has them for ${emtElements.join(', ')}`,
      )
    }
    this.#models.set(key, model)
    this.#numbers = numbers.slice()
    const species = [...model.elements.keys()]
    this.#tables = species.flatMap((a) => species.map((b) => pairTable(model, a, b, species.length === 1 ? 2 : 3)))
    return model
  }

  #prepare(atoms: Atoms, model: EmtModel, width: 2 | 3): void {
    const { natoms, count, parents } = this.list.images
    const pairs = this.list.offsets[natoms]!
    if (this.#elements.length < count) this.#elements = new Int32Array(2 * count)
    if (this.#terms.length < width * pairs) this.#terms = new Float64Array(1.2 * width * pairs)
    for (let k = 0; k < count; k++) this.#elements[k] = model.indexOf[atoms.numbers[parents[k]!]!]!
  }

  /** Pass 1: repulsive energies, densities, and for each pair within reach what its force needs. */
  #pairTerms(model: EmtModel): void {
    const { images, offsets, neighbors } = this.list
    const { natoms, records: x } = images
    const terms = this.#terms
    const kinds = this.#elements
    const values = this.#values
    const reach2 = model.reach * model.reach
    for (let i = 0, m = 0; i < natoms; i++) {
      const at = RECORD * i
      const xi = x[at]!
      const yi = x[at + 1]!
      const zi = x[at + 2]!
      const a = kinds[i]!
      let energy = 0
      let sigma = 0
      for (const end = offsets[i + 1]!; m < end; m++) {
        const o = neighbors[m]!
        const dx = x[o]! - xi
        const dy = x[o + 1]! - yi
        const dz = x[o + 2]! - zi
        const q = dx * dx + dy * dy + dz * dz
        if (q >= reach2) {
          terms[3 * m] = terms[3 * m + 1] = terms[3 * m + 2] = 0
          continue
        }
        this.#evaluatePair(model, a, kinds[o >> 3]!, q)
        const u = values[0]!
        energy -= u
        sigma += values[2]!
        x[o + ENERGY]! -= u
        x[o + DENSITY]! += values[4]!
        terms[3 * m] = -4 * values[1]!
        terms[3 * m + 1] = 2 * values[3]!
        terms[3 * m + 2] = 2 * values[5]!
      }
      x[at + ENERGY]! += energy
      x[at + DENSITY]! += sigma
    }
  }

  /** Leaves in `#values` what {@link pairFunctions} does. */
  #evaluatePair(model: EmtModel, a: number, b: number, q: number): void {
    const values = this.#values
    const scaled = (q - TABLE_START) * TABLE_DENSITY
    if (!(scaled >= 0)) {
      pairFunctions(model, a, b, q, values)
      return
    }
    const interval = Math.floor(scaled)
    const t = scaled - interval - 0.5
    const table = this.#tables[a * model.elements.length + b]!
    const at = 3 * TABLE_POINTS * interval
    evaluateTable(table, at, t, values, 0)
    evaluateTable(table, at + TABLE_POINTS, t, values, 2)
    evaluateTable(table, at + 2 * TABLE_POINTS, t, values, 4)
    values[1]! *= TABLE_DENSITY
    values[3]! *= TABLE_DENSITY
    values[5]! *= TABLE_DENSITY
  }

  /** Pass 1 for a single element, where what two atoms do to each other is the same: two functions, and two terms. */
  #pairTermsOfOneElement(model: EmtModel): void {
    const { images, offsets, neighbors } = this.list
    const { natoms, records: x } = images
    const terms = this.#terms
    const values = this.#values
    const table = this.#tables[0]!
    const reach2 = model.reach * model.reach
    // Copies: what is imported is looked up anew at each use, which costs a tenth of this loop's time.
    const start = TABLE_START
    const density = TABLE_DENSITY
    for (let i = 0, m = 0; i < natoms; i++) {
      const at = RECORD * i
      const xi = x[at]!
      const yi = x[at + 1]!
      const zi = x[at + 2]!
      let energy = 0
      let sigma = 0
      for (const end = offsets[i + 1]!; m < end; m++) {
        const o = neighbors[m]!
        const dx = x[o]! - xi
        const dy = x[o + 1]! - yi
        const dz = x[o + 2]! - zi
        const q = dx * dx + dy * dy + dz * dz
        if (q >= reach2) {
          terms[2 * m] = terms[2 * m + 1] = 0
          continue
        }
        const scaled = (q - start) * density
        if (scaled >= 0) {
          // The mask tells the compiler that no index below overflows.
          const interval = scaled & 0xfff
          const t = scaled - interval - 0.5
          evaluateTable(table, 16 * interval, t, values, 0)
          evaluateTable(table, 16 * interval + 8, t, values, 2)
          terms[2 * m] = -4 * density * values[1]!
          terms[2 * m + 1] = 2 * density * values[3]!
        } else {
          pairFunctions(model, 0, 0, q, values)
          terms[2 * m] = -4 * values[1]!
          terms[2 * m + 1] = 2 * values[3]!
        }
        const u = values[0]!
        const s = values[2]!
        energy -= u
        sigma += s
        x[o + 3]! -= u
        x[o + 7]! += s
      }
      x[at + ENERGY]! += energy
      x[at + DENSITY]! += sigma
    }
  }

  /** Folds the densities onto the atoms; the energy of an atom in its density, and its slope for every image. */
  #embed({ elements }: EmtModel): void {
    const { natoms, count, parents, records: x } = this.list.images
    for (let k = natoms; k < count; k++) x[RECORD * parents[k]! + DENSITY]! += x[RECORD * k + DENSITY]!
    for (let i = 0, o = 0; i < natoms; i++, o += RECORD) {
      const { E0, V0, eta2, kappa, lambda } = elements[this.#elements[i]!]!
      const s = x[o + DENSITY]!
      if (s === 0) {
        x[o + ENERGY]! -= E0
        continue
      }
      const ds = -Math.log(s / 12) / (beta * eta2)
      const l = lambda * ds
      const y = Math.exp(-l)
      const z = 6 * V0 * Math.exp(-kappa * ds)
      x[o + DENSITY] = (l * y * E0 * lambda + kappa * z) / (s * beta * eta2)
      x[o + ENERGY]! += E0 * ((1 + l) * y - 1) + z
    }
    for (let k = natoms; k < count; k++) x[RECORD * k + DENSITY] = x[RECORD * parents[k]! + DENSITY]!
  }

  /** Pass 2 for a single element: a pair left two terms, of which the second is for both atoms. */
  #addForcesOfOneElement(): void {
    const { images, offsets, neighbors } = this.list
    const { natoms, records: x } = images
    const terms = this.#terms
    for (let i = 0, m = 0; i < natoms; i++) {
      const at = RECORD * i
      const xi = x[at]!
      const yi = x[at + 1]!
      const zi = x[at + 2]!
      const slope = x[at + DENSITY]!
      let fx = 0
      let fy = 0
      let fz = 0
      for (const end = offsets[i + 1]!; m < end; m++) {
        const o = neighbors[m]!
        const f = terms[2 * m]! + terms[2 * m + 1]! * (slope + x[o + 7]!)
        const gx = f * (x[o]! - xi)
        const gy = f * (x[o + 1]! - yi)
        const gz = f * (x[o + 2]! - zi)
        fx += gx
        fy += gy
        fz += gz
        x[o + 4]! -= gx
        x[o + 5]! -= gy
        x[o + 6]! -= gz
      }
      x[at + 4]! += fx
      x[at + 5]! += fy
      x[at + 6]! += fz
    }
  }

  /** Pass 2. */
  #addForces(): void {
    const { images, offsets, neighbors } = this.list
    const { natoms, records: x } = images
    const terms = this.#terms
    for (let i = 0, m = 0; i < natoms; i++) {
      const at = RECORD * i
      const slope = x[at + DENSITY]!
      for (const end = offsets[i + 1]!; m < end; m++) {
        const o = neighbors[m]!
        const f = terms[3 * m]! + terms[3 * m + 1]! * slope + terms[3 * m + 2]! * x[o + DENSITY]!
        for (let c = 0; c < 3; c++) {
          const g = f * (x[o + c]! - x[at + c]!)
          x[at + 4 + c]! += g
          x[o + 4 + c]! -= g
        }
      }
    }
  }
}

function sameNumbers(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
