import { processRng, Rng } from 'autopara'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const draws = 1_000_000

/** First numbers of a stream: enough to tell streams apart. */
function first(rng: Rng, n = 4): number[] {
  return Array.from({ length: n }, () => rng.random())
}

/** Mean of x·y for x, y standardised to mean 0 and variance 1: the standard deviation of this estimate is 1/√n. */
function correlation(a: Rng, b: Rng, n: number): number {
  let sum = 0
  for (let i = 0; i < n; i++) sum += 12 * (a.random() - 0.5) * (b.random() - 0.5)
  return sum / n
}

describe('Rng', () => {
  it('gives the same numbers for the same seed and keys, whatever was drawn from the parent before', () => {
    const parent = new Rng(7)
    const before = first(parent.spawn(3))
    first(parent, 100)
    expect(first(parent.spawn(3))).toEqual(before)
    expect(first(new Rng(7).spawn(3))).toEqual(before)
  })

  it('keeps its numbers from version to version', () => {
    expect(first(new Rng(42).spawn(0), 3)).toEqual([0.8593954102667136, 0.9056584548569657, 0.49235601060665235])
    expect(first(new Rng('seed'), 2)).toEqual([0.27216087668057987, 0.1341381490471968])
  })

  it('has no two equal streams among 10^5 pairs of seed and item', () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 100; seed++) {
      const parent = new Rng(seed)
      for (let i = 0; i < 1000; i++) {
        const rng = parent.spawn(i)
        seen.add(`${rng.random()} ${rng.random()}`)
      }
    }
    expect(seen.size).toBe(100_000)
  })

  it('tells apart what joined strings would mix up', () => {
    const streams = [
      new Rng('1'),
      new Rng(1),
      new Rng('11'),
      new Rng(11),
      new Rng('ab'),
      new Rng('abab'),
      new Rng(''),
      new Rng(0),
      new Rng(1).spawn(1),
      new Rng(1).spawn('1'),
      new Rng(1).spawn(1).spawn(1),
      new Rng(1).spawn(11),
      new Rng(11).spawn(1),
      new Rng('1/1'),
      new Rng('a').spawn('b'),
      new Rng('a/6:string:b'),
      new Rng('é'),
      new Rng('e\u0301'),
      new Rng('\ud800'),
      new Rng('\ud801'),
    ]
    expect(new Set(streams.map((rng) => first(rng).join())).size).toBe(streams.length)
  })

  it('is uniform over 10^6 draws: chi square of 1000 bins, mean and variance within 5 standard deviations', () => {
    const rng = new Rng(2024).spawn(5)
    const bins = new Int32Array(1000)
    let [sum, squares] = [0, 0]
    for (let i = 0; i < draws; i++) {
      const x = rng.random()
      bins[Math.floor(1000 * x)]!++
      sum += x
      squares += (x - 0.5) ** 2
    }
    const expected = draws / 1000
    const chi2 = bins.reduce((total, count) => total + (count - expected) ** 2 / expected, 0)
    expect(Math.abs(chi2 - 999) / Math.sqrt(2 * 999)).toBeLessThan(5)
    expect(Math.abs(sum / draws - 0.5)).toBeLessThan(5 / Math.sqrt(12 * draws))
    expect(Math.abs(squares / draws - 1 / 12)).toBeLessThan(5 / Math.sqrt(180 * draws))
  })

  it('is uniform across streams: the first number of 10^5 items of one seed', () => {
    const parent = new Rng(1)
    const bins = new Int32Array(100)
    for (let i = 0; i < 100_000; i++) bins[Math.floor(100 * parent.spawn(i).random())]!++
    const chi2 = bins.reduce((total, count) => total + (count - 1000) ** 2 / 1000, 0)
    expect(Math.abs(chi2 - 99) / Math.sqrt(2 * 99)).toBeLessThan(5)
  })

  it.each([
    ['neighbouring items of a seed', () => [new Rng(3).spawn(0), new Rng(3).spawn(1)]],
    ['the same item of neighbouring seeds', () => [new Rng(3).spawn(0), new Rng(4).spawn(0)]],
    ['a parent and its child', () => [new Rng(3), new Rng(3).spawn(0)]],
    ['swapped seed and item', () => [new Rng(1).spawn(2), new Rng(2).spawn(1)]],
  ])('shows no correlation over 10^6 draws between %s', (_, make) => {
    const [a, b] = make() as [Rng, Rng]
    expect(Math.abs(correlation(a, b, draws))).toBeLessThan(5 / Math.sqrt(draws))
  })

  it('draws normal deviates: mean, variance, skewness and kurtosis within 5 standard deviations', () => {
    const rng = new Rng(9)
    const moments = [0, 0, 0, 0]
    for (let i = 0; i < draws; i++) {
      const x = rng.normal()
      for (let k = 0; k < 4; k++) moments[k]! += x ** (k + 1) / draws
    }
    const [mean, second, third, fourth] = moments as [number, number, number, number]
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(draws))
    expect(Math.abs(second - 1)).toBeLessThan(5 * Math.sqrt(2 / draws))
    expect(Math.abs(third)).toBeLessThan(5 * Math.sqrt(15 / draws))
    expect(Math.abs(fourth - 3)).toBeLessThan(5 * Math.sqrt(96 / draws))
  })

  it('draws every integer of a range, and none outside', () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 20 }), (lo, n) => {
        const rng = new Rng(n)
        const seen = new Set(Array.from({ length: 60 * n }, () => rng.integers(lo, lo + n)))
        return seen.size === n && [...seen].every((x) => x >= lo && x < lo + n)
      }),
    )
    expect(() => new Rng(1).integers(1, 1)).toThrow(RangeError)
    expect(() => new Rng(1).integers(0.5, 1)).toThrow(TypeError)
  })

  it('shuffles without bias: each of 4 places for each of 4 items', () => {
    const rng = new Rng(11)
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0])
    for (let i = 0; i < 40_000; i++) {
      for (const [place, item] of rng.shuffle([0, 1, 2, 3]).entries()) counts[item]![place]!++
    }
    for (const count of counts.flat()) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(7500))
  })

  it('goes on from its state with the same numbers, mid-pair and before the first draw as well', () => {
    const rng = new Rng('state')
    const fresh = new Rng(JSON.parse(JSON.stringify(rng.state())))
    rng.normal()
    const copy = new Rng(JSON.parse(JSON.stringify(rng.state())))
    expect([copy.normal(), copy.normal(), copy.random()]).toEqual([rng.normal(), rng.normal(), rng.random()])
    expect(first(fresh)).toEqual(first(new Rng('state')))
    expect(first(copy.spawn(1))).toEqual(first(new Rng('state').spawn(1)))
  })

  it('takes a seed from the operating system when none is given', () => {
    expect(first(new Rng())).not.toEqual(first(new Rng()))
    expect(processRng()).toBe(processRng())
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, null, true, 1n])('refuses the seed %s', (seed) => {
    expect(() => new Rng(seed as number).random()).toThrow(TypeError)
  })
})
