import { describe, expect, it } from 'vitest'
import { growth } from '../../lib/mpi/heap-room.js'

const MB = 2 ** 20

describe('the room that V8 has before it collects', () => {
  it('is about 200 MB over a small heap, and nothing over a large one', () => {
    expect(growth(8 * MB)).toBe(2000)
    expect(growth(40 * MB)).toBe(256)
    for (const heap of [80 * MB, 500 * MB, 4000 * MB]) expect(growth(heap)).toBe(0)
  })

  it('never exceeds what was given', () => {
    for (let heap = MB; heap < 1000 * MB; heap += MB) expect((growth(heap) / 100) * heap).toBeLessThanOrEqual(192 * MB)
  })
})
