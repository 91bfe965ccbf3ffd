/**
 * Neighbours within a cutoff, by linked cells: for every atom a slice of places of images (see periodic-images.ts).
 *
 *     for (let m = offsets[i]; m < offsets[i + 1]; m++) {
 *       const o = neighbors[m]                     // RECORD × the image's number: its x in images.records
 *       const dx = images.records[o] - images.records[RECORD * i]
 *     }
 *
 * Any cell, any mix of periodic directions, cells smaller than the cutoff. With a `skin` the list holds pairs up to
 * cutoff + skin and stays valid until atoms or cell have moved so far that a pair could come within the cutoff unseen.
 * With an inner skin too, what is shown is pruned from that list to cutoff + inner skin whenever needed, which is a small
 * part of the cost of building one: the wide list lives long, and the pair loops see few pairs beyond the cutoff.
 * All arrays are kept and only grow, so that a list in use allocates nothing. (Places instead of numbers, because the
 * multiplication in the inner loop cost a Lennard-Jones evaluation a quarter of its time.)
 */
import { LinkedCells } from './linked-cells.js'
import { ListReference } from './list-reference.js'
import { PeriodicImages, type PeriodicPoints, RECORD } from './periodic-images.js'

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
  readonly images: PeriodicImages
  /** natoms + 1 positions in `neighbors`: atom i's are offsets[i] … offsets[i + 1] - 1. */
  offsets: Int32Array = new Int32Array(1)
  /** RECORD × image numbers. Pairs may be further apart than the cutoff (by up to the skin): filter by distance. */
  neighbors: Int32Array = new Int32Array(256)
  #cutoff: number
  #skin: number
  #innerSkin = 0
  /** All pairs within cutoff + skin, where `offsets` and `neighbors` have fewer; else the same arrays. */
  #wideOffsets: Int32Array = this.offsets
  #wideNeighbors: Int32Array = this.neighbors
  readonly #cells = new LinkedCells()
  readonly #reference = new ListReference()
  readonly #innerReference = new ListReference()

  constructor(cutoff: number, options: NeighborListOptions = {}) {
    this.#cutoff = cutoff
    this.half = options.half ?? false
    this.images = new PeriodicImages(this.half)
    this.#skin = options.skin ?? 0
  }

  get cutoff(): number {
    return this.#cutoff
  }

  get skin(): number {
    return this.#skin
  }

  /** Changes what the list holds; the next `update` rebuilds it. `innerSkin`, Å, less than `skin`; 0: no pruned list. */
  configure(cutoff: number, skin: number, innerSkin = 0): void {
    if (cutoff === this.#cutoff && skin === this.#skin && innerSkin === this.#innerSkin) return
    if (innerSkin > 0 !== this.#innerSkin > 0) {
      this.offsets = new Int32Array(1)
      this.neighbors = new Int32Array(256)
      this.#wideOffsets = innerSkin > 0 ? new Int32Array(1) : this.offsets
      this.#wideNeighbors = innerSkin > 0 ? new Int32Array(256) : this.neighbors
    }
    this.#cutoff = cutoff
    this.#skin = skin
    this.#innerSkin = innerSkin
    this.#reference.forget()
    this.#innerReference.forget()
  }

  /** Brings list and image positions up to date. True when the list was built anew. */
  update(points: PeriodicPoints): boolean {
    const inner = this.#innerSkin
    const cutoff = this.#cutoff
    if (inner > 0 && this.#innerReference.covers(points, cutoff, inner)) {
      this.images.place(points)
      return false
    }
    if (this.#skin > 0 && this.#reference.covers(points, cutoff + inner, this.#skin - inner)) {
      this.images.place(points)
      if (inner > 0) this.#prune(points)
      return false
    }
    this.build(points)
    return true
  }

  /** Builds the list from nothing, whatever was there before. */
  build(points: PeriodicPoints): void {
    const reach = this.#cutoff + this.#skin
    this.#reference.forget()
    this.#innerReference.forget()
    this.images.build(points, reach)
    this.#cells.fill(this.images, reach)
    const { natoms } = this.images
    if (this.#wideOffsets.length < natoms + 1) this.#wideOffsets = new Int32Array(natoms + 1)
    this.#wideOffsets[0] = 0
    for (let i = 0; i < natoms; i++) this.#collect(i, reach)
    if (this.#skin > 0) this.#reference.remember(points)
    if (this.#innerSkin > 0) this.#prune(points)
    else {
      this.offsets = this.#wideOffsets
      this.neighbors = this.#wideNeighbors
    }
  }

  /** Copies what is within cutoff + inner skin from the wide list. */
  #prune(points: PeriodicPoints): void {
    const wide = this.#wideNeighbors
    const wideOffsets = this.#wideOffsets
    const { natoms, records: x } = this.images
    if (this.offsets.length < natoms + 1) this.offsets = new Int32Array(natoms + 1)
    if (this.neighbors.length < wideOffsets[natoms]!) this.neighbors = new Int32Array(wide.length)
    const { offsets, neighbors } = this
    const reach2 = (this.#cutoff + this.#innerSkin) ** 2
    let end = 0
    for (let i = 0, m = 0; i < natoms; i++) {
      const xi = x[RECORD * i]!
      const yi = x[RECORD * i + 1]!
      const zi = x[RECORD * i + 2]!
      offsets[i] = end
      for (const last = wideOffsets[i + 1]!; m < last; m++) {
        const o = wide[m]!
        const dx = x[o]! - xi
        const dy = x[o + 1]! - yi
        const dz = x[o + 2]! - zi
        // Written in any case: a branch would be mispredicted for one pair in four.
        neighbors[end] = o
        end += Number(dx * dx + dy * dy + dz * dz < reach2)
      }
    }
    offsets[natoms] = end
    this.#innerReference.remember(points)
  }

  /**
   * Appends atom i's neighbours; of a half list those that are atoms of higher numbers, or ghosts (of which there is only the
   * right half). (8 is RECORD: what is imported is looked up anew at each use in an inner loop.)
   */
  #collect(i: number, reach: number): void {
    const cells = this.#cells
    const { images } = this
    const x = images.records[RECORD * i]!
    const y = images.records[RECORD * i + 1]!
    const z = images.records[RECORD * i + 2]!
    const rows = cells.findRows(x, y, z, reach)
    const { order, positions, rowStarts, rowEnds } = cells
    const reach2 = reach * reach
    const least = this.half ? i : 0
    let end = this.#wideOffsets[i]!
    for (let row = 0; row < rows; row++) {
      const last = rowEnds[row]!
      this.#reserve(end + last - rowStarts[row]!)
      const neighbors = this.#wideNeighbors
      for (let p = rowStarts[row]!; p < last; p++) {
        const dx = positions[3 * p]! - x
        const dy = positions[3 * p + 1]! - y
        const dz = positions[3 * p + 2]! - z
        const k = order[p]!
        // Written in any case: branches here would be mispredicted half of the time.
        neighbors[end] = 8 * k
        end += Number(k >= least) & Number(k !== i) & Number(dx * dx + dy * dy + dz * dz < reach2)
      }
    }
    this.#wideOffsets[i + 1] = end
  }

  #reserve(count: number): void {
    if (count <= this.#wideNeighbors.length) return
    const longer = new Int32Array(2 * count)
    longer.set(this.#wideNeighbors)
    this.#wideNeighbors = longer
  }
}
