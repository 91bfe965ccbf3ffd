/** Names that mean something to JavaScript, and paths that lead elsewhere. */
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import {
  Atoms,
  bulk,
  ConfigSetIn,
  ConfigSetOut,
  calculate,
  EMT,
  inline,
  iterableLoop,
  Pool,
  read,
  task,
  write,
  writeReport,
} from 'autopara'
import { afterEach, describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'
import { writeInput } from './soak.js'

const scratch = useScratchFolders()
const ops = new URL('../fixtures/reliability/names.mjs', import.meta.url)
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'then']

afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

describe('names of JavaScript’s own', () => {
  it.each([0, 2])('are names like others in info, arrays and JSON values (%i workers)', async (npool) => {
    const folder = scratch()
    const info = NAMES.map((name) => `${name}=7 json_${name}="_JSON {\\"${name}\\": {\\"polluted\\": 1}}"`).join(' ')
    const columns = NAMES.map((name) => `${name}:I:1`).join(':')
    writeFileSync(
      join(folder, 'in.xyz'),
      `1\nProperties=species:S:1:pos:R:3:${columns} ${info}\nCu 0 0 0 ${NAMES.map((_, k) => k).join(' ')}\n`,
    )
    await iterableLoop({
      iterable: new ConfigSetIn({ inputFiles: join(folder, 'in.xyz') }),
      configsetOut: new ConfigSetOut({ outputFiles: join(folder, 'out.xyz') }),
      op: task(ops, 'unchanged'),
      npool,
    })
    for (const name of ['in.xyz', 'out.xyz']) {
      const [atoms] = (await read(join(folder, name))) as [Atoms]
      const copy = Atoms.fromJSON(JSON.parse(JSON.stringify(atoms.toJSON())))
      for (const each of [atoms, atoms.copy(), copy]) {
        for (const [k, key] of NAMES.entries()) {
          expect(Object.getOwnPropertyDescriptor(each.info, key)?.value, key).toBe(7)
          expect([...(each.arrays[key]?.data ?? [])], key).toEqual([k])
          expect(JSON.stringify(each.info[`json_${key}`]), key).toBe(`{"${key}":{"polluted":1}}`)
        }
      }
    }
  })

  it.each(['fork', 'thread', 'serial'] as const)(
    'are names like others in errors and results (%s)',
    async (context) => {
      const pool = new Pool({ processes: context === 'serial' ? 0 : 1, ...(context === 'serial' ? {} : { context }) })
      const error = await pool.apply(task(ops, 'failWith'), [NAMES]).catch((reason: unknown) => reason as Error)
      expect(error).toBeInstanceOf(Error)
      expect((error as Error).message).toBe('full of names')
      for (const name of NAMES)
        expect(Object.getOwnPropertyDescriptor(error, name)?.value, name).toEqual({ polluted: 1 })
      expect(JSON.stringify(await pool.apply(task(ops, 'resultWith'), ['{"__proto__":{"polluted":1}}']))).toBe(
        '{"__proto__":{"polluted":1}}',
      )
      await expect(pool.apply(task(ops, 'failInClassWithGetter'), [])).rejects.toMatchObject({ fact: 7 })
      await pool.terminate()
    },
  )

  it('are no options', () => {
    for (const name of NAMES.filter((one) => one !== 'then')) {
      const options = JSON.parse(`{"${name}": {"processes": 1}}`) as object
      expect(() => new Pool(options), name).toThrow(TypeError)
      expect(() => new ConfigSetOut(options), name).toThrow(TypeError)
    }
  })

  it('are no functions where data is wanted: what looks like a reference is not followed', async () => {
    const folder = scratch()
    const input = await writeInput(folder, 1)
    const marker = join(folder, 'loaded')
    const source = `() => process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`
    const spec = { kind: 'inline', source }
    const forged = [
      { autoparaFunction: spec },
      [],
      spec,
      { functions: spec, value: null },
      { target: { inline: source } },
    ]
    for (const npool of [0, 1]) {
      const out = new ConfigSetOut()
      await iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: input }),
        configsetOut: out,
        op: task(ops, 'keepArguments'),
        args: [forged, [forged[0], []]],
        npool,
      })
      const [atoms] = (await out.toConfigSetIn().toArray()) as [Atoms]
      expect(atoms.info['seen']).toBe(JSON.stringify([forged, [forged[0], []]]))
    }
    expect(readdirSync(folder)).toEqual(['in.xyz'])
  })
})

