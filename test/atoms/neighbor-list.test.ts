import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellHeights, completeCell } from '../../lib/atoms/cell.js'
import { NeighborList } from '../../lib/atoms/neighbor-list.js'
import { neighborPairs } from '../../lib/atoms/neighbor-pairs.js'
import { NeighborError, type PeriodicPoints, RECORD } from '../../lib/atoms/periodic-images.js'

/** Every pair by trying all lattice vectors that could matter: 'i j S1 S2 S3'. */
function bruteForce({ positions, cell, pbc }: PeriodicPoints, cutoff: number): string[] {
  const n = positions.length / 3
  const full = completeCell(cell)
  const span = 12
  const range = (d: number): number[] => (pbc[d] ? Array.from({ length: 2 * span + 1 }, (_, s) => s - span) : [0])
  const found: string[] = []
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (const s of range(0)) {
        for (const t of range(1)) {
          for (const u of range(2)) {
            if (i === j && s === 0 && t === 0 && u === 0) continue
            let squares = 0
            for (let c = 0; c < 3; c++) {
              const shift = s * full[c]! + t * full[3 + c]! + u * full[6 + c]!
              squares += (positions[3 * j + c]! + shift - positions[3 * i + c]!) ** 2
            }
            if (squares < cutoff * cutoff) found.push(`${i} ${j} ${s} ${t} ${u}`)
          }
        }
      }
    }
  }
  return found.sort()
}

function listed(points: PeriodicPoints, cutoff: number): string[] {
  const { offsets, indices, shifts } = neighborPairs(points, cutoff)
  const found: string[] = []
  for (let i = 0; i + 1 < offsets.length; i++) {
    for (let m = offsets[i]!; m < offsets[i + 1]!; m++) {
      found.push(`${i} ${indices[m]} ${shifts[3 * m]} ${shifts[3 * m + 1]} ${shifts[3 * m + 2]}`)
    }
  }
  return found.sort()
}

const coordinate = fc.double({ min: -5, max: 5, noNaN: true })
const component = fc.double({ min: -1.2, max: 1.2, noNaN: true })
const flag = fc.boolean()

type Configuration = PeriodicPoints & { readonly cell: Float64Array }

/** Skewed cells of edges about 2.5 to 6 Å, atoms in and outside them. */
const points: fc.Arbitrary<Configuration> = fc
  .record({
    edges: fc.array(fc.double({ min: 2.5, max: 6, noNaN: true }), { minLength: 3, maxLength: 3 }),
    skew: fc.array(component, { minLength: 9, maxLength: 9 }),
    pbc: fc.tuple(flag, flag, flag),
    flat: fc.array(coordinate, { minLength: 3, maxLength: 24 }),
  })
  .map(({ edges, skew, pbc, flat }) => {
    const cell = Float64Array.from(skew)
    for (let d = 0; d < 3; d++) cell[4 * d] = edges[d]! + skew[4 * d]!
    return { cell, pbc, positions: Float64Array.from(flat.slice(0, flat.length - (flat.length % 3))) }
  })
  // What the brute force below can reach: 12 cells cover the box of the atoms and the cutoff.
  .filter(({ cell }) => Math.min(...cellHeights(cell)) > 1.6)

