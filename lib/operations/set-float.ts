/** Floats in `info`: a whole number is marked, so that it is written as `2.0` and not as the integer `2`. */
import type { Atoms } from '../atoms/atoms.js'

/** Sets `atoms.info[key]` to a number that is a float whatever its value. */
export function setFloat(atoms: Atoms, key: string, value: number): void {
  atoms.info[key] = value
  if (Number.isInteger(value)) {
    atoms.infoTypes ??= Object.create(null) as Record<string, string>
    atoms.infoTypes[key] = 'float'
  } else if (atoms.infoTypes) delete atoms.infoTypes[key]
}
