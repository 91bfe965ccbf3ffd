import { describe, expect, it } from 'vitest'
import type { Frame } from '../../lib/extxyz/frame.js'
import { readFrame } from '../../lib/extxyz/read-frame.js'
import { formatFrame } from '../../lib/extxyz/write-frame.js'
import { uniform } from '../random-numbers.js'

const random = uniform(60)

function frame(natoms: number, arrays: Frame['arrays']): Frame {
  return { natoms, cell: null, pbc: [false, false, false], info: {}, arrays }
}

function reals(natoms: number, count: number): Frame['arrays'][string] {
  const data = Float64Array.from({ length: natoms * count }, () => (random() - 0.5) * 100)
  return { dtype: 'float64', shape: count === 1 ? [natoms] : [natoms, count], data }
}

const words = (natoms: number, word: (i: number) => string): Frame['arrays'][string] => ({
  dtype: 'string',
  shape: [natoms],
  data: Array.from({ length: natoms }, (_, i) => word(i)),
})

/** The kernel takes frames in parts, and may leave any line of them. */
const frames: [string, Frame][] = [
  ['more lines than fit', frame(30_000, { species: words(30_000, () => 'Cu'), pos: reals(30_000, 3) })],
  ['a line that is longer than its room', frame(3, { pos: reals(3, 3), descriptor: reals(3, 20_000) })],
  [
    'more columns than it knows',
    frame(5, Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`c${i}`, reals(5, 1)]))),
  ],
  ['more text of words than fits', frame(400, { name: words(400, (i) => `${i}`.repeat(3000)), pos: reals(400, 3) })],
  [
    'words of every kind',
    frame(500, { name: words(500, (i) => ['C', 'CA', 'C12', 'Wärme', 'ß', 'C'][i % 6]!), pos: reals(500, 3) }),
  ],
]

describe('a frame with', () => {
  it.each(frames)('%s is read as it was written', (_, written) => {
    expect(readFrame(formatFrame(written)).arrays).toEqual(written.arrays)
  })

  it('unusual numbers in some lines or all is read as it was written', () => {
    for (const every of [1, 2, 7, 500]) {
      const pos = reals(2000, 3)
      for (let i = 0; i < 6000; i += 3 * every) (pos.data as Float64Array)[i] = i % 2 ? Number.NaN : 1e-200 * i
      const written = frame(2000, { species: words(2000, (i) => (i % 3 ? 'H' : 'O')), pos })
      expect(readFrame(formatFrame(written)).arrays).toEqual(written.arrays)
    }
  })

  it('integers beyond 32 bits from some line on becomes one of 64 bits', () => {
    const data = BigInt64Array.from({ length: 3000 }, (_, i) => (i % 1000 === 999 ? 2n ** 40n : BigInt(i)))
    const written = frame(3000, { id: { dtype: 'int64', shape: [3000], data }, pos: reals(3000, 3) })
    expect(readFrame(formatFrame(written)).arrays).toEqual(written.arrays)
  })

  it('a fault far down names its line', () => {
    const lines = Buffer.from(formatFrame(frame(20_000, { species: words(20_000, () => 'Cu'), pos: reals(20_000, 3) })))
      .toString()
      .split('\n')
    lines[15_002] = 'Cu 1 2 x'
    expect(() => readFrame(Buffer.from(lines.join('\n')))).toThrow(
      /"x" in column "pos" is no real number.*line:15003:8/,
    )
  })
})
