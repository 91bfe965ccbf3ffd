/**
 * Lets a layer above give this process its workers: under MPI every pool that is not serial uses the ranks of the job.
 */
import type { Backend } from './backend.js'

/** By what a file is known on another machine: its device has another number there. */
export interface FileFacts {
  readonly path: string
  readonly ino: number
  readonly size: number
  readonly mtimeMs: number
}

/** Workers that are there already, instead of those that a pool would start. */
export interface WorkerProvider {
  readonly backend: Backend
  /** How many there are; a pool uses them all. */
  readonly size: number
  /** They are used although the pool asked for another number. */
  ignored(option: string, value: number): void
  /** Of each file: whether all workers see the same one under its path. */
  seenByAll(files: readonly FileFacts[]): Promise<boolean[]>
}

let provider: WorkerProvider | undefined

/** Gives all pools that are made from here on these workers. */
export function provideWorkers(next: WorkerProvider): void {
  provider = next
}

/** The workers that pools of this process use, unless they are serial. */
export function providedWorkers(): WorkerProvider | undefined {
  return provider
}
