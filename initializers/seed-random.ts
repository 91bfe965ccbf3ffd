/**
 * Initializer `seed-random`: gives each worker its own stream of random numbers, the same in each run.
 *
 *     new Pool({ initializer: 'seed-random', initargs: [42] })                              // processRng()
 *     new Pool({ initializer: 'seed-random', initargs: [42, { mathRandom: true }] })        // and Math.random()
 *
 * The stream is named by seed, worker id and generation, so a replacement doesn't repeat its predecessor's numbers. Which
 * worker does which item is not fixed: for numbers that belong to the item, use `taskContext().rng`. Without a seed the
 * operating system gives one, as in `numpy.random.seed()`. A serial run's end restores what stood before.
 */
import { currentWorker } from '../lib/base/current-worker.js'
import { checkBoolean, checkKeys } from '../lib/base/options.js'
import { Rng, type RngKey, setProcessRng } from '../lib/base/random.js'

const hostRandom = Math.random

/** @param seed a number or string; @param options `mathRandom: true` also replaces `Math.random` in the worker */
export default function seedRandom(seed?: RngKey | null, options: { mathRandom?: boolean } = {}): void {
  checkKeys(options, ['mathRandom'], 'seed-random')
  const { id, generation } = currentWorker() ?? { id: 0, generation: 0 }
  const rng = new Rng(seed ?? undefined).spawn('worker').spawn(id).spawn(generation)
  setProcessRng(rng)
  if (checkBoolean('mathRandom', options.mathRandom, false)) Math.random = () => rng.random()
}

/** Goes back to a generator seeded by the operating system. */
export function finalize(): void {
  setProcessRng(undefined)
  Math.random = hostRandom
}
