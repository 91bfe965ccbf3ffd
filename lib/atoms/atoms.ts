/**
 * A configuration of atoms: species, coordinates, cell, and whatever values its file or an operation gave it.
 *
 * The fields are flat typed arrays in ASE's units (Å, eV, u), free to be read and written in place. As in ASE, momenta and
 * masses live in `arrays` when they are set; the getters give zeros and the standard masses when they are not.
 */
import { float64Array, type InfoValue, type NdArray } from '../base/ndarray.js'
import { kB } from '../base/units.js'
import { type AtomsJson, partsFromJson, partsToJson } from './atoms-json.js'
import { cellVolume, wrapPositions } from './cell.js'
import { atomicMass, hillFormula, symbolOf } from './elements.js'
import { equalParts } from './equal-parts.js'
import { type AtomsInit, type AtomsParts, flatten, type Pbc, partsOf, type Rows } from './parts.js'
import { bareRecord, copyArrays, copyInfo } from './record.js'
import { repeatParts } from './repeat.js'

const ADOPT: unique symbol = Symbol('adopt')

/** A configuration of N atoms. */
export class Atoms implements AtomsParts {
  /** N atomic numbers. */
  numbers: Int32Array
  /** 3N coordinates x y z, Å. */
  positions: Float64Array
  /** 9 numbers, a lattice vector a row, Å; a row of zeros is a missing vector. */
  cell: Float64Array
  /** Which lattice directions are periodic. */
  pbc: Pbc
  /** Values of the configuration; a record without a prototype. */
  info: Record<string, InfoValue>
  /** Values of each atom, the first length of each shape being N; a record without a prototype. */
  arrays: Record<string, NdArray>
  /** How values of `info` were written where their JavaScript type does not say; plain data of the reader. */
  infoTypes: Record<string, string> | undefined

  /**
   * Checks and copies what it is given.
   *
   * @throws {OptionTypeError | OptionRangeError} for an unknown field, a wrong type or a wrong length.
   * @example new Atoms({ symbols: 'H2O', positions: [[0, 0, 0.12], [0, 0.76, -0.48], [0, -0.76, -0.48]] })
   */
  constructor(init: AtomsInit)
  /** @internal */
  constructor(parts: AtomsParts, adopt: typeof ADOPT)
  constructor(init: AtomsInit | AtomsParts, adopt?: typeof ADOPT) {
    const parts = adopt === ADOPT ? (init as AtomsParts) : partsOf(init as AtomsInit)
    this.numbers = parts.numbers
    this.positions = parts.positions
    this.cell = parts.cell
    this.pbc = parts.pbc
    this.info = parts.info
    this.arrays = parts.arrays
    this.infoTypes = parts.infoTypes
  }

  /** Takes `parts` as they are, unchecked and without a copy: from here on they belong to this configuration. */
  static adopt(parts: AtomsParts): Atoms {
    return new Atoms(parts, ADOPT)
  }

  /** The number of atoms. */
  get length(): number {
    return this.numbers.length
  }

  /** N chemical symbols (a new array). */
  get symbols(): string[] {
    return Array.from(this.numbers, symbolOf)
  }

  /** The formula in Hill's order, as 'C2H6O'. */
  get formula(): string {
    return hillFormula(this.numbers)
  }

  /** The volume of the cell, Å³. @throws {CellError} for fewer than three independent lattice vectors. */
  get volume(): number {
    return cellVolume(this.cell)
  }

  /** N masses, u (a copy): `arrays.masses` if set, else the elements' standard masses. */
  get masses(): Float64Array {
    const own = this.arrays['masses']
    return own ? floats(own) : Float64Array.from(this.numbers, atomicMass)
  }

  /** Sets `arrays.masses`; `undefined` goes back to the standard masses. */
  set masses(masses: ArrayLike<number> | undefined) {
    if (masses === undefined) delete this.arrays['masses']
    else this.arrays['masses'] = float64Array(flatten('masses', masses, this.length))
  }

