import { createWriteStream, existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { cutFrames } from '../../lib/extxyz/cut-frames.js'
import { ExtxyzError } from '../../lib/extxyz/errors.js'
import { read } from '../../lib/extxyz/read.js'
import { parseFrames } from '../../lib/extxyz/read-frame.js'
import { uniform } from '../random-numbers.js'
import { temporaryFiles } from './temporary-files.js'

const { file } = temporaryFiles()
const PROPERTIES = 'Properties=species:S:1:pos:R:3'

function fault(text: string | Buffer): ExtxyzError {
  try {
    parseFrames(Buffer.from(text))
  } catch (error) {
    if (error instanceof ExtxyzError) return error
    throw error
  }
  throw new Error('no error')
}

describe('hostile input', () => {
  it.each(['1000000000000', '9007199254740991', '99999999999999999999999'])('promises %s atoms', (natoms) => {
    expect(['truncated', 'natoms']).toContain(fault(`${natoms}\n${PROPERTIES}\nH 0 0 0\n`).rule)
  })

  it('promises columns without end', () => {
    expect(fault(`1\nProperties=a:S:1:b:R:999999999\nH\n`).rule).toBe('properties')
    // a million columns for a hundred thousand blank lines would be 800 GB
    expect(fault(`100000\nProperties=a:S:1:b:R:999999\n${'\n'.repeat(100_000)}`).rule).toBe('columns')
  })

  it('has 400 columns', () => {
    const row = Array.from({ length: 400 }, (_, i) => i / 8)
    const [frame] = parseFrames(Buffer.from(`1\nProperties=species:S:1:v:R:400\nH ${row.join(' ')}\n`))
    expect(Array.from(frame?.arrays['v']?.data as Float64Array)).toEqual(row)
  })

  it('has a comment line of ten megabytes', () => {
    const text = 'x'.repeat(10_000_000)
    for (const value of [`k=${text}`, `k="${text}"`, `k="${'\\"'.repeat(500_000)}"`, `k=[${'1,'.repeat(500_000)}1]`]) {
      const [frame] = parseFrames(Buffer.from(`1\n${PROPERTIES} ${value}\nH 0 0 0\n`))
      expect(frame?.info['k']).toBeDefined()
    }
    expect(fault(`1\n${PROPERTIES} k="${text}\nH 0 0 0\n`).rule).toBe('quote')
    expect(fault(`1\n${PROPERTIES} k=${'['.repeat(5_000_000)}\nH 0 0 0\n`).rule).toBe('array')
    expect(
      fault(`1
${PROPERTIES} ${'k= '.repeat(2_000_000)}
H 0 0 0
`).message.length,
    ).toBeLessThan(500)
  })

  it('has fifty thousand keys', () => {
    const keys = Array.from({ length: 50_000 }, (_, i) => `k${i}=${i}`)
    const [frame] = parseFrames(Buffer.from(`1\n${PROPERTIES} ${keys.join(' ')}\nH 0 0 0\n`))
    expect(Object.keys(frame?.info ?? {}).length).toBe(50_000)
  })

  it('nests JSON without end: the text is kept, the stack too', () => {
    const json = '['.repeat(100_000)
    const [frame] = parseFrames(Buffer.from(`1\n${PROPERTIES} k="_JSON ${json}"\nH 0 0 0\n`))
    expect(frame?.info['k']).toBe(`_JSON ${json}`)
  })

  it('has a number of a megabyte of digits', () => {
    const [frame] = parseFrames(
      Buffer.from(`1\n${PROPERTIES} k=${'1'.repeat(100_000)}\nH 0.${'3'.repeat(1_000_000)} 0 0\n`),
    )
    expect(frame?.arrays['pos']?.data[0]).toBe(1 / 3)
  })

  it('is binary junk', () => {
    const random = uniform(4)
    for (let i = 0; i < 200; i++) {
      const junk = Buffer.from({ length: 2000 } as ArrayLike<number>).map(() => random() * 256)
      expect(fault(Buffer.concat([Buffer.from('x'), junk]))).toBeInstanceOf(ExtxyzError)
      expect(fault(Buffer.concat([Buffer.from('2\n'), junk, Buffer.from('\nH\n')]))).toBeInstanceOf(ExtxyzError)
    }
  })

  it('is a file of one line without an end', async () => {
    await expect(read(file('line.xyz', 'x'.repeat(3_000_000)))).rejects.toMatchObject({ rule: 'natoms' })
    await expect(read(file('digits.xyz', '1'.repeat(3_000_000)))).rejects.toMatchObject({ rule: 'natoms' })
  })

  it('is a gzip file that ends too soon, or is none', async () => {
    const packed = gzipSync(`1\n${PROPERTIES}\nH 0 0 0\n`.repeat(1000))
    await expect(read(file('cut.xyz.gz', packed.subarray(0, -20)))).rejects.toMatchObject({ rule: 'gzip' })
    await expect(read(file('none.xyz.gz', 'plain text, no gzip'))).rejects.toMatchObject({ rule: 'gzip' })
    expect(await read(file('two.xyz.gz', Buffer.concat([packed, packed])))).toHaveLength(2000)
  })

  it('is a gzip bomb: a frame larger than the limit is an error, and not held', async () => {
    const path = file('bomb.xyz.gz')
    if (!existsSync(path)) {
      const zeros = Buffer.alloc(1 << 20, 32)
      const bomb = Readable.from(
        (function* () {
          yield Buffer.from('1000000000000\n')
          for (let i = 0; i < 256; i++) yield zeros
        })(),
      )
      await pipeline(bomb, createGzip(), createWriteStream(path))
    }
    const before = process.memoryUsage().arrayBuffers
    await expect(read(path, ':', { maxFrameBytes: 1 << 24 })).rejects.toMatchObject({ rule: 'size' })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 28)
  })
})

describe('cutFrames', () => {
  it('hands out frames that stay as they are while the stream goes on', async () => {
    const frames = Array.from({ length: 2000 }, (_, i) => `1\n${PROPERTIES} step=${i} text=${'y'.repeat(i)}\nH 0 0 0\n`)
    const held: Uint8Array[] = []
    for await (const { bytes } of cutFrames(file('held.xyz', frames.join('')))) held.push(bytes)
    expect(held.map((bytes) => Buffer.from(bytes).toString())).toEqual(frames)
  })
})
