import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createGzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const MEGABYTE = 1 << 20

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'extxyz-memory-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A file of frames of 30 kB, plain and gzipped. */
async function makeFile(megabytes: number): Promise<{ plain: string; packed: string }> {
  const rows =
    'Si      12.34567890      -1.23456789       0.12345678       1.00000000      -2.00000000       3.00000000\n'
  const frame = Buffer.from(`300\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-1.5\n${rows.repeat(300)}`)
  const frames = function* (): Generator<Buffer> {
    for (let bytes = 0; bytes < megabytes * MEGABYTE; bytes += frame.length) yield frame
  }
  const plain = join(folder, `${megabytes}.xyz`)
  await pipeline(Readable.from(frames()), createWriteStream(plain))
  await pipeline(Readable.from(frames()), createGzip({ level: 1 }), createWriteStream(`${plain}.gz`))
  return { plain, packed: `${plain}.gz` }
}

/** The most memory (MiB) that a process needs for a job with a file. */
function peak(job: string, path: string): number {
  const script = `import { iread, write } from 'autopara'
    import { indexFrames } from 'autopara/extxyz'
    const path = process.argv[1]
    ${job}
    console.log(process.resourceUsage().maxRSS / 1024)`
  const args = ['--max-semi-space-size=4', '--input-type=module', '-e', script, '--', path]
  return Number(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }))
}

describe('memory', () => {
  it.each([
    ['reading', 'plain', 'for await (const atoms of iread(path)) if (atoms.length !== 300) throw atoms'],
    ['reading gzip', 'packed', 'for await (const atoms of iread(path)) if (atoms.length !== 300) throw atoms'],
    ['writing', 'plain', "await write(path + '.copy', iread(path))"],
    ['indexing', 'plain', 'await indexFrames(path)'],
  ] as const)('of %s does not grow with the file', async (_, kind, job) => {
    const [small, large] = [await makeFile(10), await makeFile(160)]
    expect(statSync(large.plain).size).toBeGreaterThan(15 * statSync(small.plain).size)
    const growth = peak(job, large[kind]) - peak(job, small[kind])
    expect(growth).toBeLessThan(60)
  })
})
