/**
 * What the Python original (libAtoms wfl) gets wrong, one test a row: the numbers are those of the list in
 * docs/iterable-loop.md. Rows about MPI (1, 3, and 2 on ranks) are in test/full/mpi/start.test.ts.
 */
import { execFile, spawn } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { existsSync, readdirSync, readFileSync, statSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Atoms, bulk, ConfigSetIn, ConfigSetOut, calculate, EMT, iterableLoop, md, task, write } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'
import { memory, numbered, op } from './numbered.js'

const scratch = useScratchFolders()
const root = fileURLToPath(new URL('../..', import.meta.url))

async function numbers(set: ConfigSetIn): Promise<unknown[]> {
  return (await set.toArray()).map((atoms) => atoms.info['number'])
}

describe('weaknesses of the original', () => {
  it('2: the initializer runs in serial runs too', async () => {
    const result = await iterableLoop({
      iterable: memory(2),
      configsetOut: new ConfigSetOut(),
      op: op('showInitialised'),
      npool: 0,
      initializer: op('initialise'),
      initargs: ['yes'],
    })
    expect((await result.toArray()).map((atoms) => atoms.info['initialised'])).toEqual(['yes', 'yes'])
  })

  it('4: an initializer that throws ends the loop at once, with its message', async () => {
    const loop = iterableLoop({
      iterable: memory(20),
      configsetOut: new ConfigSetOut(),
      op: op('shift'),
      npool: 2,
      initializer: op('failingInitializer'),
    })
    await expect(loop).rejects.toMatchObject({
      name: 'InitializerError',
      message: expect.stringContaining('no licence') as string,
    })
  })

  it('4: a dead worker costs its item, not the call', async () => {
    const result = await iterableLoop({
      iterable: memory(9),
      configsetOut: new ConfigSetOut(),
      op: op('exitFor'),
      args: [4],
      npool: 2,
      chunksize: 3,
      onError: 'skip',
    })
    expect(await numbers(result)).toEqual([0, 1, 2, 3, 5, 6, 7, 8])
  })

  it('5: the input is not drawn to its end when the first item fails', async () => {
    let drawn = 0
    async function* source(): AsyncGenerator<number> {
      for (let k = 0; k < 10_000; k++) {
        drawn = k + 1
        yield k
      }
    }
    const folder = scratch()
    const configsetOut = new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') })
    await expect(iterableLoop({ iterable: source(), configsetOut, op: op('nonsense'), npool: 1 })).rejects.toThrow(/42/)
    expect(drawn).toBeLessThan(5_000)
  })

  it('5: the input is drawn no faster than the output is read', async () => {
    const folder = scratch()
    const log = join(folder, 'drawn')
    writeFileSync(log, '')
    const child = spawn(process.execPath, [join(root, 'test/fixtures/slow-reader.mjs'), log, '1000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let frames = 0
    for await (const text of child.stdout) {
      frames += String(text).split('number=').length - 1
      const ahead = statSync(log).size - frames
      // What the pipe, the pool and the stream hold; without bounds it would soon be all.
      expect(ahead).toBeLessThan(300)
      if (frames < 60) await promisify(execFile)(process.execPath, ['-e', ''])
    }
    expect(frames).toBe(1000)
  })

  it('6: items behind a slow one are finished while it runs', async () => {
    const folder = scratch()
    const [log, release] = [join(folder, 'log'), join(folder, 'release')]
    writeFileSync(log, '')
    const watcher = watch(folder, () => {
      if (!existsSync(release) && readFileSync(log, 'utf8').trim().split('\n').length >= 199) writeFileSync(release, '')
    })
    const both = task(new URL('../fixtures/slow-head.mjs', import.meta.url), 'slowHeadNoted')
    const result = await iterableLoop({
      iterable: memory(200),
      configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') }),
      op: both,
      args: [release, log],
      npool: 2,
      chunksize: 1,
    })
    watcher.close()
    expect(await numbers(result)).toEqual(Array.from({ length: 200 }, (_, k) => k))
    expect(readFileSync(log, 'utf8').trim().split('\n').at(-1)).toBe('0')
  })

  it('7: after an error nothing goes on running', async () => {
    const folder = scratch()
    const log = join(folder, 'log')
    writeFileSync(log, '')
    const source = new URL('../fixtures/slow-head.mjs', import.meta.url)
    await expect(
      iterableLoop({
        iterable: memory(2000),
        configsetOut: new ConfigSetOut(),
        op: task(source, 'failFirst'),
        args: [log],
        npool: 2,
        chunksize: 1,
      }),
    ).rejects.toThrow('first')
    const size = statSync(log).size
    expect(readFileSync(log, 'utf8').split('\n').length).toBeLessThan(2000)
    await promisify(execFile)(process.execPath, ['-e', ''])
    expect(statSync(log).size).toBe(size)
  })

  it('7: workers of a killed master end', async () => {
    const folder = scratch()
    const child = spawn(process.execPath, [join(root, 'test/fixtures/busy-loop.mjs')], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pids = await new Promise<number[]>((resolve) =>
      child.stdout.once('data', (text) => resolve(JSON.parse(String(text)) as number[])),
    )
    expect(pids).toHaveLength(2)
    child.kill('SIGKILL')
    const alive = (): number[] =>
      pids.filter(
        (pid) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')),
      )
    const deadline = Date.now() + 10_000
    while (alive().length > 0 && Date.now() < deadline) await promisify(execFile)(process.execPath, ['-e', ''])
    expect(alive()).toEqual([])
  })

  it('8: a run that was broken off goes on behind what is finished', async () => {
    const folder = scratch()
    const log = join(folder, 'log')
    const run = (number: number): Promise<ConfigSetIn> => {
      writeFileSync(log, '')
      writeFileSync(join(folder, 'bad'), String(number))
      return iterableLoop({
        iterable: memory(60),
        configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz'), resume: true, flushInterval: 0 }),
        op: op('notedUnless'),
        args: [log, join(folder, 'bad')],
        chunksize: 1,
      })
    }
    await expect(run(33)).rejects.toThrow('bad 33')
    expect(await numbers(await run(-1))).toEqual(Array.from({ length: 60 }, (_, k) => k))
    expect(readFileSync(log, 'utf8').trim().split('\n')[0]).toBe('33')
  })

  it('9: a list that is too short is an error, and so is chunksize 0', async () => {
    await expect(
      iterableLoop({ iterable: memory(3), configsetOut: new ConfigSetOut(), op: op('tooShort'), chunksize: 3 }),
    ).rejects.toThrow(/length of its input/)
    await expect(
      iterableLoop({ iterable: memory(3), configsetOut: new ConfigSetOut(), op: op('shift'), chunksize: 0 }),
    ).rejects.toThrow(RangeError)
  })

  it('10: a run without results leaves a complete, empty output, so that it counts as done', async () => {
    const path = join(scratch(), 'out.xyz')
    const run = () =>
      iterableLoop({
        iterable: new ConfigSetIn(),
        configsetOut: new ConfigSetOut({ outputFiles: path }),
        op: op('shift'),
      })
    await run()
    expect(await new ConfigSetOut({ outputFiles: path }).isDone()).toBe(true)
    expect(await (await run()).count()).toBe(0)
  })

  it('11: an operation can’t change its caller’s configurations, serially either', async () => {
    const configs = numbered(2)
    await iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: configs }),
      configsetOut: new ConfigSetOut(),
      op: op('shift'),
      args: [1],
      npool: 0,
    })
    expect(configs[0]?.positions[0]).toBe(0)
  })

  it('12: a property that a configuration can’t have does not end the set', async () => {
    const wire = bulk('Cu')
    wire.pbc = [true, false, false]
    wire.cell.set([2.5, 0, 0, 0, 0, 0, 0, 0, 0])
    const result = await calculate(
      new ConfigSetIn({ inputConfigs: [bulk('Cu'), wire, bulk('Al')] }),
      new ConfigSetOut(),
      { calculator: [EMT, []] },
    )
    const info = (await result.toArray()).map((atoms) => atoms.info)
    expect(info.map((record) => 'EMT_energy' in record)).toEqual([true, true, true])
    expect(info.map((record) => 'EMT_stress' in record)).toEqual([true, false, true])
  })

  it('13: md’s last configuration has the right time when the interval does not divide the steps', async () => {
    const result = await md(new ConfigSetIn({ inputConfigs: bulk('Cu', { cubic: true }) }), new ConfigSetOut(), {
      calculator: [EMT, []],
      steps: 7,
      dt: 1,
      trajStepInterval: 5,
    })
    const info = (await result.toArray()).map((atoms) => [atoms.info['MD_time_fs'], atoms.info['MD_step']])
    expect(info).toEqual([
      [0, 0],
      [5, 5],
      [7, 7],
    ])
  })

  it('14: generators keep their first item, an empty list is an empty set, a map may come back to an input', async () => {
    function* three(): Generator<Atoms> {
      yield* numbered(3)
    }
    expect(await numbers(new ConfigSetIn({ inputConfigs: three() }))).toEqual([0, 1, 2])
    expect(await new ConfigSetIn({ inputConfigs: [] }).count()).toBe(0)
    const folder = scratch()
    const output = new ConfigSetOut({ outputFiles: { a: 'a.xyz', b: 'b.xyz' }, fileRoot: folder })
    for (const [k, input] of ['a', 'b', 'a'].entries()) await output.write(numbered(3)[k] as Atoms, input)
    await output.endWrite()
    expect(await numbers(new ConfigSetIn({ inputFiles: join(folder, 'a.xyz') }))).toEqual([0, 2])
    expect(readdirSync(folder).sort()).toEqual(['a.xyz', 'b.xyz'])
    const loop = (outputFiles: string | Record<string, string>): Promise<unknown> =>
      iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: join(folder, 'a.xyz') }),
        configsetOut: new ConfigSetOut({ outputFiles }),
        op: op('shift'),
      })
    await expect(loop({ 'other.xyz': join(folder, 'c.xyz') })).rejects.toThrow(
      /an entry for every input file; .*a\.xyz has none/,
    )
    await expect(loop(join(folder, 'a.xyz'))).rejects.toThrow(/is an input and an output at once/)
  })

  it('15: the parent neither reads nor prints a configuration', async () => {
    const folder = scratch()
    await write(join(folder, 'in.xyz'), numbered(20))
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(root, 'test/fixtures/who-parses.mjs'),
      join(folder, 'in.xyz'),
      join(folder, 'out.xyz'),
    ])
    expect(JSON.parse(stdout)).toEqual({ read: 0, printed: 0 })
    expect(readFileSync(join(folder, 'out.xyz'), 'utf8')).toBe(readFileSync(join(folder, 'in.xyz'), 'utf8'))
  })

  it('16: few inputs still occupy all workers of the shipped operations', async () => {
    let [chunks, items] = [0, 0]
    const note = (event: unknown): void => {
      chunks += (event as { chunks: number }).chunks
      items += (event as { items: number }).items
    }
    subscribe('autopara:chunk-done', note)
    await md(memory(4), new ConfigSetOut(), { calculator: [EMT, []], steps: 1, dt: 1 }, { npool: 2 })
    unsubscribe('autopara:chunk-done', note)
    expect([items, chunks]).toEqual([4, 4])
  })
})
