import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ExtxyzError } from '../../lib/extxyz/errors.js'
import {
  type FrameIndex,
  type FrameRange,
  frameRangeBatches,
  frameRanges,
  indexFrames,
} from '../../lib/extxyz/frame-index.js'
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
    ['1::4', [1, 5, 9]],
    ['3:9:3', [3, 6]],
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
    for (const path of [file('x.xyz.gz', frames(2)), '-']) {
      const refused = { rule: 'index', file: path, frame: 0, line: 1, column: 1 }
      for (const index of [':', '-1']) {
        const { error } = await collect(frameRanges(path, index))
        expect(error).toMatchObject(refused)
        expect(String(error)).toContain('has no byte ranges')
      }
      await expect(indexFrames(path, { growing: true })).rejects.toMatchObject(refused)
    }
  })

  it.each([10, 12, -11])('says that there is no frame %i among ten', async (index) => {
    const path = file('ten.xyz', frames(10))
    const { items, error } = await collect(frameRanges(path, index))
    expect(items).toEqual([])
    expect(error).toMatchObject({ rule: 'index', file: path, frame: 10, line: 1, column: 1 })
    expect(String(error)).toContain(`there is no frame ${index}: the file has 10 frames`)
  })

  it('finds no frame in a slice of none, and none in an empty file', async () => {
    const path = file('ten.xyz', frames(10))
    for (const index of ['-12:-11', '-5:2', '3:3', '20:'])
      expect(await collect(frameRanges(path, index))).toEqual({ items: [], error: undefined })
    expect(await collect(frameRanges(file('empty.xyz', '')))).toEqual({ items: [], error: undefined })
  })

  it('finds the frames of a file of many blocks, wherever these end', async () => {
    const sizes = [10, 3_000_000, 700, 1_500_000, 1, 0, 900_000, 200_000, ...Array.from({ length: 3000 }, (_, i) => i)]
    const text = sizes.map((size, i) => `${i % 3}\n${'c'.repeat(size)}\n${'H 0 0 0\n'.repeat(i % 3)}`)
    const path = file('blocks.xyz', text.join(''))
    let [start, line] = [0, 1]
    const expected = text.map((one, frame) => {
      const range = { start, end: start + one.length, natoms: frame % 3, frame, line }
      start += one.length
      line += 2 + (frame % 3)
      return range
    })
    expect(await collect(frameRanges(path))).toEqual({ items: expected, error: undefined })
    const batches = (await collect(frameRangeBatches(path))).items
    expect(batches.flat()).toEqual(expected)
    // a block in which no frame ends gives no batch
    expect(batches.every((batch) => batch.length > 0)).toBe(true)
    const last = await collect(frameRanges(path, '-2500:'))
    expect(last.items).toEqual(expected.slice(-2500))
    const thousands = (await collect(frameRangeBatches(path, '-2500:'))).items
    expect(thousands.map((batch) => batch.length)).toEqual([1000, 1000, 500])
  })

  it('reads a number of atoms that stands in two blocks', async () => {
    for (let cut = 0; cut <= 6; cut++) {
      const first = `1\n${'c'.repeat((1 << 20) - cut - 11)}\nH 0 0 0\n`
      const text = `${first}   1\nc\nHe 0 0 0\n  `
      const { items, error } = await collect(frameRanges(file('cut-number.xyz', text)))
      expect(error).toBeUndefined()
      expect(items.map(({ start, end }) => [start, end])).toEqual([
        [0, first.length],
        [first.length, text.length - 2],
      ])
      expect(first.length).toBe((1 << 20) - cut)
    }
  })

  it('gives no batch before a fault that the file begins with', async () => {
    const { items, error } = await collect(frameRangeBatches(file('rubbish.xyz', 'rubbish\n')))
    expect(items).toEqual([])
    expect(error).toMatchObject({ rule: 'natoms', line: 1 })
    const later = await collect(frameRangeBatches(file('later.xyz', `${frames(3)}rubbish\n`)))
    expect(later.items.map((batch) => batch.length)).toEqual([3])
    expect(later.error).toMatchObject({ rule: 'natoms', frame: 3 })
  })

  it('fails with the error of the reading', async () => {
    const { error } = await collect(frameRanges(dirname(file('x.xyz', ''))))
    expect(error).toMatchObject({ code: 'EISDIR' })
    expect((await collect(frameRanges(file('absent.xyz')))).error).toMatchObject({ code: 'ENOENT' })
  })

  it.skipIf(!existsSync('/proc/self/fd'))('leaves no file open, finished or not', async () => {
    const path = file('opened.xyz', frames(10))
    const opened = (): number =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === path
        } catch {
          return false // it was that of the folder
        }
      }).length
    for await (const { frame: number } of frameRanges(path)) {
      expect(opened()).toBe(1)
      if (number === 3) break
    }
    await collect(frameRanges(path))
    await collect(frameRanges(path, ':2'))
    const index = await indexFrames(path, { growing: true })
    await index.update()
    expect(opened()).toBe(0)
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
    for (const i of [0, 1, 2, 1023, 1024, 2999]) expect(index.line(i)).toBe(items[i]?.line)
    const after = readFileSync(path, 'utf8').split('\n').length
    expect([index.line(3000), index.line(3010), index.line(9999)]).toEqual([after, after, after])
    for (const i of [3000, -1, 0.5, Number.NaN]) expect(() => index.range(i)).toThrow(`no frame ${i} among 3000`)
    expect(() => index.range(3000)).toThrow(RangeError)
  })

  it('ends with the reason of its signal, and takes no other option', async () => {
    const path = file('options.xyz', frames(3))
    await expect(indexFrames(path, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    await expect(indexFrames(path, { growth: true } as object)).rejects.toThrow(
      /indexFrames.*growth|growth.*indexFrames/,
    )
    expect((await indexFrames(path, { growing: false, saved: false })).file).toBe(path)
    expect(existsSync(`${path}.idx`)).toBe(false)
  })

  it('follows a file that is still growing, and leaves out a frame that is half written', async () => {
    const path = file('growing.xyz', `${frames(4)}2\nProperties=species:S:1:pos:R:3\nH 0 0 0\nH 0 0`)
    const index = await indexFrames(path, { growing: true })
    expect(index.length).toBe(4)
    expect(await index.update()).toBe(4)
    expect(index.line(4)).toBe(15)
    appendFileSync(path, ' 0')
    expect(await index.update()).toBe(4)
    appendFileSync(path, `\n${frames(3)}`)
    expect(await index.update()).toBe(8)
    expect(index.range(4).natoms).toBe(2)
    expect(index.line(5)).toBe(19)
    expect(index.end).toBe(statSync(path).size)
  })

  it('says that a growing file has become shorter', async () => {
    const path = file('shrinking.xyz', frames(4))
    const index = await indexFrames(path, { growing: true })
    writeFileSync(path, frames(2))
    const place = { rule: 'index', file: path, frame: 4, line: 15, column: 1 }
    await expect(index.update()).rejects.toMatchObject(place)
    await expect(index.update()).rejects.toThrow(/has become shorter \(\d+ of \d+ bytes\)/)
  })

  it('says what is wrong with what was appended, and where', async () => {
    const path = file('appended.xyz', frames(4))
    const index = await indexFrames(path, { growing: true })
    expect(await index.update()).toBe(4)
    appendFileSync(path, 'rubbish\n')
    await expect(index.update()).rejects.toMatchObject({ rule: 'natoms', file: path, frame: 4, line: 15 })
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

  it('is used where it is asked for only', async () => {
    const path = file('asked.xyz', frames(100))
    settle(path)
    const { atime, mtime } = statSync(path)
    await indexFrames(path, { saved: true })
    // what the saved index does not see: same size, same time, and the same last frame
    writeFileSync(path, frames(100).replace('\n3\n', '\nX\n'))
    utimesSync(path, atime, mtime)
    expect((await indexFrames(path, { saved: true })).length).toBe(100)
    await expect(indexFrames(path)).rejects.toMatchObject({ rule: 'natoms' })
    renameSync(`${path}.idx`, `${path}.old`)
    await expect(indexFrames(path, { saved: true })).rejects.toMatchObject({ rule: 'natoms' })
    expect(existsSync(`${path}.idx`)).toBe(false)
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
