import { expect, it } from 'vitest'
import { giveBack, largeMemory, lend } from '../../lib/base/large-memory.js'

const LENGTH = 100_000

it('is used again once it was given back, and only then', () => {
  const first = lend(largeMemory(LENGTH))
  const second = lend(largeMemory(LENGTH))
  expect(second.buffer).not.toBe(first.buffer)
  giveBack(first.subarray(1000))
  giveBack(first)
  expect(largeMemory(LENGTH - 8000).buffer).toBe(first.buffer)
  expect(largeMemory(LENGTH).buffer).not.toBe(first.buffer)
  giveBack(second)
  expect(largeMemory(LENGTH * 3).buffer).not.toBe(second.buffer)
  expect(largeMemory(LENGTH / 3).buffer).not.toBe(second.buffer)
})

it('is not taken back where it was not lent, or is small', () => {
  const kept = largeMemory(LENGTH)
  giveBack(kept)
  expect(largeMemory(LENGTH).buffer).not.toBe(kept.buffer)
  const small = lend(largeMemory(1000))
  giveBack(small)
  expect(largeMemory(1000).buffer).not.toBe(small.buffer)
})

it('lies idle in bounds', () => {
  const parts = Array.from({ length: 40 }, () => lend(largeMemory(2_000_000)))
  for (const part of parts) giveBack(part)
  const buffers = new Set(parts.map(({ buffer }) => buffer))
  const again = Array.from({ length: 40 }, () => largeMemory(2_000_000)).filter(({ buffer }) => buffers.has(buffer))
  expect(again.length).toBe(8)
})
