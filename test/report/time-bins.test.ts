import { describe, expect, it } from 'vitest'
import { TimeBins } from '../../build/lib/report/time-bins.js'

describe('time bins', () => {
  it('hold all that was added, however long the run becomes', () => {
    const bins = new TimeBins()
    const [first, second] = [bins.series(), bins.series()]
    for (let k = 0; k < 100; k++) bins.add(first, 0.01 * k, 0.01 * k + 0.004, 1)
    bins.add(second, 0, 5000, 10)
    bins.add(first, 7000, 7000, 3)
    const sum = (series: Float64Array): number => series.reduce((total, amount) => total + amount, 0)
    expect(sum(first)).toBeCloseTo(103, 9)
    expect(sum(second)).toBeCloseTo(10, 9)
    expect(bins.until(first, 7000).length).toBeGreaterThan(100)
    expect(bins.until(first, 7000).length).toBeLessThanOrEqual(240)
    expect(bins.until(first, 7000)[0]).toBeCloseTo(100, 9)
    // Spread evenly: as much in the first half as in the second.
    const half = bins.until(second, 2500).reduce((total, amount) => total + amount, 0)
    expect(Math.abs(half - 5)).toBeLessThanOrEqual((10 * bins.width) / 5000)
  })
})
