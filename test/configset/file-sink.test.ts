import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { largeMemory, lend } from '../../lib/base/large-memory.js'
import { FileSink } from '../../lib/configset/file-sink.js'
import { OutputFileError } from '../../lib/configset/output-file-error.js'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('FileSink', () => {
  it('gives the file its name only at the end', async () => {
    const folder = scratch()
    const path = join(folder, 'out.xyz')
    const sink = await FileSink.open(path, { inPlace: false })
    await sink.append(bytes('one'))
    expect(existsSync(path)).toBe(false)
    await sink.append(bytes('two'))
    await sink.end()
    expect(readFileSync(path, 'utf8')).toBe('onetwo')
    expect(readdirSync(folder)).toEqual(['out.xyz'])
  })

  it('keeps the order of many small and large pieces', async () => {
    const path = join(scratch(), 'out.xyz')
    const sink = await FileSink.open(path, { inPlace: false })
    const pieces = Array.from({ length: 400 }, (_, k) => `${k}:`.repeat(k % 50 === 0 ? 30_000 : 1))
    for (const piece of pieces) {
      const full = sink.append(bytes(piece))
      if (full) await full
    }
    await sink.end()
    expect(readFileSync(path, 'utf8')).toBe(pieces.join(''))
  })

  it('leaves nothing behind when abandoned', async () => {
    const folder = scratch()
    const sink = await FileSink.open(join(folder, 'out.xyz'), { inPlace: false })
    void sink.append(bytes('half'))
    await sink.abandon()
    expect(readdirSync(folder)).toEqual([])
  })

  it('writes in place when asked', async () => {
    const folder = scratch()
    const sink = await FileSink.open(join(folder, 'out.xyz'), { inPlace: true })
    void sink.append(bytes('half'))
    await sink.abandon()
    expect(readFileSync(join(folder, 'out.xyz'), 'utf8')).toBe('half')
  })

  it('gives lent memory back when it is written, and not before', async () => {
    const path = join(scratch(), 'out.xyz')
    const sink = await FileSink.open(path, { inPlace: false })
    const text = lend(largeMemory(70_000)).fill(65)
    void sink.append(text)
    const during = largeMemory(70_000)
    await sink.end()
    expect(during.buffer).not.toBe(text.buffer)
    expect(largeMemory(70_000).buffer).toBe(text.buffer)
    expect(readFileSync(path, 'latin1')).toBe('A'.repeat(70_000))
  })

  it('compresses a name that ends in .gz', async () => {
    const path = join(scratch(), 'out.xyz.gz')
    const sink = await FileSink.open(path, { inPlace: false })
    void sink.append(bytes('one'))
    await sink.append(bytes('two'))
    await sink.end()
    expect(gunzipSync(readFileSync(path)).toString()).toBe('onetwo')
  })

  it('makes a whole gzip file of nothing', async () => {
    for (const inPlace of [false, true]) {
      const path = join(scratch(), 'none.xyz.gz')
      const sink = await FileSink.open(path, { inPlace })
      await sink.end()
      expect(gunzipSync(readFileSync(path)).length).toBe(0)
    }
  })

  it('names a folder that does not exist', async () => {
    const path = join(scratch(), 'no', 'out.xyz')
    await expect(FileSink.open(path, { inPlace: false })).rejects.toThrow(OutputFileError)
    await expect(FileSink.open(path, { inPlace: false })).rejects.toThrow(/the folder .* does not exist; create it/)
  })

  it('fails at the end when its name is taken by a folder', async () => {
    const path = join(scratch(), 'out.xyz')
    const sink = await FileSink.open(path, { inPlace: false })
    mkdirSync(path)
    mkdirSync(join(path, 'x'))
    await expect(sink.end()).rejects.toThrow(/can't complete .*out\.xyz/)
  })
})
