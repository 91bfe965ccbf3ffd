/** Neighbours as plain arrays: what descriptors and analyses read, after ASE's `neighbor_list('ijSDd')`. */
import { NeighborList } from './neighbor-list.js'
import { type PeriodicPoints, RECORD } from './periodic-images.js'

/** All pairs closer than a cutoff, from both sides, in CSR form: atom i's are offsets[i] … offsets[i + 1] - 1. */
export interface NeighborPairs {
  /** natoms + 1 numbers. */
  readonly offsets: Int32Array
  /** The neighbour's atom number, one a pair. */
  readonly indices: Int32Array
  /** The whole lattice vectors S to the neighbour's image, three a pair: vector = r_j + S · cell - r_i. */
  readonly shifts: Int32Array
  /** From the atom to its neighbour, three a pair, Å. */
  readonly vectors: Float64Array
  /** Å, one a pair. */
  readonly distances: Float64Array
}

/**
 * Finds all pairs closer than `cutoff` (Å), by linked cells, for any cell and any mix of periodic directions.
 *
 * An atom's own periodic images are neighbours too; two atoms at the same place are neighbours at distance 0.
 *
 * @throws {NeighborError | CellError} for positions that are not finite, or a cell that lacks a periodic direction's vector
 * @param list a list to work in, for many configurations: saves making its arrays anew.
 */
export function neighborPairs(
  points: PeriodicPoints,
  cutoff: number,
  list: NeighborList = new NeighborList(cutoff),
): NeighborPairs {
  list.configure(cutoff, 0)
  list.build(points)
  const { images, neighbors } = list
  const total = list.offsets[images.natoms]!
  const pairs: NeighborPairs = {
    offsets: list.offsets.slice(0, images.natoms + 1),
    indices: new Int32Array(total),
    shifts: new Int32Array(3 * total),
    vectors: new Float64Array(3 * total),
    distances: new Float64Array(total),
  }
  for (let i = 0; i < images.natoms; i++) {
    for (let m = pairs.offsets[i]!; m < pairs.offsets[i + 1]!; m++) {
      const o = neighbors[m]!
      const k = o / RECORD
      let squares = 0
      for (let d = 0; d < 3; d++) {
        const component = images.records[o + d]! - images.records[RECORD * i + d]!
        pairs.vectors[3 * m + d] = component
        pairs.shifts[3 * m + d] = images.shifts[3 * k + d]! - images.shifts[3 * i + d]!
        squares += component * component
      }
      pairs.indices[m] = images.parents[k]!
      pairs.distances[m] = Math.sqrt(squares)
    }
  }
  return pairs
}
