/**
 * The effective medium potential (EMT) of K. W. Jacobsen, P. Stoltze and J. K. Nørskov, Surf. Sci. 366, 394 (1996), with
 * ASE's parameters, cutoff and conventions: Al Cu Ag Au Ni Pd Pt, and H C N O "just for fun".
 *
 *     pass 1 over pairs: repulsion of each pair; density σ of each atom
 *     over atoms:        E(σ) and dE/dσ
 *     pass 2 over pairs: forces, from three numbers that pass 1 left for each pair
 */
import type { Atoms } from '../atoms/atoms.js'
import { symbolOf } from '../atoms/elements.js'
import { checkBoolean, checkKeys } from '../base/options.js'
import { CalculatorError } from './calculator.js'
import { beta, type EmtModel, emtElements, emtModel } from './emt-parameters.js'
import { exponential } from './exponential.js'
import { ShortRangePotential } from './short-range-potential.js'

/** Options of {@link EMT}. */
export interface EMTOptions {
  /** The cutoff as in the Asap code: from the largest atom that is there, not of the whole table. Default false. */
  asapCutoff?: boolean
}

/** The effective medium potential. Energy, energies, forces and stress. */
export class EMT extends ShortRangePotential {
  override readonly name = 'EMT'
  override readonly parameters: Readonly<Required<EMTOptions>>
  protected override readonly properties: readonly string[] = ['energy', 'free_energy', 'energies', 'forces', 'stress']
  readonly #models: Map<string, EmtModel> = new Map()
  #model: EmtModel | undefined
  /** The atomic numbers that `#model` was chosen for. */
  #numbers: Int32Array = new Int32Array(0)
  /** By image: the element's index, the density σ, dE/dσ. */
  #elements: Int32Array = new Int32Array(0)
  #density: Float64Array = new Float64Array(0)
  #slope: Float64Array = new Float64Array(0)
  /** By pair within reach: the image's place (3 × its number), and what the forces need. */
  #ends: Int32Array = new Int32Array(0)
  #near: Int32Array = new Int32Array(0)
  #terms: Float64Array = new Float64Array(0)

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
    this.#prepare(atoms, model)
    const isPure = model.elements.length === 1
    if (isPure) this.#pairTermsOfOneElement(model)
    else this.#pairTerms(model)
    this.#embed(model)
    let total = 0
    for (let k = 0; k < this.list.images.count; k++) total += this.imageEnergies[k]!
    this.total[0] = total
    this.#addForces(isPure ? 2 : 3)
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
    return model
  }

  #prepare(atoms: Atoms, model: EmtModel): void {
    const { natoms, count, parents } = this.list.images
    const pairs = this.list.offsets[natoms]!
    if (this.#density.length < count) {
      this.#elements = new Int32Array(count)
      this.#density = new Float64Array(count)
      this.#slope = new Float64Array(count)
    }
    if (this.#near.length < pairs) {
      this.#near = new Int32Array(pairs)
      this.#terms = new Float64Array(3 * pairs)
    }
    if (this.#ends.length < natoms) this.#ends = new Int32Array(natoms)
    for (let k = 0; k < count; k++) this.#elements[k] = model.indexOf[atoms.numbers[parents[k]!]!]!
    this.#density.fill(0, 0, count)
  }

  /** Pass 1: repulsive energies, densities, and for each pair within reach what its force needs. */
  #pairTerms(model: EmtModel): void {
    const { rc, cutSlope, reach, elements, radius, kappa, eta2, repulsion, density } = model
    const { images, offsets, neighbors } = this.list
    const { natoms, positions: x } = images
    const energies = this.imageEnergies
    const near = this.#near
    const terms = this.#terms
    const kinds = this.#elements
    const sigma = this.#density
    const reach2 = reach * reach
    const types = elements.length
    let pairs = 0
    for (let i = 0, m = 0; i < natoms; i++) {
      const xi = x[3 * i]!
      const yi = x[3 * i + 1]!
      const zi = x[3 * i + 2]!
      const a = kinds[i]!
      let energy = 0
      let sigmaOfI = 0
      for (const end = offsets[i + 1]!; m < end; m++) {
        const o = neighbors[m]!
        const dx = x[o]! - xi
        const dy = x[o + 1]! - yi
        const dz = x[o + 2]! - zi
        const r2 = dx * dx + dy * dy + dz * dz
        if (r2 >= reach2) continue
        const k = (o / 3) | 0
        const b = kinds[k]!
        const r = Math.sqrt(r2)
        const cut = exponential(cutSlope * (r - rc))
        const theta = 1 / (1 + cut)
        const y1 = repulsion[a * types + b]! * exponential(-kappa[b]! * (r / beta - radius[b]!)) * theta
        const s1 = density[a * types + b]! * exponential(-eta2[b]! * (r - beta * radius[b]!)) * theta
        let y2 = y1
        let s2 = s1
        if (a !== b) {
          y2 = repulsion[b * types + a]! * exponential(-kappa[a]! * (r / beta - radius[a]!)) * theta
          s2 = density[b * types + a]! * exponential(-eta2[a]! * (r - beta * radius[a]!)) * theta
        }
        const fall = cutSlope * theta * cut
        const inverse = 1 / r
        energy -= 0.5 * (y1 + y2)
        energies[k]! -= 0.5 * (y1 + y2)
        sigmaOfI += s1
        sigma[k]! += s2
        near[pairs] = o
        terms[3 * pairs] = ((y1 * kappa[b]! + y2 * kappa[a]!) / beta + (y1 + y2) * fall) * inverse
        terms[3 * pairs + 1] = s1 * (eta2[b]! + fall) * inverse
        terms[3 * pairs + 2] = s2 * (eta2[a]! + fall) * inverse
        pairs++
      }
      energies[i]! += energy
      sigma[i]! += sigmaOfI
      this.#ends[i] = pairs
    }
  }

  /** Pass 1 for a single element, where what two atoms do to each other is the same: half of the exponentials and terms. */
  #pairTermsOfOneElement(model: EmtModel): void {
    const { rc, cutSlope, reach } = model
    const radius = model.radius[0]!
    const kappa = model.kappa[0]!
    const eta2 = model.eta2[0]!
    const repulsion = model.repulsion[0]!
    const density = model.density[0]!
    const { images, offsets, neighbors } = this.list
    const { natoms, positions: x } = images
    const energies = this.imageEnergies
    const near = this.#near
    const terms = this.#terms
    const sigma = this.#density
    const reach2 = reach * reach
    let pairs = 0
    for (let i = 0, m = 0; i < natoms; i++) {
      const xi = x[3 * i]!
      const yi = x[3 * i + 1]!
      const zi = x[3 * i + 2]!
      let energy = 0
      let sigmaOfI = 0
      for (const end = offsets[i + 1]!; m < end; m++) {
        const o = neighbors[m]!
        const dx = x[o]! - xi
        const dy = x[o + 1]! - yi
        const dz = x[o + 2]! - zi
        const r2 = dx * dx + dy * dy + dz * dz
        if (r2 >= reach2) continue
        const k = (o / 3) | 0
        const r = Math.sqrt(r2)
        const inverse = 1 / r
        const cut = exponential(cutSlope * (r - rc))
        const theta = 1 / (1 + cut)
        const fall = cutSlope * theta * cut
        const y = repulsion * exponential(-kappa * (r / beta - radius)) * theta
        const s = density * exponential(-eta2 * (r - beta * radius)) * theta
        energy -= y
        energies[k]! -= y
        sigmaOfI += s
        sigma[k]! += s
        near[pairs] = o
        terms[2 * pairs] = 2 * y * (kappa / beta + fall) * inverse
        terms[2 * pairs + 1] = s * (eta2 + fall) * inverse
        pairs++
      }
      energies[i]! += energy
      sigma[i]! += sigmaOfI
      this.#ends[i] = pairs
    }
  }

  /** Folds the densities onto the atoms; the energy of an atom in its density, and its slope for every image. */
  #embed({ elements }: EmtModel): void {
    const { natoms, count, parents } = this.list.images
    const sigma = this.#density
    for (let k = natoms; k < count; k++) sigma[parents[k]!]! += sigma[k]!
    for (let i = 0; i < natoms; i++) {
      const { E0, V0, eta2, kappa, lambda } = elements[this.#elements[i]!]!
      const s = sigma[i]!
      if (s === 0) {
        this.#slope[i] = 0
        this.imageEnergies[i]! -= E0
        continue
      }
      const ds = -Math.log(s / 12) / (beta * eta2)
      const x = lambda * ds
      const y = Math.exp(-x)
      const z = 6 * V0 * Math.exp(-kappa * ds)
      this.#slope[i] = (x * y * E0 * lambda + kappa * z) / (s * beta * eta2)
      this.imageEnergies[i]! += E0 * ((1 + x) * y - 1) + z
    }
    for (let k = natoms; k < count; k++) this.#slope[k] = this.#slope[parents[k]!]!
  }

  /** Pass 2. A pair left `width` terms; of two the second is for both atoms. */
  #addForces(width: 2 | 3): void {
    const { natoms, positions: x } = this.list.images
    const forces = this.imageForces
    const near = this.#near
    const terms = this.#terms
    const slope = this.#slope
    for (let i = 0, p = 0; i < natoms; i++) {
      const xi = x[3 * i]!
      const yi = x[3 * i + 1]!
      const zi = x[3 * i + 2]!
      const own = slope[i]!
      let fx = 0
      let fy = 0
      let fz = 0
      for (const end = this.#ends[i]!; p < end; p++) {
        const o = near[p]!
        const t = width * p
        const f = terms[t]! - terms[t + 1]! * own - terms[t + width - 1]! * slope[(o / 3) | 0]!
        const gx = f * (x[o]! - xi)
        const gy = f * (x[o + 1]! - yi)
        const gz = f * (x[o + 2]! - zi)
        fx += gx
        fy += gy
        fz += gz
        forces[o]! -= gx
        forces[o + 1]! -= gy
        forces[o + 2]! -= gz
      }
      forces[3 * i]! += fx
      forces[3 * i + 1]! += fy
      forces[3 * i + 2]! += fz
    }
  }
}

function sameNumbers(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
