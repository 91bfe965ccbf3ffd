import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Atoms, ConfigSetIn, ConfigSetOut, iterableLoop } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'
import { infoOf, numbered, numberedFile, op } from './numbered.js'

const scratch = useScratchFolders()

describe.each([0, 2])('iterableLoop with npool %i', (npool) => {
  it('runs file → file in order and leaves only the output', async () => {
    const folder = scratch()
    const input = await numberedFile(folder, 25)
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: input }),
      configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') }),
      op: op('shift'),
      args: [1],
      npool,
      chunksize: 4,
    })
    expect(await infoOf(result, 'number')).toEqual(Array.from({ length: 25 }, (_, k) => k))
    expect((await result.toArray())[0]?.positions[0]).toBe(1)
    expect(readdirSync(folder).sort()).toEqual(['in.xyz', 'out.xyz'])
  })

  it('runs memory → memory and leaves the caller’s configurations as they were', async () => {
    const configs = numbered(5)
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: configs }),
      configsetOut: new ConfigSetOut(),
      op: op('shift'),
      args: [1],
      npool,
    })
    expect((await result.toArray()).map((atoms) => atoms.positions[0])).toEqual([1, 1, 1, 1, 1])
    expect(configs.map((atoms) => atoms.positions[0])).toEqual([0, 0, 0, 0, 0])
  })

  it('gives each call chunksize items', async () => {
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: numbered(7) }),
      configsetOut: new ConfigSetOut(),
      op: op('signed'),
      npool,
      chunksize: 3,
    })
    expect(await infoOf(result, 'chunk')).toEqual([3, 3, 3, 3, 3, 3, 1])
  })

  it('computes in the workers, or in this process when serial', async () => {
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: numbered(40) }),
      configsetOut: new ConfigSetOut(),
      op: op('signed'),
      npool,
    })
    const pids = new Set(await infoOf(result, 'pid'))
    expect(pids.has(process.pid)).toBe(npool === 0)
  })

  it('keeps nested lists nested, a trajectory one deeper', async () => {
    const [a, b, c] = numbered(3) as [Atoms, Atoms, Atoms]
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: [[a], [b, c]] }),
      configsetOut: new ConfigSetOut(),
      op: op('trajectory'),
      args: [2],
      npool,
    })
    const locations: string[] = []
    for await (const { loc } of result.entries()) locations.push(loc)
    expect(locations).toEqual([
      ' / 0 / 0 / 0',
      ' / 0 / 0 / 1',
      ' / 1 / 0 / 0',
      ' / 1 / 0 / 1',
      ' / 1 / 1 / 0',
      ' / 1 / 1 / 1',
    ])
  })

  it('leaves null results out', async () => {
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: numbered(5) }),
      configsetOut: new ConfigSetOut(),
      op: op('dropOdd'),
      npool,
      chunksize: 2,
    })
    expect(await infoOf(result, 'number')).toEqual([0, 2, 4])
  })

  it('makes a null an error with skipFailed: false', async () => {
    const loop = iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: numbered(5) }),
      configsetOut: new ConfigSetOut(),
      op: op('dropOdd'),
      npool,
      skipFailed: false,
    })
    await expect(loop).rejects.toThrow(/dropOdd returned null/)
  })

  it('builds a constructor reference in the worker', async () => {
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: numbered(3) }),
      configsetOut: new ConfigSetOut(),
      op: op('addWith'),
      args: [[op('Adder'), [10]]],
      npool,
    })
    expect(await infoOf(result, 'sum')).toEqual([10, 11, 12])
  })

  it('passes the items under a key', async () => {
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: numbered(2) }),
      configsetOut: new ConfigSetOut(),
      op: op('keyed'),
      args: [{ by: 2 }],
      iterableArg: 'items',
      npool,
    })
    expect((await result.toArray()).map((atoms) => atoms.positions[0])).toEqual([2, 2])
  })

  it('runs for side effects over any iterable', async () => {
    const folder = scratch()
    expect(await iterableLoop({ iterable: [3, 4, 5], op: op('sideEffect'), args: [folder], npool })).toBeNull()
    expect(readdirSync(folder).sort()).toEqual(['item-3', 'item-4', 'item-5'])
  })

  it('runs the initializer, serial runs included', async () => {
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: numbered(3) }),
      configsetOut: new ConfigSetOut(),
      op: op('showInitialised'),
      npool,
      initializer: op('initialise'),
      initargs: ['yes'],
    })
    expect(await infoOf(result, 'initialised')).toEqual(['yes', 'yes', 'yes'])
  })

  it('completes the output of an empty input and of nothing but nulls', async () => {
    const folder = scratch()
    writeFileSync(join(folder, 'empty.xyz'), '')
    const path = join(folder, 'out.xyz')
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: join(folder, 'empty.xyz') }),
      configsetOut: new ConfigSetOut({ outputFiles: path }),
      op: op('shift'),
      args: [1],
      npool,
    })
    expect(await result.count()).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe('')
    const gzipped = await iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: join(folder, 'empty.xyz') }),
      configsetOut: new ConfigSetOut({ outputFiles: `${path}.gz` }),
      op: op('shift'),
      args: [1],
      npool,
    })
    expect(await gzipped.count()).toBe(0)
  })

  describe('errors', () => {
    it('raise ends with the error of the first failing item, its place, and no output', async () => {
      const folder = scratch()
      const input = await numberedFile(folder, 9)
      const loop = iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: input }),
        configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') }),
        op: op('throwFor'),
        args: [[7, 5]],
        npool,
        chunksize: 2,
      })
      await expect(loop).rejects.toMatchObject({
        name: 'TypeError',
        message: 'no way to do 5',
        item: { index: 5, location: ' / 5', file: input },
      })
      expect(readdirSync(folder)).toEqual(['in.xyz'])
    })

    it.each(['skip', 'keep'] as const)('%s fails only the items that fail alone, and logs them', async (onError) => {
      const folder = scratch()
      const path = join(folder, 'out.xyz')
      const result = await iterableLoop({
        iterable: new ConfigSetIn({ inputConfigs: numbered(9) }),
        configsetOut: new ConfigSetOut({ outputFiles: path }),
        op: op('throwFor'),
        args: [[5, 7]],
        npool,
        chunksize: 4,
        onError,
      })
      const numbers = await infoOf(result, 'number')
      expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].filter((n) => onError === 'keep' || (n !== 5 && n !== 7)))
      if (onError === 'keep') {
        const marked = (await result.toArray()).filter((atoms) => atoms.info['autopara_failed'] === true)
        expect(marked.map((atoms) => atoms.info['autopara_error'])).toEqual(['no way to do 5', 'no way to do 7'])
      }
      const log = readFileSync(`${path}.failed.jsonl`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object)
      expect(log).toMatchObject([
        { index: 5, location: ' / 5', error: { name: 'TypeError', message: 'no way to do 5' }, attempts: 1 },
        { index: 7, location: ' / 7' },
      ])
    })

    it('keep uses the mark that an operation gives its error', async () => {
      const result = await iterableLoop({
        iterable: new ConfigSetIn({ inputConfigs: numbered(3) }),
        configsetOut: new ConfigSetOut(),
        op: op('errorEntry'),
        args: [1],
        npool,
        chunksize: 3,
        onError: 'keep',
      })
      expect(await infoOf(result, 'errorEntry_failed')).toEqual([undefined, true, undefined])
      expect(await infoOf(result, 'autopara_failed')).toEqual([undefined, undefined, undefined])
    })

    it.each([
      ['tooShort', /tooShort must return a list of the length of its input: got 0 entries for 1 items/],
      ['nonsense', /operation's result.*must be Atoms, a list of Atoms, or null, got 42/],
    ])('names an operation that returns %s', async (name, message) => {
      const loop = iterableLoop({
        iterable: new ConfigSetIn({ inputConfigs: numbered(4) }),
        configsetOut: new ConfigSetOut(),
        op: op(name),
        npool,
        chunksize: 2,
      })
      await expect(loop).rejects.toThrow(message)
    })

    it('ends at once when the operation can’t be loaded, whatever onError says', async () => {
      const loop = iterableLoop({
        iterable: new ConfigSetIn({ inputConfigs: numbered(4) }),
        configsetOut: new ConfigSetOut(),
        op: op('missing'),
        npool,
        onError: 'keep',
      })
      await expect(loop).rejects.toThrow(/missing/)
    })

    it('delivers the complete frames before a malformed one, then fails with file, frame and line', async () => {
      const folder = scratch()
      const input = await numberedFile(folder, 3)
      writeFileSync(input, `${readFileSync(input, 'utf8')}2\nenergy=1\nCu 0 0 0\n`)
      const seen = new ConfigSetOut()
      const loop = iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: input }),
        configsetOut: seen,
        op: op('shift'),
        args: [0],
        npool,
      })
      await expect(loop).rejects.toMatchObject({ name: 'ExtxyzError', file: input, frame: 3 })
    })
  })

  it('does not run when the output is done, and replaces it with force', async () => {
    const folder = scratch()
    const input = await numberedFile(folder, 3)
    const path = join(folder, 'out.xyz')
    const run = (by: number, force: boolean) =>
      iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: input }),
        configsetOut: new ConfigSetOut({ outputFiles: path, force }),
        op: op('shift'),
        args: [by],
        npool,
      })
    await run(1, false)
    const first = readFileSync(path, 'utf8')
    await run(2, false)
    expect(readFileSync(path, 'utf8')).toBe(first)
    await run(2, true)
    expect(readFileSync(path, 'utf8')).not.toBe(first)
  })

  it('maps inputs to outputs, computing only the missing ones', async () => {
    const folder = scratch()
    const a = await numberedFile(folder, 2, 'a.xyz')
    const b = await numberedFile(folder, 3, 'b.xyz')
    const outputFiles = { [a]: join(folder, 'a.out.xyz'), [b]: join(folder, 'b.out.xyz') }
    writeFileSync(outputFiles[a] as string, '')
    await iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: [a, b] }),
      configsetOut: new ConfigSetOut({ outputFiles }),
      op: op('shift'),
      args: [1],
      npool,
    })
    expect(readFileSync(outputFiles[a] as string, 'utf8')).toBe('')
    expect(await new ConfigSetIn({ inputFiles: outputFiles[b] as string }).count()).toBe(3)
  })

  it('writes files in the order a, b, a through a map', async () => {
    const folder = scratch()
    const a = await numberedFile(folder, 2, 'a.xyz')
    const b = await numberedFile(folder, 1, 'b.xyz')
    const outputFiles = { [a]: join(folder, 'a.out.xyz'), [b]: join(folder, 'b.out.xyz') }
    await iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: [a, b, a] }),
      configsetOut: new ConfigSetOut({ outputFiles }),
      op: op('shift'),
      args: [1],
      npool,
    })
    expect(await new ConfigSetIn({ inputFiles: outputFiles[a] as string }).count()).toBe(4)
    expect(await new ConfigSetIn({ inputFiles: outputFiles[b] as string }).count()).toBe(1)
  })
})