describe('neighborPairs', () => {
  it('finds every pair of any cell, any periodicity and cells smaller than the cutoff', () => {
    fc.assert(
      fc.property(points, fc.double({ min: 0.5, max: 6, noNaN: true }), (configuration, cutoff) => {
        expect(listed(configuration, cutoff)).toEqual(bruteForce(configuration, cutoff))
      }),
      { numRuns: 60 },
    )
  })

  it('gives vectors from the atom to its neighbour, with their lengths', () => {
    const cell = Float64Array.of(4, 0, 0, 1, 4, 0, 0, 0, 4)
    const positions = Float64Array.of(-3, 9, 0, 1, 1, 1)
    const { offsets, indices, shifts, vectors, distances } = neighborPairs(
      { cell, positions, pbc: [true, true, true] },
      5,
    )
    for (let i = 0; i < 2; i++) {
      for (let m = offsets[i]!; m < offsets[i + 1]!; m++) {
        for (let c = 0; c < 3; c++) {
          const shift =
            shifts[3 * m]! * cell[c]! + shifts[3 * m + 1]! * cell[3 + c]! + shifts[3 * m + 2]! * cell[6 + c]!
          expect(vectors[3 * m + c]).toBeCloseTo(positions[3 * indices[m]! + c]! + shift - positions[3 * i + c]!, 12)
        }
        expect(distances[m]).toBeCloseTo(Math.hypot(...vectors.subarray(3 * m, 3 * m + 3)), 12)
      }
    }
  })

  it('finds pairs of a large box by bins as by brute force', () => {
    const positions = Float64Array.from({ length: 900 }, (_, i) => 20 * ((Math.sin(i * 12.9898) * 43758.5453) % 1))
    const configuration = {
      positions,
      cell: Float64Array.of(20, 0, 0, 3, 20, 0, 0, -5, 20),
      pbc: [false, false, false],
    }
    expect(listed(configuration, 4.4)).toEqual(bruteForce(configuration, 4.4))
  })

  it('copes with no atoms, and with atoms far apart', () => {
    const cell = new Float64Array(9)
    expect(listed({ positions: new Float64Array(0), cell, pbc: [false, false, false] }, 3)).toEqual([])
    const positions = Float64Array.of(0, 0, 0, 1e9, 0, 0, 1, 0, 0)
    expect(listed({ positions, cell, pbc: [false, false, false] }, 3)).toEqual(['0 2 0 0 0', '2 0 0 0 0'])
  })

  it('names the atom whose position is not finite', () => {
    const positions = Float64Array.of(0, 0, 0, Number.NaN, 0, 0)
    expect(() => neighborPairs({ positions, cell: new Float64Array(9), pbc: [false, false, false] }, 3)).toThrow(
      new NeighborError('Atom 1 is at (NaN, 0, 0): a position must be finite'),
    )
  })

  it('names the atom that lies too many cells away', () => {
    const points = { positions: Float64Array.of(0, 0, 0, 0, 8e10, 0), cell: Float64Array.of(8, 0, 0, 0, 8, 0, 0, 0, 8) }
    expect(() => neighborPairs({ ...points, pbc: [true, true, true] }, 3)).toThrow(
      new NeighborError('Atom 1 lies 10000000000 cells away (direction 1): wrap() the atoms first'),
    )
    expect(listed({ ...points, pbc: [true, false, true] }, 3)).toEqual([])
  })

  it('refuses a periodic direction without a lattice vector', () => {
    const positions = Float64Array.of(0, 0, 0)
    const cell = Float64Array.of(4, 0, 0, 0, 4, 0, 0, 0, 0)
    expect(() => neighborPairs({ positions, cell, pbc: [true, true, true] }, 3)).toThrow(/Direction 2 is periodic/)
  })
})

/** The pairs of a list that are within the cutoff, from both sides. */
function pairsOf(list: NeighborList, cutoff: number): string[] {
  const { images, offsets, neighbors } = list
  const found: string[] = []
  for (let i = 0; i < images.natoms; i++) {
    for (let m = offsets[i]!; m < offsets[i + 1]!; m++) {
      const k = neighbors[m]! / RECORD
      const d = [0, 1, 2].map((c) => images.records[RECORD * k + c]! - images.records[RECORD * i + c]!)
      if (Math.hypot(...d) >= cutoff) continue
      const s = [0, 1, 2].map((c) => images.shifts[3 * k + c]! - images.shifts[3 * i + c]!)
      found.push([i, images.parents[k], ...s].join(' '))
      if (list.half) found.push([images.parents[k], i, ...s.map((value) => 0 - value)].join(' '))
    }
  }
  return found.sort()
}