  /** 3N momenta (a copy), in u·Å/t with t = Å·sqrt(u/eV) (as ASE): `arrays.momenta` if set, else zeros. */
  get momenta(): Float64Array {
    const own = this.arrays['momenta']
    return own ? floats(own) : new Float64Array(3 * this.length)
  }

  /** Sets `arrays.momenta`; `undefined` removes them. */
  set momenta(momenta: Rows | undefined) {
    const n = this.length
    if (momenta === undefined) delete this.arrays['momenta']
    else this.arrays['momenta'] = float64Array(flatten('momenta', momenta, n, 3), [n, 3])
  }

  /** 3N velocities (a copy), Å/t: momenta over masses. Multiply by `fs` of the units to have Å/fs. */
  get velocities(): Float64Array {
    const { masses } = this
    return this.momenta.map((p, i) => p / masses[Math.floor(i / 3)]!)
  }

  /** Sets the momenta to these velocities (Å/t) times the masses. */
  set velocities(velocities: Rows) {
    const { masses, length } = this
    this.momenta = flatten('velocities', velocities, length, 3).map((v, i) => v * masses[Math.floor(i / 3)]!)
  }

  /** Σ p²/2m, eV. */
  kineticEnergy(): number {
    const { momenta, masses } = this
    let sum = 0
    for (let i = 0; i < momenta.length; i++) sum += (momenta[i]! * momenta[i]!) / masses[Math.floor(i / 3)]!
    return 0.5 * sum
  }

  /** The temperature of 3N degrees of freedom, K: 2 E / (3 N k); 0 without atoms. */
  temperature(): number {
    return this.length === 0 ? 0 : this.kineticEnergy() / (1.5 * this.length * kB)
  }

  /** A deep copy. */
  copy(): Atoms {
    return Atoms.adopt({
      numbers: this.numbers.slice(),
      positions: this.positions.slice(),
      cell: this.cell.slice(),
      pbc: [...this.pbc],
      info: copyInfo(this.info),
      arrays: copyArrays(this.arrays),
      infoTypes: this.infoTypes && bareRecord(this.infoTypes),
    })
  }

  /**
   * The configuration repeated along its lattice vectors, `times` or [a, b, c] times, in ASE's order (the last direction
   * runs fastest; within an image the atoms keep their order). Per-atom arrays are repeated, info is copied.
   */
  repeat(times: number | readonly [number, number, number]): Atoms {
    return Atoms.adopt(repeatParts(this, times))
  }

  /** Adds a normal deviate of standard deviation `stdev` (Å) to each coordinate, in place, in the order x y z of each atom. */
  rattle(stdev: number, rng: { normal(): number }): void {
    for (let i = 0; i < this.positions.length; i++) this.positions[i]! += stdev * rng.normal()
  }

  /** Moves atoms into the cell along its periodic directions, in place. @throws {CellError} when such a direction has no vector. */
  wrap(): void {
    wrapPositions(this.positions, this.cell, this.pbc)
  }

  /** True when every field is equal: floats bit for bit (every NaN equals every NaN), `info` and `arrays` by keys in any order. */
  equals(other: Atoms): boolean {
    return equalParts(this, other)
  }

  /** Plain JSON data that keeps every value exactly (bigint, NaN, -0 and typed arrays too); what `JSON.stringify` uses. */
  toJSON(): AtomsJson {
    return partsToJson(this)
  }

  /** The configuration of {@link Atoms.toJSON}'s data. @throws {OptionTypeError | OptionRangeError} for data that is not. */
  static fromJSON(json: unknown): Atoms {
    return Atoms.adopt(partsFromJson(json))
  }
}

/** A copy of a numeric array's elements as float64. */
function floats(array: NdArray): Float64Array {
  return array.dtype === 'float64' ? array.data.slice() : Float64Array.from(array.data as ArrayLike<unknown>, Number)
}
