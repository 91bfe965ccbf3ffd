/**
 * The neighbours of one atom within a cutoff, sorted by species: what a descriptor sums over.
 *
 *     species s: entries starts[s] … starts[s + 1] - 1 of dx, dy, dz (Å, from the centre) and distance (Å)
 *
 * The arrays are kept from atom to atom and only grow, so that nothing is allocated per neighbour.
 */
import type { Atoms } from '../../atoms/atoms.js'
import { symbolOf } from '../../atoms/elements.js'
import { NeighborList } from '../../atoms/neighbor-list.js'
import { RECORD } from '../../atoms/periodic-images.js'
import { AutoparaError } from '../../base/errors.js'

/** A configuration that a descriptor can't be computed for; the text names the reason. */
export class DescriptorError extends AutoparaError {
  override readonly name = 'DescriptorError'

  constructor(message: string) {
    super('AUTOPARA_DESCRIPTOR', message)
  }
}

/** Neighbours of one atom after another. */
export class Environment {
  readonly cutoff: number
  /** The number of species. */
  readonly speciesCount: number
  /** Where each species starts; one entry more than species. */
  readonly starts: Int32Array
  dx: Float64Array = new Float64Array(0)
  dy: Float64Array = new Float64Array(0)
  dz: Float64Array = new Float64Array(0)
  distance: Float64Array = new Float64Array(0)
  /** The species of each atom of the configuration, by its index in the list of species. */
  species: Int32Array = new Int32Array(0)
  readonly #list: NeighborList
  readonly #indexOf = new Map<number, number>()
  readonly #cursor: Int32Array
  /** The species of each neighbour, in the order of the list. */
  #which: Int32Array = new Int32Array(0)

  /** @param numbers the atomic numbers of the species, each once. */
  constructor(cutoff: number, numbers: readonly number[]) {
    this.cutoff = cutoff
    this.speciesCount = numbers.length
    this.starts = new Int32Array(numbers.length + 1)
    this.#cursor = new Int32Array(numbers.length)
    this.#list = new NeighborList(cutoff)
    for (const [index, number] of numbers.entries()) this.#indexOf.set(number, index)
  }

  /** Turns to another configuration. @throws {DescriptorError} for an atom of another species than those given. */
  enter(atoms: Atoms): void {
    const { numbers } = atoms
    if (this.species.length < numbers.length) this.species = new Int32Array(numbers.length)
    for (let i = 0; i < numbers.length; i++) {
      const index = this.#indexOf.get(numbers[i]!)
      if (index === undefined) {
        const known = [...this.#indexOf.keys()].map(symbolOf).join(', ')
        throw new DescriptorError(
          `Atom ${i} is ${symbolOf(numbers[i]!)}, but the descriptor knows the species ${known} only: add it to \`species\``,
        )
      }
      this.species[i] = index
    }
    this.#list.update(atoms)
  }

  /** Gathers the neighbours of atom `centre`. */
  gather(centre: number): void {
    const { offsets, neighbors, images } = this.#list
    const { records, parents } = images
    const { starts, species } = this
    const cursor = this.#cursor
    const first = offsets[centre]!
    const count = offsets[centre + 1]! - first
    this.#reserve(count)
    const { dx, dy, dz, distance } = this
    const which = this.#which
    starts.fill(0)
    // Places in records of eight; see NeighborList.
    for (let m = 0; m < count; m++) {
      const s = species[parents[neighbors[first + m]! >> 3]!]!
      which[m] = s
      starts[s + 1]!++
    }
    for (let s = 0; s < this.speciesCount; s++) {
      cursor[s] = starts[s]!
      starts[s + 1]! += starts[s]!
    }
    const x = records[RECORD * centre]!
    const y = records[RECORD * centre + 1]!
    const z = records[RECORD * centre + 2]!
    for (let m = 0; m < count; m++) {
      const o = neighbors[first + m]!
      const at = cursor[which[m]!]!++
      const a = records[o]! - x
      const b = records[o + 1]! - y
      const c = records[o + 2]! - z
      dx[at] = a
      dy[at] = b
      dz[at] = c
      distance[at] = Math.sqrt(a * a + b * b + c * c)
    }
  }

  #reserve(count: number): void {
    if (this.dx.length >= count) return
    const length = Math.max(64, 2 * count)
    this.dx = new Float64Array(length)
    this.dy = new Float64Array(length)
    this.dz = new Float64Array(length)
    this.distance = new Float64Array(length)
    this.#which = new Int32Array(length)
  }
}
