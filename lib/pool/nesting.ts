/** Pools within tasks of pools: allowed, small by default, and not without end. */
import { AutoparaError } from '../base/errors.js'
import { isLoadingMainInWorker } from '../base/main-module.js'

/** How many pools may stand in each other's tasks. */
const MAX_DEPTH = 4

let depth = 0

/** Says how many pools stand above the code of this process. For the worker's side. */
export function setPoolDepth(above: number): void {
  depth = above
}

/** How many pools stand above the code of this process: 0 in the program itself. */
export function poolDepth(): number {
  return depth
}

/** The default number of workers of a pool that is made here, given that of the program itself. */
export function defaultProcesses(ofProgram: () => number): number {
  if (depth === 0) return ofProgram()
  if (isLoadingMainInWorker()) return 1
  process.emitWarning(
    'a pool made in a task of another pool has 1 process by default; say new Pool(n) for more',
    'AutoparaNestedPool',
  )
  return 1
}

/** Throws when a pool would stand too deep. */
export function checkDepth(): void {
  if (depth >= MAX_DEPTH) {
    throw new AutoparaError(
      'AUTOPARA_POOL_DEPTH',
      `pools may be nested ${MAX_DEPTH} deep, and this would be one more; does a task make a pool that runs the same task?`,
    )
  }
}
