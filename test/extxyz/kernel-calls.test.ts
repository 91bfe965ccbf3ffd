import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { indexFrames } from '../../lib/extxyz/frame-index.js'
import { FrameScanner } from '../../lib/extxyz/frame-scanner.js'
import { theKernel } from '../../lib/extxyz/kernel.js'
import { readFrame } from '../../lib/extxyz/read-frame.js'
import { formatFrame } from '../../lib/extxyz/write-frame.js'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const kernel = theKernel()!

afterEach(() => {
  vi.restoreAllMocks()
})

/** How many frames a scanner finds, and how often it asked the kernel. */
function scanned(text: string): { frames: number; calls: number } {
  const calls = vi.spyOn(kernel, 'scanFrames')
  const scanner = new FrameScanner()
  const bytes = Buffer.from(text)
  expect(scanner.scan(bytes, 0, bytes.length, 0, () => {})).toBe(bytes.length)
  return { frames: scanner.frames, calls: calls.mock.calls.length }
}

describe('the kernel is asked', () => {
  it('once for many frames', () => {
    expect(scanned('1\n\nCu 0 0 0\n'.repeat(5000))).toEqual({ frames: 5000, calls: 1 })
  })

  it('for as many as fit, again and again', () => {
    const { frames, calls } = scanned(`1\n\n${'x'.repeat(1000)}\n`.repeat(5000))
    expect(frames).toBe(5000)
    expect(calls).toBeGreaterThan(15)
    expect(calls).toBeLessThan(25)
  })

  it('less and less often for frames that it leaves', () => {
    expect(scanned('+1\n\nCu 0 0 0\n'.repeat(5000))).toEqual({ frames: 5000, calls: 14 })
  })

  it('again for those that follow', () => {
    expect(scanned(`${'+1\n\nCu 0 0 0\n'.repeat(3)}${'1\n\nCu 0 0 0\n'.repeat(5000)}`)).toEqual({
      frames: 5003,
      calls: 3,
    })
  })

  it('less and less often for lines of atoms that it leaves', () => {
    const calls = vi.spyOn(kernel, 'readRows')
    const { natoms } = readFrame(Buffer.from(`5000\n\n${'Cu nan 0 0\n'.repeat(5000)}`))
    expect([natoms, calls.mock.calls.length]).toEqual([5000, 14])
  })
})

describe('the kernel is asked to write', () => {
  it.each([
    { every: 1, calls: 14 },
    { every: 2, calls: 14 },
    { every: 1000, calls: 10 },
  ])('where one line in $every is left, $calls times for 5000 lines at most', ({ every, calls: most }) => {
    const calls = vi.spyOn(kernel, 'writeRows')
    const data = Float64Array.from({ length: 5000 }, (_, i) => (i % every === 0 ? 1e-60 : 1.5))
    const arrays = { charge: { dtype: 'float64' as const, shape: [5000], data } }
    const text = formatFrame({ natoms: 5000, cell: null, pbc: [false, false, false], info: {}, arrays })
    expect(calls.mock.calls.length).toBeLessThanOrEqual(most)
    expect(readFrame(text).arrays).toEqual(arrays)
  })
})

describe('the blocks of a scan', () => {
  it('are used again by the next one', async () => {
    const path = join(scratch(), 'in.xyz')
    writeFileSync(path, '1\n\nCu 0 0 0\n'.repeat(300_000))
    const first = await indexFrames(path)
    const made = vi.spyOn(Buffer, 'allocUnsafeSlow')
    expect((await indexFrames(path)).length).toBe(first.length)
    expect(made.mock.calls.filter(([size]) => size > 100_000)).toEqual([])
  })
})
