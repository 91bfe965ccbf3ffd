/**
 * Initializer `heap-limit`: how much JavaScript heap a worker may use before it dies of `out of memory`.
 *
 *     new Pool({ initializer: 'heap-limit', initargs: [8192] })       // 8 GiB, as `node --max-old-space-size=8192`
 *
 * Node fixes the limit when a process (or thread) starts, so this is all in `spawn`. Typed arrays are not in this heap. An
 * MPI rank and a serial run keep the limit that they were started with.
 */
import { checkInteger } from '../lib/base/options.js'

/** @param megabytes the size of the old generation in MiB */
export function spawn(_worker: unknown, megabytes: number): { execArgv: string[] } {
  return { execArgv: [`--max-old-space-size=${checked(megabytes)}`] }
}

/** Only checks its argument: the limit stands since the start. */
export default function heapLimit(megabytes: number): void {
  checked(megabytes)
}

function checked(megabytes: unknown): number {
  return checkInteger('megabytes', megabytes, 1, 'a positive integer')
}
