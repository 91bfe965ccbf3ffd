/**
 * Images sorted into a grid of bins, over the box that neighbours of the atoms can be in.
 *
 * The grid is Cartesian whatever the cell. Bins are about half a reach wide; the bins of a row along x follow each other,
 * so the images near a point are a few contiguous ranges of `order` (and of `positions`, copied in that order).
 */
import type { PeriodicImages } from './periodic-images.js'

/** Bins of images, filled anew for each list; the arrays are kept and only grow. */
export class LinkedCells {
  /** Image numbers, bin after bin. */
  order: Int32Array = new Int32Array(0)
  /** The images' positions in that order, 3 each. */
  positions: Float64Array = new Float64Array(0)
  /** What `findRows` found: ranges of `order`. */
  rowStarts: Int32Array = new Int32Array(64)
  rowEnds: Int32Array = new Int32Array(64)
  #binOf: Int32Array = new Int32Array(0)
  #starts: Int32Array = new Int32Array(2)
  #cursors: Int32Array = new Int32Array(2)
  readonly #low: Float64Array = new Float64Array(3)
  readonly #width: Float64Array = new Float64Array(3)
  readonly #bins: Int32Array = new Int32Array(3)

  /** Sorts the images that can be within `reach` of an atom. */
  fill(images: PeriodicImages, reach: number): void {
    const { count, positions } = images
    this.#layOut(images, reach)
    this.#reserve(count)
    const starts = this.#starts
    const total = this.#bins[0]! * this.#bins[1]! * this.#bins[2]!
    starts.fill(0, 0, total + 1)
    for (let k = 0; k < count; k++) {
      const bin = this.#bin(positions[3 * k]!, positions[3 * k + 1]!, positions[3 * k + 2]!)
      this.#binOf[k] = bin
      if (bin >= 0) starts[bin + 1]!++
    }
    for (let b = 0; b < total; b++) {
      starts[b + 1]! += starts[b]!
      this.#cursors[b] = starts[b]!
    }
    for (let k = 0; k < count; k++) {
      const bin = this.#binOf[k]!
      if (bin < 0) continue
      const place = this.#cursors[bin]!++
      this.order[place] = k
      this.positions[3 * place] = positions[3 * k]!
      this.positions[3 * place + 1] = positions[3 * k + 1]!
      this.positions[3 * place + 2] = positions[3 * k + 2]!
    }
  }

  /** Leaves in `rowStarts` and `rowEnds` the ranges that hold every image within `reach` of a point; returns how many. */
  findRows(x: number, y: number, z: number, reach: number): number {
    const [ny, nz] = [this.#bins[1]!, this.#bins[2]!]
    const firstZ = this.#index(2, z - reach)
    const lastZ = this.#index(2, z + reach)
    const firstY = this.#index(1, y - reach)
    const lastY = this.#index(1, y + reach)
    if ((lastZ - firstZ + 1) * (lastY - firstY + 1) > this.rowStarts.length) {
      this.rowStarts = new Int32Array(ny * nz)
      this.rowEnds = new Int32Array(ny * nz)
    }
    let rows = 0
    for (let bz = firstZ; bz <= lastZ; bz++) {
      const dz = this.#distanceToBin(2, bz, z)
      for (let by = firstY; by <= lastY; by++) {
        const dy = this.#distanceToBin(1, by, y)
        const left = reach * reach - dy * dy - dz * dz
        if (left < 0) continue
        const half = Math.sqrt(left)
        const row = this.#bins[0]! * (by + ny * bz)
        this.rowStarts[rows] = this.#starts[row + this.#index(0, x - half)]!
        this.rowEnds[rows] = this.#starts[row + this.#index(0, x + half) + 1]!
        rows++
      }
    }
    return rows
  }

  /** Chooses the box and the bins: half a reach wide, wider where that would make far more bins than images. */
  #layOut({ positions, natoms, count }: PeriodicImages, reach: number): void {
    let volume = 1
    for (let d = 0; d < 3; d++) {
      let low = positions[d] ?? 0
      let high = low
      for (let o = d; o < 3 * natoms; o += 3) {
        if (positions[o]! < low) low = positions[o]!
        if (positions[o]! > high) high = positions[o]!
      }
      this.#low[d] = low - reach
      this.#width[d] = high - low + 2 * reach
      volume *= this.#width[d]!
    }
    const side = Math.max(reach / 2, Math.cbrt(volume / (4 * count + 64)))
    for (let d = 0; d < 3; d++) {
      const bins = Math.max(1, Math.min(2 ** 9, Math.floor(this.#width[d]! / side)))
      this.#bins[d] = bins
      this.#width[d]! /= bins
    }
  }

  /** The bin of a point, or -1 outside the box. */
  #bin(x: number, y: number, z: number): number {
    const [nx, ny, nz] = [this.#bins[0]!, this.#bins[1]!, this.#bins[2]!]
    const bx = Math.floor((x - this.#low[0]!) / this.#width[0]!)
    const by = Math.floor((y - this.#low[1]!) / this.#width[1]!)
    const bz = Math.floor((z - this.#low[2]!) / this.#width[2]!)
    if (bx < 0 || by < 0 || bz < 0 || bx > nx || by > ny || bz > nz) return -1
    return Math.min(bx, nx - 1) + nx * (Math.min(by, ny - 1) + ny * Math.min(bz, nz - 1))
  }

  /** The bin along direction `d` of a coordinate, clamped to the box. */
  #index(d: number, coordinate: number): number {
    const bin = Math.floor((coordinate - this.#low[d]!) / this.#width[d]!)
    return bin < 0 ? 0 : Math.min(bin, this.#bins[d]! - 1)
  }

  /** How far a coordinate is from bin `b` of direction `d` (0 inside). A hair less, so that rounding loses no pair. */
  #distanceToBin(d: number, b: number, coordinate: number): number {
    const low = this.#low[d]! + b * this.#width[d]!
    const distance = coordinate < low ? low - coordinate : coordinate - low - this.#width[d]!
    return distance <= 0 ? 0 : distance * (1 - 1e-9)
  }

  #reserve(count: number): void {
    const total = this.#bins[0]! * this.#bins[1]! * this.#bins[2]!
    if (this.#starts.length <= total) {
      this.#starts = new Int32Array(total + 1)
      this.#cursors = new Int32Array(total + 1)
    }
    if (this.order.length >= count) return
    this.order = new Int32Array(count)
    this.#binOf = new Int32Array(count)
    this.positions = new Float64Array(3 * count)
  }
}
