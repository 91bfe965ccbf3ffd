import fs, { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename, join } from 'node:path'
import { type Atoms, bulk, ConfigSetIn, ConfigSetOut } from 'autopara'
import { describe, expect, it, vi } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()

function cu(number: number): Atoms {
  const atoms = bulk('Cu')
  atoms.info['number'] = number
  return atoms
}

async function file(path: string, ...numbers: number[]): Promise<string> {
  const output = new ConfigSetOut({ outputFiles: path })
  for (const number of numbers) await output.write(cu(number))
  await output.endWrite()
  return path
}

async function numbers(set: AsyncIterable<Atoms>): Promise<unknown[]> {
  const list: unknown[] = []
  for await (const atoms of set) list.push(atoms.info['number'])
  return list
}

async function locations(set: ConfigSetIn): Promise<string[]> {
  const list: string[] = []
  for await (const { loc } of set.entries()) list.push(loc)
  return list
}

describe('ConfigSetIn', () => {
  it('reads one file, again and again', async () => {
    const set = new ConfigSetIn({ inputFiles: await file(join(scratch(), 'a.xyz'), 1, 2, 3) })
    expect(await numbers(set)).toEqual([1, 2, 3])
    expect(await numbers(set)).toEqual([1, 2, 3])
    expect(await locations(set)).toEqual([' / 0', ' / 1', ' / 2'])
  })

  it('numbers the files of a list, even of one', async () => {
    const a = await file(join(scratch(), 'a.xyz'), 1, 2)
    expect(await locations(new ConfigSetIn({ inputFiles: [a] }))).toEqual([' / 0 / 0', ' / 0 / 1'])
    expect(await locations(new ConfigSetIn({ inputFiles: [a, a] }))).toHaveLength(4)
  })

  it('applies ASE’s indices per file', async () => {
    const a = await file(join(scratch(), 'a.xyz'), 0, 1, 2, 3, 4)
    const of = (index: string) => numbers(new ConfigSetIn({ inputFiles: [[a, index]] }))
    expect(await of(':')).toEqual([0, 1, 2, 3, 4])
    expect(await of('-1')).toEqual([4])
    expect(await of('1:4:2')).toEqual([1, 3])
    expect(await of('::-2')).toEqual([4, 2, 0])
  })

  it('takes one configuration, a list, nested lists and generators', async () => {
    function* three(): Generator<Atoms> {
      for (let k = 0; k < 3; k++) yield cu(k)
    }
    expect(await numbers(new ConfigSetIn({ inputConfigs: cu(9) }))).toEqual([9])
    expect(await numbers(new ConfigSetIn({ inputConfigs: three() }))).toEqual([0, 1, 2])
    expect(await locations(new ConfigSetIn({ inputConfigs: [[cu(0)], [cu(1), [cu(2)]]] }))).toEqual([
      ' / 0 / 0',
      ' / 1 / 0',
      ' / 1 / 1 / 0',
    ])
    expect(await numbers(new ConfigSetIn({ inputConfigs: [] }))).toEqual([])
    expect(await numbers(new ConfigSetIn())).toEqual([])
  })

  it('names what is no configuration', () => {
    expect(() => new ConfigSetIn({ inputConfigs: [[cu(0), 3 as never]] })).toThrow(
      /`inputConfigs\[0\]\[1\]` must be Atoms or a list of them, got 3/,
    )
  })

  it('joins sets of one kind and refuses to mix kinds, naming both', async () => {
    const files = new ConfigSetIn({ inputFiles: await file(join(scratch(), 'a.xyz'), 1) })
    const memory = new ConfigSetIn({ inputConfigs: [cu(2)] })
    expect(await numbers(new ConfigSetIn({ inputConfigsets: [files, null, new ConfigSetIn(), files] }))).toEqual([1, 1])
    expect(() => new ConfigSetIn({ inputConfigsets: [files, memory] })).toThrow(
      /set of memory .*1 configuration in memory.* into a set of files .*a\.xyz/,
    )
    expect(await numbers(new ConfigSetIn({ inputConfigsets: [await files.inMemory(), memory] }))).toEqual([1, 2])
  })

  it('takes one source only', () => {
    expect(() => new ConfigSetIn({ inputConfigs: [], inputConfigsets: [] })).toThrow(
      /takes one of `inputConfigs`, `inputConfigsets`/,
    )
  })

  it('gives groups: file by file, list by list', async () => {
    const a = await file(join(scratch(), 'a.xyz'), 1, 2)
    const sizes = async (set: ConfigSetIn): Promise<number[]> => {
      const list: number[] = []
      for await (const group of set.groups()) list.push((await numbers(group)).length)
      return list
    }
    expect(await sizes(new ConfigSetIn({ inputFiles: [a, a] }))).toEqual([2, 2])
    expect(await sizes(new ConfigSetIn({ inputConfigs: [[cu(0)], [cu(1), cu(2)]] }))).toEqual([1, 2])
    expect(await sizes(new ConfigSetIn({ inputConfigs: [cu(0), cu(1)] }))).toEqual([2])
    expect(await sizes(new ConfigSetIn({ inputConfigs: [cu(0), [cu(1), cu(2), [cu(3)]], cu(4)] }))).toEqual([1, 3, 1])
    const merged = new ConfigSetIn({ inputConfigs: [[cu(0)], [cu(1), cu(2)]] })
    merged.merge(new ConfigSetIn({ inputConfigs: [cu(3)] }))
    expect(await sizes(merged)).toEqual([1, 2, 1])
    expect(await sizes(new ConfigSetIn())).toEqual([])
  })

  it('looks at each file a few times for its group, however many there are', async () => {
    const folder = scratch()
    const files = await Promise.all(Array.from({ length: 50 }, (_, k) => file(join(folder, `${k}.xyz`), k)))
    const set = new ConfigSetIn({ inputFiles: files })
    const stat = vi.spyOn(fs, 'statSync')
    syncBuiltinESMExports()
    const found: unknown[] = []
    for await (const group of set.groups()) found.push(...(await numbers(group)))
    const looks = stat.mock.calls.length
    stat.mockRestore()
    syncBuiltinESMExports()
    expect(found).toEqual([...files.keys()])
    expect(looks).toBeGreaterThanOrEqual(files.length)
    expect(looks).toBeLessThanOrEqual(5 * files.length)
  })

  it('keeps the places of its configurations when it is taken into memory', async () => {
    const a = await file(join(scratch(), 'a.xyz'), 1, 2)
    const files = new ConfigSetIn({ inputFiles: [a, [a, '-1']] })
    const memory = await files.inMemory()
    expect(await locations(memory)).toEqual(await locations(files))
    expect(await locations(memory)).toEqual([' / 0 / 0', ' / 0 / 1', ' / 1 / 0'])
    expect(await memory.inMemory()).toBe(memory)
    expect(memory.inputFiles).toEqual([])
  })

  it('merges sets behind its own, and leaves them as they are', async () => {
    const [first, second] = [
      new ConfigSetIn({ inputConfigs: cu(1) }),
      new ConfigSetIn({ inputConfigs: [cu(2), cu(3)] }),
    ]
    first.merge(second)
    first.merge(new ConfigSetIn())
    expect(await numbers(first)).toEqual([1, 2, 3])
    expect(await locations(first)).toEqual([' / 0 / 0', ' / 1 / 0', ' / 1 / 1'])
    expect(await numbers(second)).toEqual([2, 3])
    expect(`${first}`).toBe('ConfigSetIn(1 configuration in memory, 2 configurations in memory)')
  })

  it('counts what an index selects, and what is in memory', async () => {
    const a = await file(join(scratch(), 'a.xyz'), 0, 1, 2, 3, 4)
    expect(await new ConfigSetIn({ inputFiles: [[a, '1::2'], a], defaultIndex: '-2:' }).count()).toBe(4)
    expect(await new ConfigSetIn({ inputConfigs: [[cu(1)], [cu(2), cu(3)]] }).count()).toBe(3)
    expect(await new ConfigSetIn().count()).toBe(0)
  })

  it('counts without parsing, and tells whether it is one whole file', async () => {
    const a = await file(join(scratch(), 'a.xyz'), 1, 2)
    const set = new ConfigSetIn({ inputFiles: a })
    expect(await set.count()).toBe(2)
    expect(set.isOneFile()).toBe(a)
    expect(set.inputFiles).toEqual([a])
    expect(new ConfigSetIn({ inputFiles: [[a, '1:']] }).isOneFile()).toBe(false)
    expect(new ConfigSetIn({ inputFiles: [a, a] }).isOneFile()).toBe(false)
    expect(`${set}`).toContain('a.xyz')
  })

  it('writes a scratch file of its own beside a template', async () => {
    const folder = scratch()
    const path = await new ConfigSetIn({ inputConfigs: [cu(1), cu(2)] }).toScratchFile(join(folder, 'scratch.xyz'))
    expect(basename(path)).toMatch(/^scratch\.[0-9a-f]{6}\.xyz$/)
    expect(await numbers(new ConfigSetIn({ inputFiles: path }))).toEqual([1, 2])
  })

  it('writes a deflated scratch file where the template ends in .gz', async () => {
    const template = join(scratch(), 'scratch.xyz.gz')
    const path = await new ConfigSetIn({ inputConfigs: [cu(1), cu(2)] }).toScratchFile(template)
    expect(basename(path)).toMatch(/^scratch\.[0-9a-f]{6}\.xyz\.gz$/)
    expect(await numbers(new ConfigSetIn({ inputFiles: path }))).toEqual([1, 2])
  })

  it('leaves no scratch file when the set can’t be read to its end', async () => {
    const a = await file(join(scratch(), 'a.xyz'), 1)
    appendFileSync(a, 'no frame\n')
    const folder = scratch()
    for (const name of ['scratch.xyz', 'scratch.xyz.gz'])
      await expect(new ConfigSetIn({ inputFiles: a }).toScratchFile(join(folder, name))).rejects.toThrow(/a\.xyz/)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('ConfigSetOut', () => {
  it('is done when its file exists, unless forced', async () => {
    const path = await file(join(scratch(), 'a.xyz'), 1)
    expect(await new ConfigSetOut({ outputFiles: path }).isDone()).toBe(true)
    expect(await new ConfigSetOut({ outputFiles: path, force: true }).isDone()).toBe(false)
    expect(await new ConfigSetOut({ outputFiles: path, allOrNone: false }).isDone()).toBe(false)
    expect(await new ConfigSetOut({ outputFiles: `${path}2` }).isDone()).toBe(false)
    expect(await new ConfigSetOut().isDone()).toBe(false)
  })

  it('sets tags in every configuration', async () => {
    const output = new ConfigSetOut({ setTags: { run: 7 } })
    await output.write([cu(1), cu(2)])
    await output.endWrite()
    expect((await output.toConfigSetIn().toArray()).map((atoms) => atoms.info['run'])).toEqual([7, 7])
  })

  it('refuses writing after the end, and a second run', async () => {
    const output = new ConfigSetOut()
    await output.write(cu(1))
    await output.endWrite()
    await expect(output.write(cu(2))).rejects.toThrow(/after endWrite/)
  })

  it('completes a file that nothing was written to', async () => {
    const path = join(scratch(), 'a.xyz')
    await new ConfigSetOut({ outputFiles: path }).endWrite()
    expect(readFileSync(path, 'utf8')).toBe('')
  })

  it('refuses an existing file in place, and leaves it alone', async () => {
    const path = await file(join(scratch(), 'a.xyz'), 1)
    const before = readFileSync(path, 'utf8')
    await expect(new ConfigSetOut({ outputFiles: path, allOrNone: false }).write(cu(2))).rejects.toThrow(
      /exists and would be overwritten/,
    )
    expect(readFileSync(path, 'utf8')).toBe(before)
    expect(readdirSync(join(path, '..'))).toEqual(['a.xyz'])
  })

  it('is refused while another one writes the same file', async () => {
    const path = join(scratch(), 'a.xyz')
    const first = new ConfigSetOut({ outputFiles: path })
    await first.write(cu(1))
    await expect(new ConfigSetOut({ outputFiles: path }).write(cu(2))).rejects.toMatchObject({
      code: 'AUTOPARA_OUTPUT_LOCKED',
    })
    await first.endWrite()
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('writes a map of files, each input to its own', async () => {
    const folder = scratch()
    const output = new ConfigSetOut({ outputFiles: { 'a.xyz': 'a.out.xyz', 'b.xyz': 'b.out.xyz' }, fileRoot: folder })
    await output.write(cu(1), 'a.xyz')
    await output.write(cu(2), 'b.xyz')
    await output.write(cu(3), 'a.xyz')
    await output.endWrite()
    expect(await numbers(new ConfigSetIn({ inputFiles: join(folder, 'a.out.xyz') }))).toEqual([1, 3])
    expect(await numbers(output.toConfigSetIn())).toEqual([1, 3, 2])
  })

  it('names an input that a map lacks', async () => {
    const output = new ConfigSetOut({ outputFiles: { 'a.xyz': 'a.out.xyz' }, fileRoot: scratch() })
    await expect(output.write(cu(1), 'c.xyz')).rejects.toThrow(/c\.xyz has none/)
  })

  it.each([[['a', 'b']], [3], [{ a: 1 }]])('refuses outputFiles %j', (outputFiles) => {
    expect(() => new ConfigSetOut({ outputFiles: outputFiles as never })).toThrow(TypeError)
  })

  it.each([
    [{ outputFiles: '' }, /`outputFiles` must be the path of a file, or - for standard output, got ""/],
    [{ outputFiles: [''] as const, fileRoot: 'folder' }, /`outputFiles`/],
    [{ outputFiles: { 'a.xyz': '' } }, /`outputFiles`/],
    [{ db: '', setTags: { run: 1 } }, /`db` must be the path of a database, got ""/],
  ])('refuses the empty name in %j', (options, message) => {
    expect(() => new ConfigSetOut(options)).toThrow(RangeError)
    expect(() => new ConfigSetOut(options)).toThrow(message)
  })

  it('names a folder where a file is to be', async () => {
    const path = join(scratch(), 'out.xyz')
    mkdirSync(path)
    await expect(new ConfigSetOut({ outputFiles: path }).write(cu(1))).rejects.toThrow(/it is a folder/)
  })

  it('writes nothing of a configuration that the format can’t hold', async () => {
    const path = join(scratch(), 'a.xyz')
    const output = new ConfigSetOut({ outputFiles: path })
    const bad = cu(1)
    bad.info['Lattice'] = 'x'
    await expect(output.write(bad)).rejects.toThrow(/Lattice/)
    await output.write(cu(2))
    await output.endWrite()
    expect(await numbers(output.toConfigSetIn())).toEqual([2])
  })
})
