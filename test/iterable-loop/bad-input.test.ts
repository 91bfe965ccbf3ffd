/** Mistakes of users: each is a clear error, and what was finished stays as it was. */
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Atoms, autoparallelize, bulk, ConfigSetIn, ConfigSetOut, iterableLoop, write } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'
import { infoOf, memory, numberedFile, op } from './numbered.js'

const scratch = useScratchFolders()

describe('what a loop can not begin with', () => {
  it.each([undefined, 'rattle', {}])('is named: %s as operation', async (wrong) => {
    const message = /`op` must be a function, task\(…\) or inline\(…\), got/
    await expect(iterableLoop({ iterable: memory(1), op: wrong as never })).rejects.toThrow(message)
    expect(() => autoparallelize(wrong as never)).toThrow(message)
  })

  it.each([
    ['ConfigSetIn', ConfigSetIn, 'inputFiles'],
    ['ConfigSetOut', ConfigSetOut, 'outputFiles'],
  ])('is named: a path in place of the options of %s', (name, ConfigSet, key) => {
    expect(() => new ConfigSet('in.xyz' as never)).toThrow(
      `${name} takes its options as an object, such as { ${key}: … }`,
    )
  })

  it.each([
    [
      'arrays.f',
      (atoms: Atoms) => Object.assign(atoms.arrays, { f: new Float64Array(1) }),
      /`arrays\.f` must be an NdArray/,
    ],
    [
      'positions',
      (atoms: Atoms) => Object.assign(atoms, { positions: [0, 0, 0] }),
      /`positions` must be a Float64Array/,
    ],
    ['cell', (atoms: Atoms) => Object.assign(atoms, { cell: [1, 1, 1] }), /`cell` must be a Float64Array/],
    ['numbers', (atoms: Atoms) => Object.assign(atoms, { numbers: [29] }), /`numbers` must be an Int32Array/],
  ])('is named: a field of a configuration that holds something else, %s', async (_, spoil, message) => {
    const folder = scratch()
    const atoms = bulk('Cu')
    spoil(atoms)
    await expect(write(join(folder, 'out.xyz'), [atoms])).rejects.toThrow(message)
    const file = new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') })
    await expect(file.write(atoms)).rejects.toThrow(message)
    await expect(new ConfigSetOut().write(atoms)).rejects.toThrow(message)
    const loop = iterableLoop({ iterable: new ConfigSetIn({ inputConfigs: atoms }), op: op('placed'), npool: 0 })
    await expect(loop).rejects.toThrow(message)
    await file.endWrite()
  })
})

describe.each([0, 2])('with npool %i', (npool) => {
  it.each(['in.xyz', 'in.xyz.gz'])('an input (%s) that changes during the run ends it', async (name) => {
    const folder = scratch()
    const plain = await numberedFile(folder, 8)
    const input = join(folder, name)
    if (name.endsWith('.gz')) writeFileSync(input, gzipSync(readFileSync(plain)))
    const loop = iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: input }),
      configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') }),
      op: op('appendAt3'),
      args: [input],
      npool,
    })
    await expect(loop).rejects.toMatchObject({
      name: 'InputFileError',
      message: `${input} changed while it was being read; run again when nothing writes to it`,
    })
    expect(existsSync(join(folder, 'out.xyz'))).toBe(false)
  })

  it.each([
    ['a symbol', { deep: [1, Symbol('s')] }, /args\[0\]\.deep\[1\].*symbol/i],
    ['an object with a function in its class', { socket: new WeakMap() }, /args\[0\]\.socket/],
  ])('%s as an argument is refused, named by its path', async (_, argument, message) => {
    const folder = scratch()
    const loop = iterableLoop({
      iterable: memory(3),
      configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') }),
      op: op('placed'),
      args: [argument],
      npool,
    })
    await expect(loop).rejects.toMatchObject({
      code: 'AUTOPARA_ENCODING',
      message: expect.stringMatching(message) as string,
    })
    expect(readdirSync(folder)).toEqual([])
  })

  it('a closure as an argument is refused, with what to do', async () => {
    const loop = iterableLoop({
      iterable: memory(3),
      configsetOut: new ConfigSetOut(),
      op: op('placed'),
      args: [() => npool],
      npool,
    })
    await expect(loop).rejects.toMatchObject({ name: 'TaskFunctionError' })
  })

  it.each([
    ['a file', true],
    ['memory', false],
  ])('a result that can’t go to %s fails its item alone', async (_, file) => {
    const outputFiles = join(scratch(), 'out.xyz')
    const result = await iterableLoop({
      iterable: memory(4),
      configsetOut: file ? new ConfigSetOut({ outputFiles }) : new ConfigSetOut(),
      op: op('putFunction'),
      npool,
      chunksize: 2,
      onError: 'skip',
    })
    expect(await infoOf(result, 'number')).toEqual([0, 2, 3])
    if (file) expect(readFileSync(`${outputFiles}.failed.jsonl`, 'utf8')).toMatch(/"index":1.*handle/)
  })

  it('an operation that changes values and then fails gets them fresh when they are run singly', async () => {
    const result = await iterableLoop({
      iterable: [{ count: 0 }, { count: 10 }, { count: 20 }],
      configsetOut: new ConfigSetOut(),
      op: op('changeAndThrow'),
      npool,
      chunksize: 3,
    })
    expect(await infoOf(result, 'count')).toEqual([1, 11, 21])
  })
})

