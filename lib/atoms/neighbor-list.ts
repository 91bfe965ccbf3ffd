/**
 * Neighbours within a cutoff, by linked cells: for every atom a slice of image numbers (see periodic-images.ts).
 *
 *     for (let m = offsets[i]; m < offsets[i + 1]; m++) {
 *       k = neighbors[m]                    // an image of atom images.parents[k]
 *       d = images.positions[k] - images.positions[i]
 *     }
 *
 * Any cell, any mix of periodic directions, cells smaller than the cutoff. With a `skin` the list holds pairs up to
 * cutoff + skin and stays valid until atoms or cell have moved so far that a pair could come within the cutoff unseen.
 * All arrays are kept and only grow, so that a list in use allocates nothing.
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
  /** Image numbers. Pairs may be further apart than the cutoff (by up to the skin): filter by distance. */
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
    for (let i = 0, end = 0; i < natoms; i++) {
      end = this.#collect(i, reach, end)
      this.offsets[i + 1] = end
    }
    if (this.#skin > 0) this.#reference.remember(points)
  }

  /** Appends atom i's neighbours from place `end` on; returns the new end. */
  #collect(i: number, reach: number, end: number): number {
    const { order, positions } = this.#cells
    const [x, y, z] = [
      this.images.positions[3 * i]!,
      this.images.positions[3 * i + 1]!,
      this.images.positions[3 * i + 2]!,
    ]
    const rows = this.#cells.findRows(x, y, z, reach)
    const reach2 = reach * reach
    for (let row = 0; row < rows; row++) {
      const last = this.#cells.rowEnds[row]!
      for (let p = this.#cells.rowStarts[row]!; p < last; p++) {
        const dx = positions[3 * p]! - x
        const dy = positions[3 * p + 1]! - y
        const dz = positions[3 * p + 2]! - z
        if (dx * dx + dy * dy + dz * dz >= reach2) continue
        const k = order[p]!
        if (k === i || (this.half && !this.#isFirst(i, k))) continue
        if (end === this.neighbors.length) this.#growNeighbors()
        this.neighbors[end++] = k
      }
    }
    return end
  }

  /** Of the two ways to see a pair, whether (i, image k) is the one that a half list keeps. */
  #isFirst(i: number, k: number): boolean {
    const { parents, shifts } = this.images
    const j = parents[k]!
    if (j !== i) return j > i
    for (let d = 0; d < 3; d++) {
      const difference = shifts[3 * k + d]! - shifts[3 * i + d]!
      if (difference !== 0) return difference > 0
    }
    return false
  }

  #growNeighbors(): void {
    const longer = new Int32Array(2 * this.neighbors.length)
    longer.set(this.neighbors)
    this.neighbors = longer
  }
}
