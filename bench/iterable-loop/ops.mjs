// The operations of the loop's benchmark.
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Does nothing: what is left is reading, writing and handing over. */
export function noop(configs) {
  return configs
}

let gathered = false

/**
 * Sleeps for as long as the item says (ms) and notes when, in `folder`. Needs no core. The first items wait until all `workers`
 * have one, so that all begin at once.
 */
export async function sleepFor(times, folder, workers) {
  if (!gathered) await gather(folder, workers)
  for (const time of times) {
    const start = performance.timeOrigin + performance.now()
    await sleep(time)
    const end = performance.timeOrigin + performance.now()
    appendFileSync(join(folder, 'log'), `${start} ${end}\n`)
  }
}

async function gather(folder, workers) {
  writeFileSync(join(folder, `here-${process.pid}`), '')
  while (readdirSync(folder).filter((name) => name.startsWith('here-')).length < workers) await sleep(1)
  gathered = true
}