describe('outputs', () => {
  it('that are an input are refused, by a map too, finished or not', async () => {
    const folder = scratch()
    const [a, b] = [await numberedFile(folder, 1, 'a.xyz'), await numberedFile(folder, 1, 'b.xyz')]
    const before = readFileSync(b, 'utf8')
    for (const force of [false, true]) {
      const loop = iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: [a, b] }),
        configsetOut: new ConfigSetOut({ outputFiles: { [a]: join(folder, 'new.xyz'), [b]: a }, force }),
        op: op('shift'),
        args: [1],
      })
      await expect(loop).rejects.toThrow(/a\.xyz is an input and an output at once; give the output another name/)
    }
    expect(readFileSync(b, 'utf8')).toBe(before)
    expect(readdirSync(folder).sort()).toEqual(['a.xyz', 'b.xyz'])
  })

  it('that another loop is writing are refused, and the other goes on', async () => {
    const folder = scratch()
    const [log, release] = [join(folder, 'log'), join(folder, 'release')]
    const outputFiles = join(folder, 'out.xyz')
    const run = (): Promise<ConfigSetIn> =>
      iterableLoop({
        iterable: memory(4),
        configsetOut: new ConfigSetOut({ outputFiles }),
        op: op('waitFor'),
        args: [log, release],
        npool: 1,
      })
    const first = run()
    while (!existsSync(log)) await new Promise(setImmediate)
    await expect(run()).rejects.toMatchObject({
      code: 'AUTOPARA_OUTPUT_LOCKED',
      message: expect.stringContaining(`${outputFiles} is being written by process ${process.pid}`) as string,
    })
    writeFileSync(release, '')
    expect(await infoOf(await first, 'number')).toEqual([0, 1, 2, 3])
    expect(readdirSync(folder).sort()).toEqual(['log', 'out.xyz', 'release'])
  })

  it('in a folder that is read-only are refused before anything runs', async () => {
    const folder = scratch()
    chmodSync(folder, 0o755)
    const input = await numberedFile(folder, 2)
    const readOnly = join(folder, 'read-only')
    mkdirSync(readOnly, { mode: 0o555 })
    const command = fileURLToPath(new URL('../../lib/cli/autopara.js', import.meta.url))
    const ops = fileURLToPath(new URL('../fixtures/ops.mjs', import.meta.url))
    // The superuser may write everywhere; as nobody it is like for anyone else.
    const child = spawn(
      process.execPath,
      [command, 'run', `${ops}#sideEffect`, input, '--args', JSON.stringify([folder]), '-o', join(readOnly, 'out.xyz')],
      {
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
        ...(process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}),
      },
    )
    const [stderr, code] = await Promise.all([
      text(child.stderr),
      new Promise((resolve) => child.once('exit', resolve)),
    ])
    expect(stderr).toContain(`can't write ${join(readOnly, 'out.xyz')}: no permission to write in ${readOnly}`)
    expect(code).toBe(1)
    expect(readdirSync(folder).sort()).toEqual(['in.xyz', 'read-only'])
  })
})

describe('the place of the items among the arguments', () => {
  it.each([
    [3, [1, 2], /`iterableArg` must be a position among 2 other arguments, 0 … 2, got 3/],
    [-1, [], /`iterableArg` must be a position/],
    ['items', [1], /`args` must be \[options\], an object that gets the items as `items`, got 1/],
    ['items', [{}, {}], /`args` must be \[options\]/],
  ])('%j of %j is refused', async (iterableArg, args, message) => {
    const loop = iterableLoop({
      iterable: memory(1),
      configsetOut: new ConfigSetOut(),
      op: op('placed'),
      iterableArg,
      args,
    })
    await expect(loop).rejects.toThrow(message)
  })
})