describe('the same bytes', () => {
  it('come out for any npool and chunksize, with random numbers', async () => {
    const folder = scratch()
    const input = await numberedFile(folder, 23)
    const outputs = new Set<string>()
    for (const [npool, chunksize] of [
      [0, 1],
      [0, 1000],
      [1, 7],
      [2, 1],
      [2, 'auto'],
      [5, 3],
    ] as const) {
      const path = join(folder, `out-${npool}-${chunksize}.xyz`)
      await iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: input }),
        configsetOut: new ConfigSetOut({ outputFiles: path }),
        op: op('rattle'),
        args: [0.1],
        seed: 7,
        npool,
        chunksize,
      })
      outputs.add(readFileSync(path, 'utf8'))
    }
    expect(outputs.size).toBe(1)
    expect([...outputs][0]).not.toBe(readFileSync(input, 'utf8'))
  })
})

describe('a worker that dies', () => {
  it('costs only the item that killed it', async () => {
    const result = await iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: numbered(12) }),
      configsetOut: new ConfigSetOut(),
      op: op('exitFor'),
      args: [5],
      npool: 2,
      chunksize: 4,
      onError: 'skip',
    })
    expect(await infoOf(result, 'number')).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11])
  })

  it('is reported with its exit code', async () => {
    const loop = iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: numbered(12) }),
      configsetOut: new ConfigSetOut(),
      op: op('exitFor'),
      args: [5],
      npool: 2,
      chunksize: 4,
    })
    await expect(loop).rejects.toMatchObject({ name: 'WorkerLostError', exitCode: 3, item: { index: 5 } })
  })
})

