import { appendFileSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ExtxyzError } from '../../lib/extxyz/errors.js'
import { type FrameIndex, type FrameRange, frameRanges, indexFrames } from '../../lib/extxyz/frame-index.js'
import { parseFrames, readFrame } from '../../lib/extxyz/read-frame.js'
import { cases } from './corpus.js'
import { temporaryFiles } from './temporary-files.js'

const { file } = temporaryFiles()

function frame(i: number): string {
  const atoms = i % 4
  return `${atoms}\nProperties=species:S:1:pos:R:3 step=${i}\n${'H 0 0 0\n'.repeat(atoms)}`
}

function frames(n: number): string {
  return Array.from({ length: n }, (_, i) => frame(i)).join('')
}

async function collect<T>(items: AsyncIterable<T>): Promise<{ items: T[]; error: unknown }> {
  const found: T[] = []
  try {
    for await (const item of items) found.push(item)
  } catch (error) {
    return { items: found, error }
  }
  return { items: found, error: undefined }
}

describe('frameRanges', () => {
  it('gives ranges that are frames, from end to end', async () => {
    const text = frames(5000)
    const path = file('ranges.xyz', text)
    const { items, error } = await collect(frameRanges(path))
    expect(error).toBeUndefined()
    const bytes = readFileSync(path)
    let end = 0
    for (const [i, range] of items.entries()) {
      expect(range.start).toBe(end)
      expect(range.frame).toBe(i)
      const one = readFrame(bytes.subarray(range.start, range.end), 0, { frame: i, line: range.line })
      expect([one.natoms, one.info['step']]).toEqual([range.natoms, i])
      end = range.end
    }
    expect([items.length, end]).toEqual([5000, text.length])
  })

  it.each([
    ['-1', [9]],
    ['::4', [0, 4, 8]],
    ['7:', [7, 8, 9]],
    ['::-5', [9, 4]],
    ['12:', []],
  ])('gives the frames of %s', async (index, expected) => {
    const { items } = await collect(frameRanges(file('select.xyz', frames(10)), index))
    expect(items.map((range) => range.frame)).toEqual(expected)
    const lines = frames(10).split('\n')
    for (const range of items) expect(lines[range.line - 1]).toBe(String(range.natoms))
  })

  it.each(cases.map((one) => [one.id, one] as const))('finds as many frames as the reader: %s', async (_, { text }) => {
    const path = file('case.xyz', Buffer.from(text))
    const { items, error } = await collect(frameRanges(path))
    try {
      const read = parseFrames(Buffer.from(text))
      expect(error).toBeUndefined()
      expect(items.map(({ natoms }) => natoms)).toEqual(read.map(({ natoms }) => natoms))
    } catch (fault) {
      // the index sees no comment and no column, so that it may go on where the reader stops
      expect(items.length).toBeGreaterThanOrEqual((fault as ExtxyzError).frames.length)
    }
  })

  it('delivers the complete frames before a frame that is cut off', async () => {
    const path = file('cut.xyz', `${frames(6)}3\nProperties=species:S:1:pos:R:3\nH 0 0 0\nH 0 0 0\n`)
    const { items, error } = await collect(frameRanges(path))
    expect(items.length).toBe(6)
    expect(error).toMatchObject({ rule: 'truncated', frame: 6, file: path })
    expect(String(error)).toContain('after 2 of 3 atom lines')
  })

  it('reads no further than a slice needs', async () => {
    const path = file('beyond.xyz', `${frames(6)}this is no frame\n`)
    const { items, error } = await collect(frameRanges(path, ':6'))
    expect([items.length, error]).toEqual([6, undefined])
  })

  it('reserves nothing for the number of atoms that a file promises', async () => {
    const path = file('promise.xyz', '1000000000000\ncomment\nH 0 0 0\n')
    const { error } = await collect(frameRanges(path))
    expect(error).toMatchObject({ rule: 'truncated' })
  })

  it('refuses gzip files and stdin, which have no ranges', async () => {
    for (const path of ['x.xyz.gz', '-']) {
      const { error } = await collect(frameRanges(path))
      expect(error).toMatchObject({ rule: 'index' })
    }
  })

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    const { error } = await collect(frameRanges(file('aborted.xyz', frames(10)), ':', { signal: controller.signal }))
    expect(String(error)).toContain('enough')
  })
})

