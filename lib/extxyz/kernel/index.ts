/**
 * The kernel: extended XYZ's numbers and rows in WebAssembly, which has the 64-bit integers that JavaScript lacks.
 *
 * The files of this folder are AssemblyScript, but for `layout.ts` they are no TypeScript; see `../kernel.ts` for the other side.
 */
import { preparePowers } from './powers'

export { readNumbers, readRows } from './read-rows'
export { writeNumbers, writeRows } from './write-rows'

preparePowers()