describe('NeighborList', () => {
  it('holds each pair once when it is half', () => {
    fc.assert(
      fc.property(points, fc.double({ min: 0.5, max: 6, noNaN: true }), (configuration, cutoff) => {
        const list = new NeighborList(cutoff, { half: true })
        list.update(configuration)
        expect(pairsOf(list, cutoff)).toEqual(bruteForce(configuration, cutoff))
      }),
      { numRuns: 50 },
    )
  })

  it.each([
    ['whole', {}, 0],
    ['half', { half: true }, 0],
    ['pruned', { half: true }, 0.4],
  ])('with a skin never misses a pair while atoms and cell move: %s', (_, options, innerSkin) => {
    const step = fc.array(fc.double({ min: -0.12, max: 0.12, noNaN: true }), { minLength: 24, maxLength: 24 })
    const strain = fc.array(fc.double({ min: -0.01, max: 0.01, noNaN: true }), { minLength: 9, maxLength: 9 })
    fc.assert(
      fc.property(points, fc.array(fc.tuple(step, strain, flag), { maxLength: 6 }), (start, moves) => {
        const list = new NeighborList(0, options)
        list.configure(4, 1, innerSkin)
        list.update(start)
        let { cell, positions } = start
        for (const [shift, deformation, strained] of moves) {
          positions = positions.map((value, i) => value + shift[i]!)
          if (strained) cell = cell.map((value, i) => value * (1 + deformation[i]!))
          const moved = { ...start, cell, positions }
          list.update(moved)
          expect(pairsOf(list, 4)).toEqual(bruteForce(moved, 4))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('with a skin is kept for small moves and rebuilt for large ones', () => {
    const list = new NeighborList(3, { skin: 0.4 })
    const at = (x: number, side: number): PeriodicPoints => ({
      positions: Float64Array.of(x, 0, 0, 2, 2, 2),
      cell: Float64Array.of(side, 0, 0, 0, side, 0, 0, 0, side),
      pbc: [true, true, true],
    })
    expect(list.update(at(0, 5))).toBe(true)
    expect(list.update(at(0.19, 5))).toBe(false)
    expect(list.update(at(0, 5.01))).toBe(false)
    expect(list.update(at(0.21, 5))).toBe(true)
    expect(list.update(at(0.21, 5.5))).toBe(true)
  })

  it('is built anew after a configuration that it refused', () => {
    const list = new NeighborList(0, { half: true })
    list.configure(3, 1, 0.2)
    const row = Float64Array.from({ length: 60 }, (_, o) => (o % 3 === 0 ? 0.3 * o : 0))
    const points = { positions: row, cell: new Float64Array(9), pbc: [false, false, false] }
    list.update(points)
    row[9] = Number.NaN
    expect(() => list.update(points)).toThrow(NeighborError)
    row[9] = 2.7
    expect(list.update(points)).toBe(true)
    expect(pairsOf(list, 3)).toEqual(bruteForce(points, 3))
  })

  it('is pruned anew for moves beyond the inner skin, and shows few pairs beyond the cutoff', () => {
    const list = new NeighborList(0, { half: true })
    list.configure(3, 1, 0.2)
    const row = Float64Array.from({ length: 60 }, (_, o) => (o % 3 === 0 ? 0.3 * o : 0))
    const points = { positions: row, cell: new Float64Array(9), pbc: [false, false, false] }
    const shown = (): number => list.offsets[20] as number
    expect(list.update(points)).toBe(true)
    const first = shown()
    // Towards the others: the pair that was 3.6 Å away is now within the inner skin of the cutoff.
    row[0] = 0.3
    expect(list.update(points)).toBe(false)
    expect(shown()).toBe(first)
    row[0] = 0.41
    expect(list.update(points)).toBe(true)
    expect(pairsOf(list, 3)).toEqual(bruteForce(points, 3))
  })
})
