/**
 * The kernel: extended XYZ's numbers, rows and frames in WebAssembly, which has the 64-bit integers and the vectors that JavaScript
 * lacks.
 *
 * The files of this folder are AssemblyScript, but for `layout.ts` they are no TypeScript; see `../kernel.ts` for the other side.
 */
import { preparePowers } from './powers'

export { readNumbers, readRows } from './read-rows'
export { scanFrames } from './scan-frames'
export { writeNumbers, writeRows } from './write-rows'

preparePowers()
