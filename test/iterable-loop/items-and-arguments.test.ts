/** What an operation gets: items of any kind, from many files, and arguments. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigSetIn, ConfigSetOut, iterableLoop } from 'autopara'
import { describe, expect, it } from 'vitest'
import { runScript } from '../run-script.js'
import { useScratchFolders } from '../scratch-folder.js'
import { infoOf, memory, numbered, numberedFile, op } from './numbered.js'

const scratch = useScratchFolders()

function* range(count: number): Generator<number> {
  for (let k = 0; k < count; k++) yield k
}

async function* slowly(count: number): AsyncGenerator<number> {
  yield* range(count)
}

describe.each([0, 2])('with npool %i', (npool) => {
  it('a constructor reference is built once in each worker, and kept', async () => {
    const log = join(scratch(), 'log')
    writeFileSync(log, '')
    const result = await iterableLoop({
      iterable: memory(30),
      configsetOut: new ConfigSetOut(),
      op: op('placed'),
      args: [[op('Noted'), [log]]],
      npool,
    })
    expect(await result.count()).toBe(30)
    const built = readFileSync(log, 'utf8').trim().split('\n')
    expect(new Set(built).size).toBe(built.length)
    expect(built.length).toBeLessThanOrEqual(Math.max(1, npool))
  })

  it.each([
    [0, '0 of 3', ['a', { b: 1 }]],
    [1, '1 of 3', ['a', { b: 1 }]],
    [2, '2 of 3', ['a', { b: 1 }]],
  ])('the list stands at place %i among the arguments', async (iterableArg, place, args) => {
    const loop = { iterable: memory(2), configsetOut: new ConfigSetOut(), op: op('placed'), args, iterableArg, npool }
    const result = await iterableLoop(loop)
    expect(await infoOf(result, 'place')).toEqual([place, place])
    expect(await infoOf(result, 'others')).toEqual([args, args])
  })

  it.each([
    ['a generator', () => range(5)],
    ['an asynchronous generator', () => slowly(5)],
    ['a set', () => new Set(range(5))],
  ])('items that are no configurations come from %s, and become some', async (_, iterable) => {
    const outputFiles = join(scratch(), 'out.xyz')
    const result = await iterableLoop({
      iterable: iterable(),
      configsetOut: new ConfigSetOut({ outputFiles, locationKey: 'at' }),
      op: op('fromNumbers'),
      npool,
      chunksize: 2,
    })
    expect(await infoOf(result, 'number')).toEqual([0, 1, 2, 3, 4])
    expect(await infoOf(result, 'at')).toEqual([' / 0', ' / 1', ' / 2', ' / 3', ' / 4'])
  })

  it('a plain list of configurations is as good as a set, and stays as it is', async () => {
    const configs = numbered(3)
    const result = await iterableLoop({
      iterable: configs,
      configsetOut: new ConfigSetOut(),
      op: op('shift'),
      args: [1],
      npool,
    })
    expect((await result.toArray()).map((atoms) => atoms.positions[0])).toEqual([1, 1, 1])
    expect(configs[0]?.positions[0]).toBe(0)
  })

  it('many files go to one, in order, each configuration at its location, written only if asked', async () => {
    const folder = scratch()
    const inputFiles = [await numberedFile(folder, 2, 'a.xyz'), await numberedFile(folder, 3, 'b.xyz')]
    const run = (name: string, options: object): Promise<ConfigSetIn> =>
      iterableLoop({
        iterable: new ConfigSetIn({ inputFiles }),
        configsetOut: new ConfigSetOut({ outputFiles: join(folder, name), setTags: { run: 7 }, ...options }),
        op: op('shift'),
        args: [1],
        npool,
        chunksize: 4,
      })
    const asked = await run('asked.xyz', { locationKey: '_ConfigSet_loc' })
    expect(await infoOf(asked, 'number')).toEqual([0, 1, 0, 1, 2])
    expect(await infoOf(asked, '_ConfigSet_loc')).toEqual([' / 0 / 0', ' / 0 / 1', ' / 1 / 0', ' / 1 / 1', ' / 1 / 2'])
    const [first] = await (await run('plain.xyz', {})).toArray()
    expect(Object.keys(first?.info ?? {})).toEqual(['number', 'run'])
  })

  it('hundreds of files are not open at once', async () => {
    const folder = scratch()
    for (let k = 0; k < 100; k++) await numberedFile(folder, 1, `${String(k).padStart(3, '0')}.xyz`)
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: '*.xyz', fileRoot: folder }),
      configsetOut: new ConfigSetOut(),
      op: op('countOpen'),
      args: [folder],
      npool,
    })
    const open = (await infoOf(result, 'open')) as number[]
    expect(open).toHaveLength(100)
    if (process.platform === 'linux') expect(Math.max(...open)).toBeLessThanOrEqual(12)
  })
})

describe('how far the workers may be ahead', () => {
  it.skipIf(process.platform !== 'linux')(
    'results for standard output wait in the folder for temporary files, not in the current one',
    async () => {
      // Nobody can make a file in /proc.
      const { stdout, stderr } = await runScript('spills-to-stdout.mjs', {
        args: [join(scratch(), 'gate')],
        cwd: '/proc',
      })
      expect(stderr).toBe('')
      expect(stdout.match(/number=\d/g)).toEqual(Array.from(range(6), (number) => `number=${number}`))
    },
  )

  it('changes no result', async () => {
    for (const settings of [{ maxAhead: { bytes: 0, chunks: 1 }, prefetch: 1 }, { exact: true }, { maxAhead: {} }]) {
      const result = await iterableLoop({
        iterable: memory(20),
        configsetOut: new ConfigSetOut(),
        op: op('shift'),
        args: [1],
        npool: 2,
        ...settings,
      })
      expect(await infoOf(result, 'number')).toEqual([...range(20)])
    }
  })

  it.each([
    [{ maxAhead: { chunks: 0 } }, /`maxAhead.chunks` must be a positive integer, got 0/],
    [{ maxAhead: { chunk: 1 } }, /did you mean `chunks`/],
    [{ maxAhead: 5 }, /`maxAhead` must be an object, got 5/],
    [{ exact: 'yes' }, /`exact` must be a boolean/],
  ])('%j is refused', async (settings, message) => {
    const loop = { iterable: memory(1), configsetOut: new ConfigSetOut(), op: op('shift'), ...(settings as object) }
    await expect(iterableLoop(loop)).rejects.toThrow(message)
  })
})
