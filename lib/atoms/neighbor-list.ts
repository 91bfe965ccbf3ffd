/**
 * Neighbours within a cutoff, by linked cells: for every atom a slice of places of images (see periodic-images.ts).
 *
 *     for (let m = offsets[i]; m < offsets[i + 1]; m++) {
 *       const o = neighbors[m]                     // 3 × the image's number: its x in images.positions
 *       const dx = images.positions[o] - images.positions[3 * i]
 *     }
 *
 * Any cell, any mix of periodic directions, cells smaller than the cutoff. With a `skin` the list holds pairs up to
 * cutoff + skin and stays valid until atoms or cell have moved so far that a pair could come within the cutoff unseen.
 * All arrays are kept and only grow, so that a list in use allocates nothing. (Places instead of numbers, because the
 * multiplication in the inner loop cost a Lennard-Jones evaluation a quarter of its time.)
 */
import { LinkedCells } from './linked-cells.js'
import { ListReference } from './list-reference.js'
import { PeriodicImages, type PeriodicPoints } from './periodic-images.js'

/** How a {@link NeighborList} searches. */
export interface NeighborListOptions {
  /** Each pair once (from one of its atoms) instead of from both. Default false. */
  half?: boolean
  /** Å by which the list reaches further than the cutoff, so that it outlives small moves. Default 0: always rebuilt. */
  skin?: number
}

/** A list of neighbours that is brought up to date for one configuration after another. */
export class NeighborList {
  readonly half: boolean
  readonly images: PeriodicImages = new PeriodicImages()
  /** natoms + 1 positions in `neighbors`: atom i's are offsets[i] … offsets[i + 1] - 1. */
  offsets: Int32Array = new Int32Array(1)
  /** 3 × image numbers. Pairs may be further apart than the cutoff (by up to the skin): filter by distance. */
  neighbors: Int32Array = new Int32Array(256)
  #cutoff: number
  #skin: number
  readonly #cells = new LinkedCells()
  readonly #reference = new ListReference()

  constructor(cutoff: number, options: NeighborListOptions = {}) {
    this.#cutoff = cutoff
    this.half = options.half ?? false
    this.#skin = options.skin ?? 0
  }

  get cutoff(): number {
    return this.#cutoff
  }

  get skin(): number {
    return this.#skin
  }

  /** Changes what the list holds; the next `update` rebuilds it. */
  configure(cutoff: number, skin: number): void {
    if (cutoff === this.#cutoff && skin === this.#skin) return
    this.#cutoff = cutoff
    this.#skin = skin
    this.#reference.forget()
  }

  /** Brings list and image positions up to date. True when the list was built anew. */
  update(points: PeriodicPoints): boolean {
    if (this.#skin > 0 && this.#reference.covers(points, this.#cutoff, this.#skin)) {
      this.images.place(points)
      return false
    }
    this.build(points)
    return true
  }

  /** Builds the list from nothing, whatever was there before. */
  build(points: PeriodicPoints): void {
    const reach = this.#cutoff + this.#skin
    this.#reference.forget()
    this.images.build(points, reach)
    this.#cells.fill(this.images, reach)
    const { natoms } = this.images
    if (this.offsets.length < natoms + 1) this.offsets = new Int32Array(natoms + 1)
    this.offsets[0] = 0
    for (let i = 0; i < natoms; i++) this.#collect(i, reach)
    if (this.#skin > 0) this.#reference.remember(points)
  }

  /** Appends atom i's neighbours. */
  #collect(i: number, reach: number): void {
    const cells = this.#cells
    const { images } = this
    const { parents } = images
    const x = images.positions[3 * i]!
    const y = images.positions[3 * i + 1]!
    const z = images.positions[3 * i + 2]!
    const rows = cells.findRows(x, y, z, reach)
    const { order, positions, rowStarts, rowEnds } = cells
    const reach2 = reach * reach
    const lowest = this.half ? i : 0
    let end = this.offsets[i]!
    for (let row = 0; row < rows; row++) {
      const last = rowEnds[row]!
      this.#reserve(end + last - rowStarts[row]!)
      const { neighbors } = this
      for (let p = rowStarts[row]!; p < last; p++) {
        const dx = positions[3 * p]! - x
        const dy = positions[3 * p + 1]! - y
        const dz = positions[3 * p + 2]! - z
        if (dx * dx + dy * dy + dz * dz >= reach2) continue
        const k = order[p]!
        // A half list keeps a pair with the atom of the lower number; an atom and its own images are a case apart.
        const j = parents[k]!
        if (j < lowest || (j === i && !this.#keepsOwn(i, k))) continue
        neighbors[end++] = 3 * k
      }
    }
    this.offsets[i + 1] = end
  }

  /** Whether image k of atom i is a neighbour of it: not the atom itself, and in a half list one of two opposite images. */
  #keepsOwn(i: number, k: number): boolean {
    if (k === i) return false
    if (!this.half) return true
    const { shifts } = this.images
    for (let d = 0; d < 3; d++) {
      const difference = shifts[3 * k + d]! - shifts[3 * i + d]!
      if (difference !== 0) return difference > 0
    }
    return false
  }

  #reserve(count: number): void {
    if (count <= this.neighbors.length) return
    const longer = new Int32Array(2 * count)
    longer.set(this.neighbors)
    this.neighbors = longer
  }
}
