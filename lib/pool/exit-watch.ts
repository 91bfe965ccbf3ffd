/** At the program's end: unfinished work is named on stderr, and workers in the midst of a task are killed. */

/** A pool, as far as the program's end matters to it. */
export interface Ending {
  /** How many calls are unfinished. */
  readonly unfinished: number
  readonly name: string
  /** Kills the workers that are busy; the others see their pipe's end. */
  killBusy(): void
}

const pools = new Set<Ending>()

/** The pool has workers from here on. */
export function watchExit(pool: Ending): void {
  if (pools.size === 0) process.on('exit', onExit)
  pools.add(pool)
}

/** The pool has no workers any more. */
export function unwatchExit(pool: Ending): void {
  pools.delete(pool)
  if (pools.size === 0) process.off('exit', onExit)
}

function onExit(): void {
  for (const pool of pools) {
    const { unfinished, name } = pool
    if (unfinished > 0) {
      const calls = unfinished === 1 ? 'one call is' : `${unfinished} calls are`
      process.stderr.write(`autopara: ${calls} unfinished in pool ${JSON.stringify(name)} at the program's end\n`)
    }
    pool.killBusy()
  }
}
