/**
 * A configuration as plain data that any structured clone carries: typed arrays stay typed arrays.
 *
 *     Atoms ── atomsToWire ──► v8.serialize, postMessage, … ──► atomsFromWire ──► Atoms
 *
 * Encoding copies nothing but views of larger buffers (a structured clone would carry the whole buffer); decoding takes
 * the arrays as they are. Records lose their missing prototype on the way and get it back here.
 */
import { typeError } from '../base/options.js'
import { Atoms } from './atoms.js'
import { type AtomsParts, checkParts } from './parts.js'
import { bareRecord } from './record.js'

/** The wire form of a configuration: what {@link AtomsParts} has, under a mark of its layout. */
export interface WireAtoms extends AtomsParts {
  /** The version of this layout. */
  readonly atoms: 1
}

/**
 * The wire form. It shares the configuration's arrays: send it before either side changes them.
 *
 * @throws {OptionTypeError} for a field that was assigned something else than it is to hold.
 */
export function atomsToWire(atoms: Atoms): WireAtoms {
  checkParts(atoms)
  const wire: WireAtoms = {
    atoms: 1,
    numbers: compact(atoms.numbers),
    positions: compact(atoms.positions),
    cell: compact(atoms.cell),
    pbc: atoms.pbc,
    info: compactValues(atoms.info),
    arrays: compactValues(atoms.arrays),
  }
  if (atoms.infoTypes) wire.infoTypes = atoms.infoTypes
  return wire
}

/** True for data of the form that {@link atomsToWire} gives. */
export function isWireAtoms(data: unknown): data is WireAtoms {
  return typeof data === 'object' && data !== null && (data as { atoms?: unknown }).atoms === 1
}

/**
 * The configuration of a wire form, which it takes over.
 *
 * @throws {OptionTypeError} for data of another form.
 */
export function atomsFromWire(data: unknown): Atoms {
  if (!isWireAtoms(data)) throw typeError('data', 'the wire form of Atoms', data)
  const { numbers, positions, cell, pbc, info, arrays, infoTypes } = data
  if (
    !(numbers instanceof Int32Array && positions instanceof Float64Array && cell instanceof Float64Array) ||
    positions.length !== 3 * numbers.length ||
    cell.length !== 9
  ) {
    throw typeError('data', 'the wire form of Atoms: N numbers, 3N positions, 9 cell entries', data)
  }
  return Atoms.adopt({
    numbers,
    positions,
    cell,
    pbc: [pbc[0], pbc[1], pbc[2]],
    info: bareRecord(info),
    arrays: bareRecord(arrays),
    infoTypes: infoTypes && bareRecord(infoTypes),
  })
}

/** A typed array of its own, if it was a part of a larger buffer. */
function compact<T extends Int32Array | BigInt64Array | Float64Array | Uint8Array>(array: T): T {
  return array.byteLength === array.buffer.byteLength ? array : (array.slice() as T)
}

/** The record with the typed arrays among its values compact; itself when they all were. */
function compactValues<T>(record: Record<string, T>): Record<string, T> {
  let copy: Record<string, T> | undefined
  for (const key in record) {
    const value = record[key] as { data?: unknown } | null
    const data = value?.data
    if (!ArrayBuffer.isView(data) || data.byteLength === data.buffer.byteLength) continue
    copy ??= bareRecord(record)
    copy[key] = { ...value, data: compact(data as Float64Array) } as T
  }
  return copy ?? record
}
