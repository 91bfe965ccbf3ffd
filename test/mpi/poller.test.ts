import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Poller } from '../../lib/mpi/poller.js'

const PLAN = { spins: 2, offers: 3, naps: 2, nap: 0, slowAfter: 12, slow: 5 }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A poller that counts, and finds something at the looks with these numbers. */
function counting(found: readonly number[] = [], isBusy = false) {
  const counts = { looks: 0, offers: 0 }
  const poller = new Poller(
    () => found.includes(++counts.looks),
    () => isBusy,
    () => {
      counts.offers++
    },
    PLAN,
  )
  /** How many looks there were after each of the next times that it wakes up. */
  const wakes = (count: number): number[] =>
    Array.from({ length: count }, () => {
      vi.advanceTimersToNextTimer()
      return counts.looks
    })
  return { poller, counts, wakes }
}

it('looks ever more rarely while there is nothing', () => {
  const { poller, counts, wakes } = counting()
  poller.start()
  expect(wakes(4)).toEqual([4, 5, 6, 7])
  // After the second, third and fourth look.
  expect(counts.offers).toBe(3)
  const pauses = Array.from({ length: 7 }, () => {
    const before = performance.now()
    wakes(1)
    return performance.now() - before
  })
  expect(pauses).toEqual([1, 1, 1, 1, 1, 5, 5])
  expect(counts.looks).toBe(14)
  poller.stop()
  expect(vi.getTimerCount()).toBe(0)
})

it('begins anew when something was found, or is to be expected', () => {
  const { poller, counts, wakes } = counting([8])
  poller.start()
  expect(wakes(7)).toEqual([4, 5, 6, 7, 8, 12, 13])
  wakes(2)
  expect(counts.offers).toBe(6)
  poller.wake()
  expect(wakes(2)).toEqual([19, 20])
  poller.stop()
})

it('takes no nap while something is on its way', () => {
  const { poller, wakes } = counting([], true)
  poller.start()
  expect(wakes(5)).toEqual([4, 8, 12, 16, 20])
  poller.stop()
})

it('looks only while it is running, and begins but once', () => {
  const { poller, wakes } = counting()
  poller.hold(false)
  poller.wake()
  expect(vi.getTimerCount()).toBe(0)
  poller.start()
  poller.start()
  poller.hold(true)
  expect(vi.getTimerCount()).toBe(1)
  expect(wakes(1)).toEqual([4])
  poller.stop()
  expect(vi.getTimerCount()).toBe(0)
})
