/**
 * What the short-range potentials share: neighbours, images, and the way from pair terms to results.
 *
 *     half list of neighbours ─► evaluate(): energy, forces on images ─► folded onto their atoms ─► Results
 *
 * A potential adds to the forces (and energies) of images without asking whose image it is. The virial needs no pair loop:
 * the sum of r ⊗ f over images, taken before folding, equals the sum over pairs, so that stress = -Σ r ⊗ f / V.
 */
import type { Atoms } from '../atoms/atoms.js'
import { determinant } from '../atoms/cell.js'
import { NeighborList } from '../atoms/neighbor-list.js'
import { RECORD } from '../atoms/periodic-images.js'
import { type Calculator, CalculatorError, PropertyError, type Results } from './calculator.js'

/** Where in an image's record its energy and its force are. */
export const ENERGY = 3
export const FORCE = 4

/** How much of the energy is wanted besides the forces: nothing, the sum, or that of each atom too. */
export type Wanted = 'forces' | 'energy' | 'energies'

/** What every short-range potential gives. */
export interface PotentialResults extends Results {
  /** eV; it can be NaN where properties without an energy were asked for. */
  energy: number
  free_energy: number
  forces: Float64Array
}

/** The part of the skin that the list of a trajectory is pruned to; see NeighborList. */
const INNER_SKIN = 0.3

/** A potential that acts within a cutoff; analytic forces and stress. */
export abstract class ShortRangePotential implements Calculator {
  /** The class's name; begins the keys of stored results. */
  abstract readonly name: string
  /** The checked options: `new (the class)(parameters)` is the same calculator. */
  abstract readonly parameters: object

  protected readonly list: NeighborList = new NeighborList(0, { half: true })
  /** The energy, eV, as an array of one: a number that a method returns or a field holds can cost an allocation. */
  protected readonly total: Float64Array = new Float64Array(1)

  /** The properties that `calculate` knows. */
  abstract readonly implementedProperties: readonly string[]
  /** The distance within which pairs are wanted, Å. */
  protected abstract cutoff(atoms: Atoms): number
  /** Å by which a list reaches further in a trajectory, where it is used for many steps. */
  protected abstract skin(): number
  /**
   * Over the pairs of `list`: sets `total`, and adds to the images' records, whose free places are zero before: the force in
   * eV/Å at FORCE, and, if energies are wanted, those in eV at ENERGY. Where only forces are wanted `total` may be NaN.
   */
  protected abstract evaluate(atoms: Atoms, wanted: Wanted): void
  /** Virials of atoms over the volume, eV/Å³, 6N; called after `evaluate` by potentials that list 'stresses'. */
  protected stresses?(volume: number): Float64Array

  /**
   * Energy (also as `free_energy`), energies and forces, and the stress of a cell with a volume; `stresses` only on request,
   * where the potential has them.
   *
   * @throws {PropertyError} for a property that it doesn't have, or the stress of a cell without a volume.
   * @throws {CalculatorError} for a configuration that it can't do.
   */
  calculate(atoms: Atoms, properties?: readonly string[], previous?: Results): PotentialResults {
    const volume = Math.abs(determinant(atoms.cell))
    if (properties) this.#check(properties, volume)
    const skin = previous ? this.skin() : 0
    this.list.configure(this.cutoff(atoms) + 1e-9, skin, INNER_SKIN * skin)
    if (previous) this.list.update(atoms)
    else this.list.build(atoms)
    const wanted = wantedOf(properties)
    const stress = volume > 0 && (!properties || properties.includes('stress'))
    const stresses = properties?.includes('stresses') ?? false
    this.total[0] = 0
    this.evaluate(atoms, wanted)
    const results = reusable(previous, atoms.length, wanted === 'energies', stress, stresses)
    this.#energy(results)
    if (wanted === 'energies') this.#energies(results)
    if (stress) this.#stress(results, volume)
    if (this.stresses && stresses) results.stresses = this.stresses(volume)
    this.#forces(results, wanted)
    return results
  }

  #check(properties: readonly string[], volume: number): void {
    for (const property of properties) {
      if (!this.implementedProperties.includes(property)) {
        throw new PropertyError(this.name, property, `it gives ${this.implementedProperties.join(', ')}`)
      }
      if (!(volume > 0) && (property === 'stress' || property === 'stresses')) {
        throw new PropertyError(this.name, property, 'the cell has no volume')
      }
    }
  }

  #energy(results: PotentialResults): void {
    results.energy = this.total[0]!
    results.free_energy = this.total[0]!
  }

  #energies(results: PotentialResults): void {
    const { count, natoms, parents, records } = this.list.images
    results.energies ??= new Float64Array(natoms)
    for (let i = 0; i < natoms; i++) results.energies[i] = records[RECORD * i + ENERGY]!
    for (let k = natoms; k < count; k++) results.energies[parents[k]!]! += records[RECORD * k + ENERGY]!
  }

  #forces({ forces }: PotentialResults, wanted: Wanted): void {
    const { count, natoms, parents, records } = this.list.images
    for (let i = 0, o = FORCE; i < natoms; i++, o += RECORD) {
      forces[3 * i] = records[o]!
      forces[3 * i + 1] = records[o + 1]!
      forces[3 * i + 2] = records[o + 2]!
    }
    for (let k = natoms, o = RECORD * natoms + FORCE; k < count; k++, o += RECORD) {
      const p = 3 * parents[k]!
      forces[p]! += records[o]!
      forces[p + 1]! += records[o + 1]!
      forces[p + 2]! += records[o + 2]!
    }
    let sum = wanted === 'forces' ? 0 : this.total[0]!
    for (let o = 0; o < 3 * natoms; o++) sum += forces[o]!
    if (!Number.isFinite(sum)) {
      throw new CalculatorError(
        this.name,
        `${this.name}: energy or forces are not finite; do two atoms sit at one place?`,
      )
    }
  }

  #stress(results: PotentialResults, volume: number): void {
    results.stress ??= new Float64Array(6)
    const stress = results.stress
    const { count, records } = this.list.images
    stress.fill(0)
    for (let o = 0; o < RECORD * count; o += RECORD) {
      const x = records[o]!
      const y = records[o + 1]!
      const z = records[o + 2]!
      const fx = records[o + 4]!
      const fy = records[o + 5]!
      const fz = records[o + 6]!
      stress[0]! -= x * fx
      stress[1]! -= y * fy
      stress[2]! -= z * fz
      stress[3]! -= 0.5 * (y * fz + z * fy)
      stress[4]! -= 0.5 * (x * fz + z * fx)
      stress[5]! -= 0.5 * (x * fy + y * fx)
    }
    for (let v = 0; v < 6; v++) stress[v]! /= volume
  }
}

function wantedOf(properties: readonly string[] | undefined): Wanted {
  if (!properties || properties.includes('energies')) return 'energies'
  return properties.includes('energy') || properties.includes('free_energy') ? 'energy' : 'forces'
}

/** `previous` itself when its arrays fit N atoms and nothing of it stays behind, else results with new arrays. */
function reusable(
  previous: Results | undefined,
  natoms: number,
  energies: boolean,
  stress: boolean,
  stresses: boolean,
): PotentialResults {
  const fits = previous?.forces?.length === 3 * natoms
  const stale = (previous?.energies && !energies) || (previous?.stress && !stress) || (previous?.stresses && !stresses)
  if (fits && !stale) return previous as PotentialResults
  return { energy: 0, free_energy: 0, forces: new Float64Array(3 * natoms) }
}
