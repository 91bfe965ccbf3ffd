/**
 * Lets received messages pile up a little before V8 looks for garbage.
 *
 * Each message is memory outside of V8's heap that it counts as its own. A rank's heap is small (8 MB), and V8 collects when
 * it and what is outside have grown to a few times that: with long messages after every 50, which took most of the time of
 * three ranks that sent each other 280 KB. With room for some hundred MB the share falls to a tenth. A large heap of the
 * user's gets no such room: there V8's own rule is generous enough.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8'

const FLAG = '--heap-growing-percent'
/** The heap and all outside of it may grow by so much before a collection, bytes. */
const ROOM = 192 * 2 ** 20
const MAX_PERCENT = 2000
/** The heap is measured again after so many messages. */
const EVERY = 512

/** To be called for every message: sets V8's rule by the present size of the heap, now and then. */
export function heapRoom(): () => void {
  const chosen = process.execArgv.some((flag) => flag.replaceAll('_', '-').startsWith(FLAG))
  let messages = 0
  let percent = 0
  return () => {
    if (chosen || messages++ % EVERY > 0) return
    const wanted = growth(getHeapStatistics().used_heap_size)
    if (wanted === percent) return
    percent = wanted
    setFlagsFromString(`${FLAG}=${percent}`)
  }
}

/** By how many per cent a heap of this size may grow; 0 is V8's own rule. In steps, so that the rule stays for a while. */
export function growth(heap: number): number {
  const percent = (ROOM / heap) * 100
  return percent < 300 ? 0 : Math.min(MAX_PERCENT, 2 ** Math.floor(Math.log2(percent)))
}
