import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import type { InfoValue } from '../../lib/base/ndarray.js'
import { read } from '../../lib/extxyz/read.js'
import { write } from '../../lib/extxyz/write.js'
import { temporaryFiles } from './temporary-files.js'

const { file } = temporaryFiles()

function atoms(step: InfoValue): Atoms {
  return new Atoms({ symbols: 'OH2', positions: [0, 0, 0, 0.1, 1 / 3, -0, 1e-9, 2e22, 3], info: { step } })
}

const unwritable = new Atoms({ symbols: 'H', info: { Lattice: 1 } })

async function steps(path: string): Promise<unknown[]> {
  return (await read(path)).map(({ info }) => info['step'])
}

describe('write', () => {
  it('writes one configuration, a list, an iterable and an async iterable', async () => {
    const path = file('some.xyz')
    await write(path, atoms(1))
    expect(await steps(path)).toEqual([1])
    await write(path, [atoms(1), atoms(2)])
    expect(await steps(path)).toEqual([1, 2])
    await write(path, new Set([atoms(3)]))
    expect(await steps(path)).toEqual([3])
    const source = async function* (): AsyncGenerator<Atoms> {
      yield atoms(4)
      yield atoms(5)
    }
    await write(path, source())
    expect(await steps(path)).toEqual([4, 5])
  })

  it('loses no bit of a number by default', async () => {
    const path = file('bits.xyz')
    await write(path, atoms(1))
    const [back] = await read(path)
    expect(Array.from(back?.positions ?? [])).toEqual([0, 0, 0, 0.1, 1 / 3, -0, 1e-9, 2e22, 3])
  })

  it('appends, also to gzip files', async () => {
    for (const name of ['append.xyz', 'append.xyz.gz']) {
      const path = file(name)
      await write(path, atoms(1), { append: true })
      await write(path, [atoms(2), atoms(3)], { append: true })
      expect(await steps(path)).toEqual([1, 2, 3])
    }
    expect(gunzipSync(readFileSync(file('append.xyz.gz'))).toString()).toContain('step=3')
  })

  it('ends the last line of the file that it appends to', async () => {
    for (const [name, pack] of [
      ['cut.xyz', Buffer.from],
      ['cut.xyz.gz', gzipSync],
    ] as const) {
      const path = file(name)
      writeFileSync(path, pack('1\nProperties=species:S:1:pos:R:3 step=1\nH 0 0 0'))
      await write(path, atoms(2), { append: true })
      await write(path, atoms(3), { append: true })
      expect(await steps(path)).toEqual([1, 2, 3])
      const bytes = readFileSync(path)
      expect((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()).toContain('H 0 0 0\n3\n')
    }
  })

  it('does not append to a gzip file that is not whole', async () => {
    const path = file('broken.xyz.gz', gzipSync('1\n\nH 0 0 0\n').subarray(0, -4))
    const before = readFileSync(path)
    await expect(write(path, atoms(2), { append: true })).rejects.toMatchObject({ rule: 'gzip' })
    expect(readFileSync(path)).toEqual(before)
  })

  it('leaves an old file as it was, and nothing beside it, when a configuration cannot be written', async () => {
    const path = file('kept/old.xyz')
    mkdirSync(dirname(path))
    await write(path, atoms(1))
    await expect(write(path, [atoms(2), unwritable])).rejects.toThrow(/Lattice/)
    expect(await steps(path)).toEqual([1])
    const failing = async function* (): AsyncGenerator<Atoms> {
      yield atoms(2)
      throw new Error('the source failed')
    }
    await expect(write(path, failing())).rejects.toThrow(/the source failed/)
    await expect(write(`${path}.gz`, failing())).rejects.toThrow(/the source failed/)
    const aborted = AbortSignal.abort(new Error('stopped'))
    await expect(write(path, [atoms(2)], { signal: aborted })).rejects.toThrow(/stopped/)
    expect(readdirSync(dirname(path))).toEqual(['old.xyz'])
    expect(await steps(path)).toEqual([1])
  })

  it('keeps what was appended before a configuration that cannot be written', async () => {
    const path = file('appended.xyz')
    await expect(write(path, [atoms(1), unwritable, atoms(2)], { append: true })).rejects.toMatchObject({
      rule: 'write',
    })
    expect(await steps(path)).toEqual([1])
  })

  it('writes through a symbolic link', async () => {
    symlinkSync(file('target.xyz', ''), file('link.xyz'))
    await write(file('link.xyz'), atoms(1))
    expect(await steps(file('target.xyz'))).toEqual([1])
  })

  it('says what is wrong with its arguments', async () => {
    await expect(write(1 as unknown as string, atoms(1))).rejects.toThrow(TypeError)
    await expect(write(file('x.xyz'), [1] as unknown as Atoms[])).rejects.toThrow(/Atoms/)
    await expect(write(file('x.xyz'), atoms(1), { format: 'x' } as object)).rejects.toThrow(/no option `format`/)
    await expect(write(file('x.xyz'), atoms(1), { dialect: 'vasp' as 'ase' })).rejects.toThrow(/dialect/)
    await expect(write('/no/such/folder/x.xyz', atoms(1))).rejects.toThrow(/ENOENT/)
  })
})

describe('stdin and stdout', () => {
  const script = `import { iread, write } from 'autopara'
    await write('-', iread('-', process.argv[1], { onWarning: (w) => console.error(w.message) }))`
  const run = (input: string, index = ':'): { stdout: string; stderr: string; status: number | null } =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script, '--', index], {
      input,
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      maxBuffer: 1 << 28,
    })
  const text = (i: number): string => `1\nProperties=species:S:1:pos:R:3 step=${i} pbc="F F F"\nH 0 0 0\n`

  it('are the file "-"', () => {
    const input = Array.from({ length: 5000 }, (_, i) => text(i)).join('')
    expect(run(input).stdout).toBe(input)
  })

  it.each([
    ['-1', [4]],
    ['-2:', [3, 4]],
    ['1:3', [1, 2]],
  ])('select %s', (index, expected) => {
    expect(run([0, 1, 2, 3, 4].map(text).join(''), index).stdout).toBe(expected.map(text).join(''))
  })

  it('cannot be read backwards', () => {
    const { stderr, status } = run(text(0), '::-1')
    expect(status).toBe(1)
    expect(stderr).toContain('stdin is read once')
  })

  it('deliver the frames before a fault', () => {
    const { stdout, stderr } = run(`${text(0)}${text(1)}2\nx\n`)
    expect(stdout).toBe(text(0) + text(1))
    expect(stderr).toMatch(/ExtxyzError: .*\(stdin:9:1, frame 2\)/)
  })
})
