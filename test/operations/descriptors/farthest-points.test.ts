import { farthestPoints, Rng, similarity } from 'autopara'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const of = (...values: number[]): Float64Array => Float64Array.from(values)

/** The definition, with all distances in memory. */
function oracle(points: Float64Array[], count: number, start: number): number[] {
  const selected = [start]
  while (selected.length < count) {
    let best = -1
    let bestDistance = -1
    points.forEach((p, i) => {
      if (selected.includes(i)) return
      const nearest = Math.min(...selected.map((s) => points[s]!.reduce((sum, x, k) => sum + (x - p[k]!) ** 2, 0)))
      if (nearest > bestDistance) {
        best = i
        bestDistance = nearest
      }
    })
    selected.push(best)
  }
  return selected
}

describe('farthestPoints', () => {
  it('selects the same as the definition, with any number of passes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), {
          minLength: 1,
          maxLength: 120,
        }),
        fc.nat(),
        fc.nat(),
        async (rows, a, b) => {
          const points = rows.map(([x, y]) => of(x, y))
          const count = (a % points.length) + 1
          const start = b % points.length
          const { indices, distances } = await farthestPoints(() => points, count, { start })
          expect(indices).toEqual(oracle(points, count, start))
          expect(distances).toEqual([...distances].sort((x, y) => y - x))
        },
      ),
    )
  })

  it('reads the stream few times and holds few points', async () => {
    const rng = new Rng('stream')
    const points = Array.from({ length: 2000 }, () => of(rng.normal(), rng.normal(), rng.normal()))
    let passes = 0
    const { indices } = await farthestPoints(
      async function* () {
        passes++
        yield* points
      },
      100,
      {},
    )
    expect(indices).toEqual(oracle(points, 100, 0))
    expect(passes).toBeLessThan(30)
  })

  it('may be given one buffer for all points', async () => {
    const buffer = of(0)
    const { indices } = await farthestPoints(function* () {
      for (const x of [0, 1, 5, 2]) {
        buffer[0] = x
        yield buffer
      }
    }, 4)
    expect(indices).toEqual([0, 2, 3, 1])
  })

  it('keeps away from previous points and leaves out excluded ones', async () => {
    const points = [of(0), of(1), of(2), of(9), of(10)]
    const options = { previous: [of(10)], exclude: new Set([0]) }
    expect(await farthestPoints(() => points, 3, options)).toEqual({ indices: [1, 2, 3], distances: [9, 1, 1] })
  })

  it('takes the first of equal points, and points of distance zero last', async () => {
    const points = [of(1), of(1), of(3), of(3), of(2)]
    expect((await farthestPoints(() => points, 5)).indices).toEqual([0, 2, 4, 1, 3])
    expect((await farthestPoints(() => points, 0)).indices).toEqual([])
  })

  it('refuses what can not be selected', async () => {
    const points = [of(0), of(1)]
    await expect(farthestPoints(() => points, 3)).rejects.toThrow(/`count` must be at most 2, the number of points/)
    await expect(farthestPoints(() => points, 1, { start: 2 })).rejects.toThrow(/`start`.*one of the 2 points/)
    await expect(farthestPoints(() => points, 1, { start: 1, exclude: new Set([1]) })).rejects.toThrow(/not excluded/)
    await expect(farthestPoints(() => [of(0), of(1, 2)], 2)).rejects.toThrow(/`vector` must be of length 1/)
    for (const start of [0, 1, 2]) {
      const holed = farthestPoints(() => [of(0), of(Number.NaN), of(2)], 2, { start })
      await expect(holed).rejects.toThrow('`point 1` must be of finite numbers, got NaN (number)')
    }
    const previous = [of(Number.POSITIVE_INFINITY)]
    await expect(farthestPoints(() => points, 1, { previous })).rejects.toThrow(/`previous\[0\]` must be of finite/)
    await expect(farthestPoints(() => points, -1)).rejects.toThrow(RangeError)
  })
})

describe('similarity', () => {
  it('is the cosine of the angle between two vectors, to a power', () => {
    expect(similarity(of(1, 0), of(3, 0))).toBe(1)
    expect(similarity(of(1, 0), of(0, 2))).toBe(0)
    expect(similarity(of(1, 1), of(1, 0), { zeta: 2 })).toBeCloseTo(0.5, 15)
    expect(similarity(of(1, 0), of(-1, 0))).toBe(-1)
    expect(similarity(of(0, 0), of(1, 0))).toBe(0)
  })

  it('refuses vectors of different lengths and exponents that are none', () => {
    expect(() => similarity(of(1), of(1, 2))).toThrow(/`vector` must be of length 1/)
    expect(() => similarity(of(1), of(1), { zeta: 0 })).toThrow(/`zeta`/)
  })
})