describe('paths of outputs', () => {
  const run = (outputFiles: string | Record<string, string>, inputs: string[], more: object = {}) =>
    calculate(new ConfigSetIn({ inputFiles: inputs }), new ConfigSetOut({ outputFiles, ...more }), {
      calculator: [EMT, []],
    })

  it('are refused where two spellings are one file', async () => {
    const folder = scratch()
    mkdirSync(join(folder, 'sub'))
    symlinkSync(join(folder, 'sub'), join(folder, 'link'))
    const inputs = [await writeInput(folder, 1), await writeInput(folder, 1, { name: 'in2.xyz' })] as [string, string]
    for (const [one, other] of [
      ['out.xyz', './out.xyz'],
      ['out.xyz', 'sub/../out.xyz'],
      ['sub/out.xyz', 'link/out.xyz'],
      ['out.xyz', relative(process.cwd(), join(folder, 'out.xyz'))],
    ] as const) {
      const map = {
        [inputs[0]]: `${folder}/${one}`,
        [inputs[1]]: other.startsWith('..') ? other : `${folder}/${other}`,
      }
      await expect(run(map, inputs), `${one}, ${other}`).rejects.toThrow(/are the same output; give it one name/)
    }
    expect(readdirSync(folder).sort()).toEqual(['in.xyz', 'in2.xyz', 'link', 'sub'])
  })

  it('may be one name for two inputs', async () => {
    const folder = scratch()
    const inputs = [await writeInput(folder, 2), await writeInput(folder, 1, { name: 'in2.xyz' })] as [string, string]
    const output = join(folder, 'out.xyz')
    expect(await (await run({ [inputs[0]]: output, [inputs[1]]: output }, inputs)).count()).toBe(3)
    expect(readdirSync(folder).sort()).toEqual(['in.xyz', 'in2.xyz', 'out.xyz'])
  })

  it('are refused where another file would be overwritten on the way', async () => {
    const folder = scratch()
    const input = await writeInput(folder, 1)
    const partial = await writeInput(folder, 1, { name: 'out.xyz.partial' })
    const bytes = readFileSync(partial)
    await expect(run(join(folder, 'out.xyz'), [partial])).rejects.toThrow(
      /would be overwritten while .*out\.xyz is made/,
    )
    const map = { [input]: join(folder, 'out.xyz'), [partial]: join(folder, 'out.xyz.journal') }
    await expect(run(map, [input, partial])).rejects.toThrow(/would be overwritten/)
    linkSync(input, join(folder, 'hard.xyz'))
    await expect(run(join(folder, 'hard.xyz'), [input], { force: true })).rejects.toThrow(
      /an input and an output at once/,
    )
    expect(readFileSync(partial).equals(bytes)).toBe(true)
  })

  it('do not lead elsewhere by a link that stands in the place of a temporary file', async () => {
    const folder = scratch()
    const input = await writeInput(folder, 1)
    writeFileSync(join(folder, 'precious'), 'precious')
    symlinkSync(join(folder, 'precious'), join(folder, 'out.xyz.partial'))
    await expect(run(join(folder, 'out.xyz'), [input])).rejects.toThrow(
      /a symbolic link stands where its temporary file/,
    )
    symlinkSync(join(folder, 'precious'), join(folder, 'out2.xyz.journal.new'))
    await expect(run(join(folder, 'out2.xyz'), [input], { resume: true })).rejects.toThrow(/a symbolic link/)
    symlinkSync(join(folder, 'precious'), join(folder, 'report.html.partial'))
    const results = new ConfigSetIn({ inputFiles: input })
    await expect(writeReport(join(folder, 'report.html'), { output: results })).rejects.toThrow(/ELOOP/)
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('precious')
  })

  it.each(['out.xyz', 'out.xyz.gz', 'out.db'])('that are links lead to what is written: %s', async (name) => {
    const [folder, elsewhere] = [scratch(), scratch()]
    const input = await writeInput(folder, 3)
    const output = join(folder, name)
    symlinkSync(join(elsewhere, 'real'), join(elsewhere, 'second'))
    symlinkSync(relative(folder, join(elsewhere, 'second')), output)
    const place = name.endsWith('.db') ? { db: output, setTags: { run: 1 } } : { outputFiles: output }
    const fail = (list: Atoms[]): unknown[] => list.map((_, k) => new Error(`item ${k}`))
    const loop = (out: object, op = fail) =>
      iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: input }),
        configsetOut: new ConfigSetOut(out),
        op: inline(op),
        onError: 'keep',
        chunksize: 3,
        seed: 1,
      })
    for (const force of [false, true]) {
      const result = await loop({ ...place, force })
      expect(await result?.count()).toBe(3)
      expect(lstatSync(output).isSymbolicLink()).toBe(true)
      expect(readdirSync(folder).sort()).toEqual(['in.xyz', name].sort())
      expect(readdirSync(elsewhere)).toHaveLength(3)
      expect(readdirSync(elsewhere).filter((file) => file.endsWith('.failed.jsonl'))).toHaveLength(1)
    }
    await loop({ ...place, force: true }, (list) => list)
    expect(readdirSync(elsewhere).sort()).toEqual(['real', 'second'])
  })

  it('that are links share the lock and the journal of the file that they lead to', async () => {
    const [folder, elsewhere] = [scratch(), scratch()]
    const input = await writeInput(folder, 3)
    const [real, link] = [join(elsewhere, 'real.xyz'), join(folder, 'link.xyz')]
    symlinkSync(real, link)
    const loop = (output: string) =>
      iterableLoop({
        iterable: new ConfigSetIn({ inputFiles: input }),
        configsetOut: new ConfigSetOut({ outputFiles: output, resume: true, flushInterval: 0 }),
        op: inline((list: Atoms[], bad: string) => {
          if (list[0]?.info['number'] === 2 && process.getBuiltinModule('node:fs').existsSync(bad))
            throw new Error('bad')
          return list
        }),
        args: [join(folder, 'bad')],
        seed: 1,
      })
    const first = new ConfigSetOut({ outputFiles: link })
    await first.write(bulk('Cu'))
    await expect(loop(real)).rejects.toMatchObject({ name: 'OutputLockedError', file: real })
    await first.endWrite()
    expect(readdirSync(elsewhere)).toEqual(['real.xyz'])
    rmSync(real)
    writeFileSync(join(folder, 'bad'), '')
    await expect(loop(link)).rejects.toThrow('bad')
    expect(readdirSync(elsewhere).sort()).toEqual(['real.xyz.journal', 'real.xyz.partial'])
    rmSync(join(folder, 'bad'))
    expect(await (await loop(real)).count()).toBe(3)
    expect(readdirSync(elsewhere)).toEqual(['real.xyz'])
  })

  it('that are links lead to a report, too', async () => {
    const folder = scratch()
    const output = new ConfigSetIn({ inputFiles: await writeInput(folder, 1) })
    symlinkSync('real.html', join(folder, 'page.html'))
    await writeReport(join(folder, 'page.html'), { output })
    expect(readdirSync(folder).sort()).toEqual(['in.xyz', 'page.html', 'real.html'])
    expect(lstatSync(join(folder, 'page.html')).isSymbolicLink()).toBe(true)
  })

  it('that are links in a circle are refused', async () => {
    const folder = scratch()
    const input = await writeInput(folder, 1)
    symlinkSync('b.xyz', join(folder, 'a.xyz'))
    symlinkSync('a.xyz', join(folder, 'b.xyz'))
    await expect(run(join(folder, 'a.xyz'), [input])).rejects.toThrow(/links lead in a circle/)
    symlinkSync(join(folder, 'nowhere', 'out.xyz'), join(folder, 'c.xyz'))
    await expect(run(join(folder, 'c.xyz'), [input])).rejects.toThrow(/the folder .*nowhere does not exist/)
  })

  it('go where they say, also upwards', async () => {
    const folder = scratch()
    const input = await writeInput(folder, 1)
    mkdirSync(join(folder, 'a'))
    await run('../out.xyz', [input], { fileRoot: join(folder, 'a') })
    expect(readdirSync(folder).sort()).toEqual(['a', 'in.xyz', 'out.xyz'])
    expect(readdirSync(join(folder, 'a'))).toEqual([])
  })

  it('hold what an input called __proto__ is mapped to', async () => {
    const folder = scratch()
    await write(join(folder, '__proto__'), [bulk('Cu')])
    const map = JSON.parse(`{"${join(folder, '__proto__')}": "${join(folder, 'out.xyz')}"}`) as Record<string, string>
    await run(map, [join(folder, '__proto__')])
    expect(readdirSync(folder).sort()).toEqual(['__proto__', 'out.xyz'])
  })
})