function ranges(index: FrameIndex): FrameRange[] {
  return Array.from({ length: index.length }, (_, i) => index.range(i))
}

describe('indexFrames', () => {
  it('keeps the place and the size of every frame', async () => {
    const path = file('index.xyz', frames(3000))
    const index = await indexFrames(path)
    const { items } = await collect(frameRanges(path))
    expect(ranges(index)).toEqual(items.map(({ start, end, natoms }) => ({ start, end, natoms })))
    expect(index.line(2999)).toBe(items[2999]?.line)
    expect(() => index.range(3000)).toThrow(RangeError)
  })

  it('follows a file that is still growing, and leaves out a frame that is half written', async () => {
    const path = file('growing.xyz', `${frames(4)}2\nProperties=species:S:1:pos:R:3\nH 0 0 0\nH 0 0`)
    const index = await indexFrames(path, { growing: true })
    expect(index.length).toBe(4)
    expect(await index.update()).toBe(4)
    appendFileSync(path, ' 0')
    expect(await index.update()).toBe(4)
    appendFileSync(path, `\n${frames(3)}`)
    expect(await index.update()).toBe(8)
    expect(index.range(4).natoms).toBe(2)
    expect(index.end).toBe(statSync(path).size)
  })

  it('says that a growing file has become shorter', async () => {
    const path = file('shrinking.xyz', frames(4))
    const index = await indexFrames(path, { growing: true })
    writeFileSync(path, frames(2))
    await expect(index.update()).rejects.toMatchObject({ rule: 'index' })
  })
})

describe('a saved index', () => {
  /** Makes a file look as if it had been at rest for a while. */
  function settle(path: string, seconds = 10): void {
    const then = new Date(Date.now() - 1000 * seconds)
    utimesSync(path, then, then)
  }

  it('is written and used again while the file is the same', async () => {
    const path = file('saved.xyz', frames(100))
    settle(path)
    const first = await indexFrames(path, { saved: true })
    const saved = statSync(`${path}.idx`).mtimeMs
    const second = await indexFrames(path, { saved: true })
    expect(ranges(second)).toEqual(ranges(first))
    expect(second.line(50)).toBe(first.line(50))
    expect(statSync(`${path}.idx`).mtimeMs).toBe(saved)
  })

  it('is not believed when the size, the time, the checksum or the last frame differs', async () => {
    const path = file('stale.xyz', frames(100))
    const fresh = async (): Promise<number> => (await indexFrames(path, { saved: true })).length
    settle(path)
    await fresh()
    writeFileSync(path, frames(101))
    settle(path)
    expect(await fresh()).toBe(101)
    // same size, another time
    const { size } = statSync(path)
    writeFileSync(path, `1\n${'c'.repeat(size - 4 - 8 - 2)}\n\nH 0 0 0\n`.slice(0, size))
    settle(path, 20)
    await expect(fresh()).rejects.toBeInstanceOf(ExtxyzError)
    // damaged
    writeFileSync(path, frames(101))
    settle(path, 30)
    await fresh()
    const idx = readFileSync(`${path}.idx`)
    idx[idx.length - 20] = (idx[idx.length - 20] ?? 0) ^ 1
    writeFileSync(`${path}.idx`, idx)
    expect(await fresh()).toBe(101)
    // same size and time, other frames
    const other = frames(101).replace(/^3$/gm, '2')
    writeFileSync(path, other)
    settle(path, 30)
    expect(other.length).toBe(frames(101).length)
  })

  it('is not written for a file that changed a moment ago', async () => {
    const path = file('moment.xyz', frames(3))
    // A busy machine may take its time between this and the look at the file: for that, too, it is a moment ago.
    settle(path, -60)
    await indexFrames(path, { saved: true })
    expect(() => statSync(`${path}.idx`)).toThrow(/ENOENT/)
  })
})
