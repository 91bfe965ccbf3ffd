import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cellHeights,
  cellVolume,
  completeCell,
  determinant,
  inverseCell,
  latticeVectors,
  reciprocalCell,
  toFractional,
  wrapPositions,
} from '../../lib/atoms/cell.js'

const triclinic = Float64Array.of(4, 0.1, 0.2, 1.5, 3.8, -0.3, -0.7, 0.4, 5.1)
const coordinate = fc.double({ min: -20, max: 20, noNaN: true })
const cells = fc
  .array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 9, maxLength: 9 })
  .map((entries) => Float64Array.from(entries))
  .filter((cell) => Math.abs(determinant(cell)) > 1)

/** Rows of a times rows of b. */
function product(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const row = 3 * Math.floor(i / 3)
    return [0, 1, 2].reduce((sum, k) => sum + a[row + k]! * b[3 * k + (i % 3)]!, 0)
  })
}

const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1]

describe('the cell', () => {
  it('has the volume and heights of a box', () => {
    const box = [3, 0, 0, 0, 4, 0, 0, 0, 5]
    expect(cellVolume(box)).toBe(60)
    expect(cellHeights(box)).toEqual([3, 4, 5])
    expect(determinant([0, 4, 0, 3, 0, 0, 0, 0, 5])).toBe(-60)
    expect(cellVolume([0, 4, 0, 3, 0, 0, 0, 0, 5])).toBe(60)
  })

  it('has an inverse and reciprocal vectors for any cell', () => {
    fc.assert(
      fc.property(cells, (cell) => {
        product(cell, inverseCell(cell)).forEach((x, i) => {
          expect(x).toBeCloseTo(identity[i]!, 10)
        })
        const b = reciprocalCell(cell)
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < 3; j++) {
            const dot = [0, 1, 2].reduce((sum, k) => sum + cell[3 * i + k]! * b[3 * j + k]!, 0)
            expect(dot).toBeCloseTo(i === j ? 1 : 0, 10)
          }
        }
      }),
    )
  })

  it('has no volume, inverse or heights with a vector missing or dependent', () => {
    for (const cell of [new Float64Array(9), [1, 0, 0, 0, 1, 0, 0, 0, 0], [1, 0, 0, 2, 0, 0, 0, 0, 1]]) {
      for (const use of [cellVolume, inverseCell, cellHeights]) {
        expect(() => use(cell)).toThrow(expect.objectContaining({ name: 'CellError', code: 'AUTOPARA_CELL' }))
      }
    }
    expect(latticeVectors([1, 0, 0, 0, 1, 0, 0, 0, 0])).toBe(2)
  })

  it('is completed by unit vectors normal to those it has', () => {
    expect([...completeCell(new Float64Array(9))]).toEqual(identity)
    for (const missing of [[0], [1], [2], [0, 1], [1, 2], [0, 2]]) {
      const cell = triclinic.slice()
      for (const row of missing) cell.fill(0, 3 * row, 3 * row + 3)
      const full = completeCell(cell)
      expect(determinant(full)).toBeGreaterThan(0)
      for (const row of missing) {
        const v = full.subarray(3 * row, 3 * row + 3)
        expect(Math.hypot(...v)).toBeCloseTo(1, 12)
        for (const other of [0, 1, 2].filter((r) => r !== row)) {
          expect(v[0]! * full[3 * other]! + v[1]! * full[3 * other + 1]! + v[2]! * full[3 * other + 2]!).toBeCloseTo(
            0,
            12,
          )
        }
      }
    }
  })

  it('wraps any position into [0, 1) of its periodic directions by whole lattice vectors', () => {
    const pbcs = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean())
    fc.assert(
      fc.property(cells, fc.tuple(coordinate, coordinate, coordinate), pbcs, (cell, position, pbc) => {
        const wrapped = Float64Array.from(position)
        wrapPositions(wrapped, cell, pbc)
        const before = toFractional(Float64Array.from(position), cell)
        toFractional(wrapped, cell).forEach((f, d) => {
          if (pbc[d]) {
            expect(f).toBeGreaterThan(-1e-6)
            expect(f).toBeLessThan(1)
          }
          const shift = before[d]! - f
          expect(shift).toBeCloseTo(pbc[d] ? Math.round(shift) : 0, 8)
        })
      }),
    )
  })
})
