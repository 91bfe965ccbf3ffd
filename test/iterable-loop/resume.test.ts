import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { type Atoms, bulk, ConfigSetIn, ConfigSetOut, iterableLoop, write } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'
import { numbered, op } from './numbered.js'

const scratch = useScratchFolders()
const script = fileURLToPath(new URL('../fixtures/resumable.mjs', import.meta.url))
const COUNT = 60

async function folderWithInput(): Promise<string> {
  const folder = scratch()
  const output = new ConfigSetOut({ outputFiles: join(folder, 'in.xyz') })
  for (let number = 0; number < COUNT; number++) {
    const atoms = bulk('Cu')
    atoms.info['number'] = number
    await output.write(atoms)
  }
  await output.endWrite()
  return folder
}

/** Runs the script in `folder`; resolves to how it ended. */
async function run(
  folder: string,
  output: string,
  npool: number,
  chunksize: number,
  seed: number | '-',
  stopAfter?: number,
): Promise<{ code: number | null; signal: string | null; stdout: string }> {
  const args = [
    'in.xyz',
    output,
    'log',
    String(npool),
    String(chunksize),
    String(seed),
    ...(stopAfter === undefined ? [] : [String(stopAfter)]),
  ]
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout?.on('data', (text) => {
    stdout += text
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code, signal, stdout }
}

describe('resume', () => {
  it.each([
    [0, 1, 10],
    [2, 3, 20],
  ])(
    'goes on where a killed run stopped, to the same bytes (npool %i, chunksize %i)',
    async (npool, chunksize, stopAfter) => {
      const folder = await folderWithInput()
      expect(await run(folder, 'out.xyz', npool, chunksize, '-', stopAfter)).toMatchObject({ signal: 'SIGKILL' })
      expect(existsSync(join(folder, 'out.xyz'))).toBe(false)
      writeFileSync(join(folder, 'log'), '')
      const second = await run(folder, 'out.xyz', npool, chunksize, '-')
      expect(second.code).toBe(0)
      const redone = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').map(Number)
      expect(Math.min(...redone)).toBeGreaterThanOrEqual(stopAfter)
      const { seed } = JSON.parse(second.stdout) as { seed: number }
      expect((await run(folder, 'whole.xyz', 0, 7, seed)).code).toBe(0)
      expect(readFileSync(join(folder, 'out.xyz'), 'utf8')).toBe(readFileSync(join(folder, 'whole.xyz'), 'utf8'))
      expect(readdirSync(folder).sort()).toEqual(['in.xyz', 'log', 'out.xyz', 'whole.xyz'])
    },
  )

  it('goes on in a compressed file behind a whole member, with another number of processes', async () => {
    const folder = await folderWithInput()
    expect(await run(folder, 'out.xyz.gz', 2, 3, 5, 20)).toMatchObject({ signal: 'SIGKILL' })
    writeFileSync(join(folder, 'log'), '')
    expect((await run(folder, 'out.xyz.gz', 0, 1, 5)).code).toBe(0)
    const redone = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').map(Number)
    expect(Math.min(...redone)).toBeGreaterThanOrEqual(20)
    await run(folder, 'whole.xyz', 0, 1, 5)
    const text = gunzipSync(readFileSync(join(folder, 'out.xyz.gz'))).toString()
    expect(text).toBe(readFileSync(join(folder, 'whole.xyz'), 'utf8'))
  })

  it('ignores a record that a crash cut off, and one that promises more than the file holds', async () => {
    const folder = await folderWithInput()
    await run(folder, 'out.xyz', 0, 1, 5, 30)
    const journal = join(folder, 'out.xyz.journal')
    appendFileSync(journal, '00000000 {"next":59,"offset":1}\n12345678 {"ne')
    const partial = join(folder, 'out.xyz.partial')
    truncateSync(partial, Math.floor(statSync(partial).size / 2))
    expect((await run(folder, 'out.xyz', 0, 1, 5)).code).toBe(0)
    await run(folder, 'whole.xyz', 0, 1, 5)
    expect(readFileSync(join(folder, 'out.xyz'), 'utf8')).toBe(readFileSync(join(folder, 'whole.xyz'), 'utf8'))
  })

  it.each([
    [
      'the input',
      (folder: string) => appendFileSync(join(folder, 'in.xyz'), readFileSync(join(folder, 'in.xyz'))),
      {},
      /input changed/,
    ],
    ['an argument', () => {}, { args: [2] }, /arguments changed/],
    ['the operation', () => {}, { op: op('rattle') }, /operation changed/],
    ['the seed', () => {}, { seed: 2 }, /seed changed/],
    ['an option that changes bytes', () => {}, { skipFailed: false }, /options changed/],
  ])('refuses to go on when %s changed, until forced', async (_, change, changed, message) => {
    const folder = await folderWithInput()
    const loop = (force: boolean, more: object) =>
      iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: join(folder, 'in.xyz') }),
        configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz'), resume: true, force }),
        op: op('throwFor'),
        args: [[30]],
        seed: 1,
        ...more,
      })
    await expect(loop(false, {})).rejects.toThrow('no way to do 30')
    expect(readdirSync(folder).sort()).toEqual(['in.xyz', 'out.xyz.journal', 'out.xyz.partial'])
    change(folder)
    await expect(loop(false, changed)).rejects.toMatchObject({
      name: 'ResumeError',
      message: expect.stringMatching(message) as string,
    })
    await loop(true, { op: op('shift'), args: [1] })
    expect(readdirSync(folder).sort()).toEqual(['in.xyz', 'out.xyz'])
  })

  it('refuses to go on when a configuration in memory changed, or what is set in the output', async () => {
    const folder = scratch()
    const loop = (first: number, setTags: Record<string, number>): Promise<ConfigSetIn> => {
      const configs = numbered(40)
      Object.assign(configs[0] as Atoms, { positions: Float64Array.of(first, 0, 0) })
      return iterableLoop({
        iterable: new ConfigSetIn({ inputConfigs: configs }),
        configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz'), resume: true, setTags }),
        op: op('throwFor'),
        args: [[30]],
      })
    }
    await expect(loop(0, { run: 1 })).rejects.toThrow('no way to do 30')
    await expect(loop(1, { run: 1 })).rejects.toThrow(/input changed/)
    await expect(loop(0, { run: 2 })).rejects.toThrow(/options changed/)
    await expect(loop(0, { run: 1 })).rejects.toThrow('no way to do 30')
  })

  it('refuses to go on with other initializers, or other outputs of the inputs', async () => {
    const folder = scratch()
    const [a, b, x, y] = ['a', 'b', 'x', 'y'].map((name) => join(folder, `${name}.xyz`)) as [
      string,
      string,
      string,
      string,
    ]
    await write(a, numbered(40))
    await write(b, numbered(3))
    const loop = (outputFiles: Record<string, string>, initializer: string, seed = 1): Promise<ConfigSetIn> =>
      iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: [a, b] }),
        configsetOut: new ConfigSetOut({ outputFiles, resume: true }),
        op: op('throwFor'),
        args: [[30]],
        initializer,
        initargs: [seed],
      })
    const each = { [a]: x, [b]: y }
    await expect(loop(each, 'seed-random')).rejects.toThrow('no way to do 30')
    await expect(loop({ [b]: x, [a]: y }, 'seed-random')).rejects.toThrow(/outputs changed/)
    await expect(loop(each, 'limit-threads')).rejects.toThrow(/initializers changed/)
    await expect(loop(each, 'seed-random', 2)).rejects.toThrow('no way to do 30')
    await expect(loop({ [b]: y, [a]: x }, 'seed-random')).rejects.toThrow('no way to do 30')
  })

  it('refuses what can’t be read again or written to a temporary file', async () => {
    const configsetOut = new ConfigSetOut({ outputFiles: join(scratch(), 'out.xyz'), resume: true })
    await expect(iterableLoop({ iterable: [bulk('Cu')], configsetOut, op: op('shift') })).rejects.toThrow(
      /`resume` needs an input that can be read again/,
    )
    expect(() => new ConfigSetOut({ resume: true })).toThrow(/`resume` must be false for memory/)
  })
})
