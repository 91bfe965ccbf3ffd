/** What every descriptor of atoms' surroundings can do; `descriptorOp` needs no more of one. */
import type { Atoms } from '../../atoms/atoms.js'

/** A descriptor with its settings, tables and buffers. */
export interface LocalDescriptor {
  /** The number of components, the same for every configuration. */
  readonly length: number
  /** Turns to a configuration. @throws {DescriptorError} for one with an atom of a species that the settings do not have. */
  enter(atoms: Atoms): void
  /** Writes the vector of atom `centre` to out[offset …]. */
  compute(centre: number, out: Float64Array, offset: number): void
  /** Writes the average over some atoms (at least one) to out[0 …]. */
  average(centres: Int32Array, out: Float64Array): void
}
