import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Atoms } from '../../lib/atoms/atoms.js'
import { ExtxyzError } from '../../lib/extxyz/errors.js'
import { iread, read } from '../../lib/extxyz/read.js'
import { cases } from './corpus.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'extxyz-read-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** `n` frames of one to three atoms, numbered by `step`. */
function numbered(n: number): string {
  const frame = (i: number): string => {
    const atoms = 1 + (i % 3)
    return `${atoms}\nProperties=species:S:1:pos:R:3 step=${i}\n${'H 0 0 0\n'.repeat(atoms)}`
  }
  return Array.from({ length: n }, (_, i) => frame(i)).join('')
}

async function steps(atoms: AsyncIterable<Atoms>): Promise<unknown[]> {
  const found: unknown[] = []
  for await (const one of atoms) found.push(one.info['step'])
  return found
}

describe('read', () => {
  it('reads a file, a gzip file and bytes alike', async () => {
    const text = numbered(10)
    const expected = Array.from({ length: 10 }, (_, i) => i)
    expect(await steps(iread(file('plain.xyz', text)))).toEqual(expected)
    expect(await steps(iread(file('packed.xyz.gz', gzipSync(text))))).toEqual(expected)
    expect(await steps(iread(Buffer.from(text)))).toEqual(expected)
  })

  it('finds nothing in an empty file, plain, gzipped, or of no bytes under a gzip name', async () => {
    const paths = [file('none.xyz', ''), file('none.xyz.gz', gzipSync('')), file('bare.xyz.gz', '')]
    for (const path of paths) for (const index of [':', '-3:', '::-1']) expect(await read(path, index)).toEqual([])
  })

  it('reads several files one after the other', async () => {
    const paths = [file('one.xyz', numbered(2)), file('two.xyz', numbered(3))]
    expect(await steps(iread(paths))).toEqual([0, 1, 0, 1, 2])
  })

  it.each([
    [':', [0, 1, 2, 3, 4, 5, 6]],
    ['-1', [6]],
    ['-2:', [5, 6]],
    ['::3', [0, 3, 6]],
    ['2:5', [2, 3, 4]],
    ['-5:-1:2', [2, 4]],
    ['::-2', [6, 4, 2, 0]],
    ['3', [3]],
    ['9:', []],
    ['5:2', []],
  ])('selects %s from every kind of source', async (index, expected) => {
    const text = numbered(7)
    expect(await steps(iread(file('select.xyz', text), index))).toEqual(expected)
    expect(await steps(iread(file('select.xyz.gz', gzipSync(text)), index))).toEqual(expected)
    expect(await steps(iread(Buffer.from(text), index))).toEqual(expected)
  })

  it.each(['7', '-8'])('says that there is no frame %s', async (index) => {
    const path = file('seven.xyz', numbered(7))
    await expect(read(path, index)).rejects.toMatchObject({ name: 'ExtxyzError', rule: 'index', file: path })
    await expect(read(path, index)).rejects.toThrow(/7 frames/)
  })

  it('delivers the frames before a fault, then throws where it is', async () => {
    const path = file('cut.xyz', `${numbered(3)}2\nProperties=species:S:1:pos:R:3\nH 0 0 0\n`)
    const found: unknown[] = []
    const reading = (async () => {
      for await (const atoms of iread(path)) found.push(atoms.info['step'])
    })()
    await expect(reading).rejects.toMatchObject({ rule: 'truncated', file: path, frame: 3, line: 16 })
    expect(found).toEqual([0, 1, 2])
  })

  it.each(cases.filter(({ text }) => !text.includes('\r')).map((one) => [one.id, one] as const))(
    'reads a file with CR LF as one with LF: %s',
    async (_, { text, expect: { error, frames } }) => {
      const counts: number[] = []
      const path = file('case.xyz', text.replaceAll('\n', '\r\n'))
      const reading = (async () => {
        const { ireadFrames } = await import('../../lib/extxyz/read.js')
        for await (const frame of ireadFrames(path)) counts.push(frame.natoms)
      })()
      if (error) await expect(reading).rejects.toBeInstanceOf(ExtxyzError)
      else await reading
      expect(counts).toEqual((frames as { natoms: number }[]).map(({ natoms }) => natoms))
    },
  )

  it('rejects an unknown element with its place', async () => {
    const path = file('element.xyz', '2\nProperties=species:S:1:pos:R:3\nH 0 0 0\nQq 0 0 0\n')
    await expect(read(path)).rejects.toMatchObject({ rule: 'species', line: 4, file: path })
  })

  it('takes away nothing of a file of many megabytes in blocks', async () => {
    const text = numbered(30_000)
    let sum = 0
    for await (const atoms of iread(file('long.xyz', text))) sum += atoms.info['step'] as number
    expect(sum).toBe((29_999 * 30_000) / 2)
  })
})
