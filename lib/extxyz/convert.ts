/**
 * Frames and Atoms: the only place that knows both. Arrays are handed over, not copied.
 *
 *     species (or Z) → numbers     pos → positions     every other column → arrays under its own name
 */
import { Atoms } from '../atoms/atoms.js'
import { maxAtomicNumber, numberOf, symbolOf } from '../atoms/elements.js'
import { checkParts } from '../atoms/parts.js'
import type { NdArray } from '../base/ndarray.js'
import { ExtxyzError } from './errors.js'
import type { Frame } from './frame.js'
import type { Origin } from './read-frame.js'

/**
 * A frame as Atoms, which takes over the frame's arrays (the frame is not to be used any more).
 *
 * Species are symbols in any case (`MG` is Mg), or atomic numbers as text; a frame without species has `Z`. Without `pos` all
 * atoms are at the origin. `where` is what an error names.
 * @throws {ExtxyzError} for an unknown element, or columns of the wrong type or width.
 */
export function frameToAtoms(frame: Frame, where: Origin = {}): Atoms {
  const { natoms, cell, pbc, info, infoTypes } = frame
  const arrays: Record<string, NdArray> = Object.create(null)
  for (const name of Object.keys(frame.arrays)) {
    if (name !== 'species' && name !== 'pos' && name !== 'Z') arrays[name] = frame.arrays[name]!
  }
  return Atoms.adopt({
    numbers: numbersOf(frame, where),
    positions: positionsOf(frame, where),
    cell: cell ?? new Float64Array(9),
    pbc,
    info,
    arrays,
    ...(infoTypes && { infoTypes }),
  })

  function positionsOf({ arrays: { pos } }: Frame, origin: Origin): Float64Array {
    if (!pos) return new Float64Array(3 * natoms)
    if (pos.dtype === 'float64' && pos.shape[1] === 3) return pos.data
    throw fault(`pos must be three real columns (pos:R:3), got ${pos.dtype} of ${pos.shape[1] ?? 1}`, origin, 0)
  }
}

function numbersOf({ natoms, arrays: { species, Z } }: Frame, where: Origin): Int32Array {
  if (species) {
    if (species.dtype === 'string' && species.shape.length === 1) return speciesNumbers(species.data, where)
    throw fault('species must be one column of text (species:S:1)', where, 0)
  }
  if (!Z) {
    if (natoms === 0) return new Int32Array()
    throw fault('the frame has neither species nor Z', where, 0)
  }
  if (Z.dtype !== 'int32' || Z.shape.length !== 1) throw fault('Z must be one integer column (Z:I:1)', where, 0)
  const bad = Z.data.findIndex((number) => number < 0 || number > maxAtomicNumber)
  if (bad !== -1) throw fault(`atom ${bad} has the atomic number ${Z.data[bad]}`, where, bad)
  return Z.data
}

function speciesNumbers(species: readonly string[], where: Origin): Int32Array {
  const numbers = new Int32Array(species.length)
  let last = ''
  let lastNumber = 0
  for (let i = 0; i < species.length; i++) {
    const word = species[i]!
    if (word !== last) {
      const number = elementOf(word)
      if (number === undefined) throw fault(`${JSON.stringify(word)} is no chemical element`, where, i)
      last = word
      lastNumber = number
    }
    numbers[i] = lastNumber
  }
  return numbers
}

/** The atomic number of a symbol in any case, or of an atomic number as text. */
function elementOf(word: string): number | undefined {
  const number = numberOf(word) ?? numberOf(word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
  if (number !== undefined) return number
  return /^\d{1,3}$/.test(word) && Number(word) <= maxAtomicNumber ? Number(word) : undefined
}

function fault(problem: string, where: Origin, row: number): ExtxyzError {
  const place = { frame: where.frame ?? 0, line: (where.line ?? 1) + 2 + row, column: 1 }
  return new ExtxyzError('species', problem, where.file === undefined ? place : { file: where.file, ...place })
}

/**
 * Atoms as a frame that shares their arrays: species and pos first, then `arrays`. No cell (all zero) is null.
 * @throws {ExtxyzError} for an entry of `arrays` under a name that belongs to the format
 * @throws {OptionTypeError} for a field that was assigned something else than it is to hold
 */
export function atomsToFrame(atoms: Atoms): Frame {
  checkParts(atoms)
  const natoms = atoms.length
  const arrays: Record<string, NdArray> = Object.create(null)
  const symbols: string[] = new Array<string>(natoms)
  for (let i = 0; i < natoms; i++) symbols[i] = symbolOf(atoms.numbers[i]!)
  arrays['species'] = { dtype: 'string', shape: [natoms], data: symbols }
  arrays['pos'] = { dtype: 'float64', shape: [natoms, 3], data: atoms.positions }
  for (const name of Object.keys(atoms.arrays)) {
    if (name in arrays) throw new ExtxyzError('write', `arrays.${name}: this column belongs to the format`, NOWHERE)
    arrays[name] = atoms.arrays[name]!
  }
  const cell = atoms.cell.some((x) => x !== 0) ? atoms.cell : null
  const frame: Frame = { natoms, cell, pbc: atoms.pbc, info: atoms.info, arrays }
  if (atoms.infoTypes) frame.infoTypes = atoms.infoTypes
  return frame
}

const NOWHERE = { frame: 0, line: 1, column: 1 }