describe('options', () => {
  const iterable = (): ConfigSetIn => new ConfigSetIn({ inputConfigs: numbered(1) })

  it.each([
    [{ npool: -1 }, RangeError, /`npool` must be a number of processes/],
    [{ npool: 1.5 }, TypeError, /npool/],
    [{ chunksize: 0 }, RangeError, /`chunksize` must be a positive integer or 'auto', got 0/],
    [{ onError: 'ignore' }, RangeError, /`onError` must be one of 'raise', 'skip', 'keep'/],
    [{ chunkSize: 3 }, TypeError, /no option `chunkSize`; did you mean `chunksize`/],
    [{ configsetOut: 'out.xyz' }, TypeError, /`configsetOut` must be a ConfigSetOut or null/],
  ])('%j is refused', async (options, kind, message) => {
    const loop = iterableLoop({
      iterable: iterable(),
      configsetOut: new ConfigSetOut(),
      op: op('shift'),
      ...(options as object),
    })
    await expect(loop).rejects.toBeInstanceOf(kind)
    await expect(
      iterableLoop({ iterable: iterable(), configsetOut: new ConfigSetOut(), op: op('shift'), ...(options as object) }),
    ).rejects.toThrow(message)
  })

  it('an output folder that does not exist is named before anything runs', async () => {
    const folder = scratch()
    const configsetOut = new ConfigSetOut({ outputFiles: join(folder, 'no', 'out.xyz') })
    await expect(iterableLoop({ iterable: iterable(), configsetOut, op: op('shift') })).rejects.toThrow(
      /folder .*no does not exist/,
    )
  })

  it('an output that is an input is refused, through a link too', async () => {
    const folder = scratch()
    const input = await numberedFile(folder, 1)
    const configsetOut = new ConfigSetOut({ outputFiles: `${folder}/./in.xyz` })
    await expect(
      iterableLoop({ iterable: new ConfigSetIn({ inputFiles: input }), configsetOut, op: op('shift') }),
    ).rejects.toThrow(/is an input and an output at once/)
    expect(existsSync(input)).toBe(true)
  })
})
