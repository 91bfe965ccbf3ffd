/**
 * Images sorted into a grid of bins, over the box that neighbours of the atoms can be in.
 *
 * The grid is Cartesian whatever the cell. Bins are about half a reach wide; the bins of a row along x follow each other,
 * so the images near a point are a few contiguous ranges of `order` (and of `positions`, copied in that order).
 */
import { type PeriodicImages, RECORD } from './periodic-images.js'

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
  readonly #perWidth: Float64Array = new Float64Array(3)
  readonly #bins: Int32Array = new Int32Array(3)

  /** Sorts the images that can be within `reach` of an atom. */
  fill(images: PeriodicImages, reach: number): void {
    const { count, records } = images
    this.#layOut(images, reach)
    this.#reserve(count)
    const starts = this.#starts
    const binOf = this.#binOf
    const cursors = this.#cursors
    const total = this.#bins[0]! * this.#bins[1]! * this.#bins[2]!
    starts.fill(0, 0, total + 1)
    this.#assignBins(records, count)
    for (let k = 0; k < count; k++) if (binOf[k]! >= 0) starts[binOf[k]! + 1]!++
    for (let b = 0; b < total; b++) {
      starts[b + 1]! += starts[b]!
      cursors[b] = starts[b]!
    }
    for (let k = 0; k < count; k++) {
      const bin = binOf[k]!
      if (bin < 0) continue
      const place = cursors[bin]!++
      this.order[place] = k
      this.positions[3 * place] = records[RECORD * k]!
      this.positions[3 * place + 1] = records[RECORD * k + 1]!
      this.positions[3 * place + 2] = records[RECORD * k + 2]!
    }
  }

  /** Leaves in `rowStarts` and `rowEnds` the ranges that hold every image within `reach` of a point; returns how many. */
  findRows(x: number, y: number, z: number, reach: number): number {
    const nx = this.#bins[0]!
    const ny = this.#bins[1]!
    const x0 = this.#low[0]!
    const perX = this.#perWidth[0]!
    const starts = this.#starts
    const firstZ = this.#index(2, z - reach)
    const lastZ = this.#index(2, z + reach)
    const firstY = this.#index(1, y - reach)
    const lastY = this.#index(1, y + reach)
    this.#reserveRows((lastZ - firstZ + 1) * (lastY - firstY + 1))
    const { rowStarts, rowEnds } = this
    let rows = 0
    for (let bz = firstZ; bz <= lastZ; bz++) {
      const dz = this.#distanceToBin(2, bz, z)
      const leftOfZ = reach * reach - dz * dz
      for (let by = firstY; by <= lastY; by++) {
        const dy = this.#distanceToBin(1, by, y)
        const left = leftOfZ - dy * dy
        if (left < 0) continue
        const half = Math.sqrt(left)
        const row = nx * (by + ny * bz)
        const first = Math.max(0, (x - half - x0) * perX) | 0
        const last = Math.min(nx - 1, (x + half - x0) * perX) | 0
        rowStarts[rows] = starts[row + first]!
        rowEnds[rows] = starts[row + last + 1]!
        rows++
      }
    }
    return rows
  }

  /** Chooses the box and the bins: half a reach wide, wider where that would make far more bins than images. */
  #layOut({ records, natoms, count }: PeriodicImages, reach: number): void {
    let volume = 1
    for (let d = 0; d < 3; d++) {
      let low = natoms > 0 ? records[d]! : 0
      let high = low
      for (let o = d; o < RECORD * natoms; o += RECORD) {
        if (records[o]! < low) low = records[o]!
        if (records[o]! > high) high = records[o]!
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
      this.#perWidth[d] = 1 / this.#width[d]!
    }
  }

  /** The bin of each image, or -1 outside the box. */
  #assignBins(records: Float64Array, count: number): void {
    const binOf = this.#binOf
    const [nx, ny, nz] = [this.#bins[0]!, this.#bins[1]!, this.#bins[2]!]
    const [x0, y0, z0] = [this.#low[0]!, this.#low[1]!, this.#low[2]!]
    const [perX, perY, perZ] = [this.#perWidth[0]!, this.#perWidth[1]!, this.#perWidth[2]!]
    for (let k = 0, o = 0; k < count; k++, o += RECORD) {
      const x = (records[o]! - x0) * perX
      const y = (records[o + 1]! - y0) * perY
      const z = (records[o + 2]! - z0) * perZ
      if (x < 0 || y < 0 || z < 0 || x > nx || y > ny || z > nz) binOf[k] = -1
      else binOf[k] = Math.min(x | 0, nx - 1) + nx * (Math.min(y | 0, ny - 1) + ny * Math.min(z | 0, nz - 1))
    }
  }

  /** The bin along direction `d` of a coordinate, clamped to the box. */
  #index(d: number, coordinate: number): number {
    const bin = ((coordinate - this.#low[d]!) * this.#perWidth[d]!) | 0
    return bin < 0 ? 0 : Math.min(bin, this.#bins[d]! - 1)
  }

  /** How far a coordinate is from bin `b` of direction `d` (0 inside). A hair less, so that rounding loses no pair. */
  #distanceToBin(d: number, b: number, coordinate: number): number {
    const low = this.#low[d]! + b * this.#width[d]!
    const distance = coordinate < low ? low - coordinate : coordinate - low - this.#width[d]!
    return distance <= 0 ? 0 : distance * (1 - 1e-9)
  }

  #reserveRows(count: number): void {
    if (count <= this.rowStarts.length) return
    this.rowStarts = new Int32Array(2 * count)
    this.rowEnds = new Int32Array(2 * count)
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
