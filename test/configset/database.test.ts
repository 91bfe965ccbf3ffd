import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Atoms, ConfigSetIn, ConfigSetOut, iterableLoop, openAseDatabase, read, SelectionError, write } from 'autopara'
import { describe, expect, it } from 'vitest'
import { shift, throwFor, trajectory } from '../fixtures/ops.mjs'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const fixture = fileURLToPath(new URL('../fixtures/ase-db/ase.db', import.meta.url))

const hydrogens = (count: number): Atoms[] =>
  Array.from({ length: count }, (_, number) => new Atoms({ symbols: 'H', positions: [number, 0, 0], info: { number } }))

/** Numbers of the configurations of a set. */
async function numbersOf(set: ConfigSetIn): Promise<unknown[]> {
  return (await set.toArray()).map(({ info }) => info['number'])
}

async function countIn(db: string, selection = ''): Promise<number> {
  using database = await openAseDatabase(db, { readOnly: true })
  return database.count(selection)
}

describe('ConfigSetIn of a database', () => {
  it('gives the rows that a query selects, in order, again and again', async () => {
    const set = new ConfigSetIn({ db: fixture, inputQueries: 'config_type=bulk' })
    for (let turn = 0; turn < 2; turn++)
      expect((await set.toArray()).map(({ formula }) => formula)).toEqual(['Cu4', 'ClNa'])
    expect(await set.count()).toBe(2)
    expect(String(set)).toBe(`ConfigSetIn(${fixture}@config_type=bulk)`)
    expect(set.inputFiles).toEqual([])
    expect(set.isOneFile()).toBe(false)
  })

  it('gives all rows without a query', async () => {
    expect(await new ConfigSetIn({ db: fixture }).count()).toBe(7)
  })

  it('numbers the queries of a list, and groups by them', async () => {
    const set = new ConfigSetIn({ db: 'ase.db', fileRoot: join(fixture, '..'), inputQueries: ['Cu', 'H2O'] })
    const locs: string[] = []
    for await (const { loc, atoms } of set.entries()) locs.push(`${loc} ${atoms.formula}`)
    expect(locs).toEqual([' / 0 / 0 Cu4', ' / 0 / 1 Au3Cu5', ' / 1 / 0 H2O'])
    const sizes: number[] = []
    for await (const group of set.groups()) {
      let size = 0
      for await (const _ of group) size++
      sizes.push(size)
    }
    expect(sizes).toEqual([2, 1])
  })

  it('refuses at once what can never be read', () => {
    expect(() => new ConfigSetIn({ db: fixture, inputQueries: 'energy<low' })).toThrow(SelectionError)
    expect(() => new ConfigSetIn({ db: '/no/such.db' })).toThrow(/there is no database \/no\/such\.db/)
    expect(() => new ConfigSetIn({ inputQueries: 'Cu' })).toThrow(/`db` must be the path of a database/)
    expect(() => new ConfigSetIn({ db: fixture, inputFiles: 'x.xyz' })).toThrow(/takes one of `inputFiles`, `db`/)
    expect(() => new ConfigSetIn({ db: fixture, inputQueries: [5 as never] })).toThrow(TypeError)
  })

  it('says of which kinds sets are that can not be one', () => {
    const set = new ConfigSetIn({ db: fixture })
    expect(() => set.merge(new ConfigSetIn({ inputConfigs: new Atoms({}) }))).toThrow(
      /set of memory .* set of database/,
    )
  })
})

describe('ConfigSetOut to a database', () => {
  it('writes rows with its tags, which are then done, and reads them', async () => {
    const db = join(scratch(), 'out.db')
    const options = { db, setTags: { run: 'a,b=c', n: 1, x: 0.5, on: true } }
    const out = new ConfigSetOut(options)
    expect(await out.isDone()).toBe(false)
    await out.write(hydrogens(3))
    await out.write(hydrogens(1))
    expect(existsSync(db)).toBe(false)
    await out.endWrite()
    expect(await numbersOf(out.toConfigSetIn())).toEqual([0, 1, 2, 0])
    expect(await new ConfigSetOut(options).isDone()).toBe(true)
    expect(await new ConfigSetOut({ db, setTags: { run: 'other' } }).isDone()).toBe(false)
    expect(readdirSync(join(db, '..'))).toEqual(['out.db'])
  })

  it('adds to a database that is there, and replaces the rows with its tags only with force', async () => {
    const db = join(scratch(), 'out.db')
    copyFileSync(fixture, db)
    const put = async (run: string, count: number, force = false): Promise<void> => {
      const out = new ConfigSetOut({ db, setTags: { run }, force })
      await out.write(hydrogens(count))
      await out.endWrite()
    }
    await put('a', 2)
    await put('b', 3)
    expect([await countIn(db), await countIn(db, 'run=a'), await countIn(db, 'run=b')]).toEqual([12, 2, 3])
    await expect(put('a', 5)).rejects.toThrow(/complete already/)
    await put('a', 5, true)
    expect([await countIn(db), await countIn(db, 'run=a'), await countIn(db, 'run=b')]).toEqual([15, 5, 3])
    expect(await countIn(db, 'Cu>2,Au')).toBe(1)
    using database = await openAseDatabase(db)
    for (const table of ['species', 'keys', 'number_key_values', 'text_key_values'])
      expect(database.connection.all(`SELECT id FROM ${table} WHERE id NOT IN (SELECT id FROM systems)`)).toEqual([])
    expect(database.connection.all('PRAGMA integrity_check')).toMatchObject([{ integrity_check: 'ok' }])
  })

  it('is done after a run without any row', async () => {
    const db = join(scratch(), 'out.db')
    for (const run of ['a', 'b']) {
      await new ConfigSetOut({ db, setTags: { run } }).endWrite()
      expect(await new ConfigSetOut({ db, setTags: { run } }).isDone()).toBe(true)
    }
    expect(await new ConfigSetOut({ db, setTags: { run: 'c' } }).isDone()).toBe(false)
  })

  it('needs tags that ASE takes, and takes no option that it can not keep', () => {
    const refuse = (options: object): void =>
      expect(() => new ConfigSetOut({ db: 'x.db', ...options }), JSON.stringify(options)).toThrow()
    expect(() => new ConfigSetOut({ db: 'x.db' })).toThrow(/`setTags` must be at least one tag for a database/)
    refuse({ setTags: {} })
    refuse({ setTags: { 'a b': 1 } })
    refuse({ setTags: { energy: 1 } })
    refuse({ setTags: { a: Number.NaN } })
    refuse({ setTags: { a: 1 }, allOrNone: false })
    refuse({ setTags: { a: 1 }, resume: true })
    refuse({ setTags: { a: 1 }, outputFiles: 'x.xyz' })
    refuse({ setTags: { a: 1 }, db: '-' })
  })

  it('finds at the start that the database can not be written', async () => {
    const db = join(scratch(), 'out.db')
    writeFileSync(db, 'no database but a text '.repeat(100))
    await expect(new ConfigSetOut({ db, setTags: { a: 1 } }).isDone()).rejects.toThrow(/no SQLite database/)
    const elsewhere = new ConfigSetOut({ db: join(scratch(), 'no', 'out.db'), setTags: { a: 1 } })
    await expect(elsewhere.write(new Atoms({}))).rejects.toThrow(/the folder .* does not exist/)
  })

  it('keeps the new rows beside a database that can not take them in the end', async () => {
    const folder = scratch()
    const db = join(folder, 'out.db')
    const out = new ConfigSetOut({ db, setTags: { run: 'a' } })
    await out.write(hydrogens(3))
    writeFileSync(db, 'something else by now '.repeat(100))
    await expect(out.endWrite()).rejects.toThrow(/no SQLite database.* \(the new rows are kept in .*\.partial\)/)
    const kept = readdirSync(folder).find((name) => name.endsWith('.partial')) as string
    expect(await countIn(join(folder, kept), 'run=a')).toBe(3)
  })

  it('leaves the database as it was when the process is killed, and the next run goes on', async () => {
    const folder = scratch()
    const db = join(folder, 'out.db')
    copyFileSync(fixture, db)
    const before = readFileSync(db)
    const script = `
      import { Atoms, ConfigSetOut } from 'autopara'
      const out = new ConfigSetOut({ db: ${JSON.stringify(db)}, setTags: { run: 'a' } })
      for (let n = 0; n < 500; n++) await out.write(new Atoms({ symbols: 'H20' }))
      console.log('written')
      setInterval(() => {}, 1000)
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(readFileSync(db).equals(before)).toBe(true)
    const out = new ConfigSetOut({ db, setTags: { run: 'a' } })
    await out.write(hydrogens(2))
    await out.endWrite()
    expect([await countIn(db), await countIn(db, 'run=a')]).toEqual([9, 2])
    expect(readdirSync(folder)).toEqual(['out.db'])
  })

  it('refuses a second run with the same tags meanwhile, not one with others', async () => {
    const db = join(scratch(), 'out.db')
    const [one, two, same] = ['a', 'b', 'a'].map((run) => new ConfigSetOut({ db, setTags: { run } }))
    await one?.write(hydrogens(1))
    await two?.write(hydrogens(2))
    await expect(same?.write(hydrogens(1))).rejects.toMatchObject({ code: 'AUTOPARA_OUTPUT_LOCKED' })
    await two?.endWrite()
    await one?.endWrite()
    expect([await countIn(db, 'run=a'), await countIn(db, 'run=b')]).toEqual([1, 2])
  })
})

describe('a loop over databases', () => {
  it.each([0, 2])('reads and writes one and the same database, with %i processes', async (npool) => {
    const db = join(scratch(), 'set.db')
    {
      using database = await openAseDatabase(db)
      database.write(hydrogens(200), { keyValuePairs: { stage: 1 } })
    }
    const loop = (): Promise<ConfigSetIn> =>
      iterableLoop({
        iterable: new ConfigSetIn({ db, inputQueries: 'stage=1,number<150' }),
        configsetOut: new ConfigSetOut({ db, setTags: { stage: 2 } }),
        op: shift,
        args: [0.5],
        npool,
        chunksize: 7,
        progress: false,
      })
    const made = await loop()
    const configs = await made.toArray()
    expect(configs.map(({ info, positions }) => [info['number'], positions[0]])).toEqual(
      Array.from({ length: 150 }, (_, n) => [n, n + 0.5]),
    )
    expect(configs.every(({ info }) => info['stage'] === 2)).toBe(true)
    await loop()
    expect([await countIn(db), await countIn(db, 'stage=2')]).toEqual([350, 150])
  })

  it('leaves the database as it was when it fails', async () => {
    const folder = scratch()
    const db = join(folder, 'set.db')
    copyFileSync(fixture, db)
    const before = readFileSync(db)
    const configsetOut = new ConfigSetOut({ db, setTags: { run: 'x' } })
    const loop = iterableLoop({
      iterable: new ConfigSetIn({ inputConfigs: hydrogens(20) }),
      configsetOut,
      op: throwFor,
      args: [[15]],
      progress: false,
    })
    await expect(loop).rejects.toThrow(/no way to do 15/)
    expect(readFileSync(db).equals(before)).toBe(true)
    expect(readdirSync(folder)).toEqual(['set.db'])
  })

  it('writes every configuration of a trajectory, and keeps failed ones when asked', async () => {
    const folder = scratch()
    const inputs = (): ConfigSetIn => new ConfigSetIn({ inputConfigs: hydrogens(3) })
    const out = (run: string): ConfigSetOut => new ConfigSetOut({ db: join(folder, 'set.db'), setTags: { run } })
    const made = await iterableLoop({
      iterable: inputs(),
      configsetOut: out('t'),
      op: trajectory,
      args: [2],
      progress: false,
    })
    expect(await made.count()).toBe(6)
    const kept = await iterableLoop({
      iterable: inputs(),
      configsetOut: out('k'),
      op: throwFor,
      args: [[1]],
      onError: 'keep',
      progress: false,
    })
    expect((await kept.toArray()).map(({ info }) => info['autopara_failed'] ?? false)).toEqual([false, true, false])
    expect(readdirSync(folder).sort()).toEqual([
      'set.db',
      expect.stringMatching(/^set\.db\.[0-9a-f]{8}\.failed\.jsonl$/),
    ])
  })
})

describe('extended XYZ and databases', () => {
  it('goes there and back without a change', async () => {
    const folder = scratch()
    const xyz = join(folder, 'in.xyz')
    const text = [
      '2',
      'Lattice="5.0 0 0 0 5.0 0 0 0 5.0" Properties=species:S:1:pos:R:3:forces:R:3:site:S:1:tags:I:1 config_type=bulk energy=-2.0 n=3 x=1.0 virial="1 2 3 4 5 6 7 8 9" words="[a, b]" stress="1.0 0.5 0.0 0.5 2.0 0.0 0.0 0.0 3.0" flag=T pbc="T T F"',
      'Cu 0.1 0.2 0.3 1.5 0.0 -0.25 top 1',
      'O 1.0 2.0 3.0 -1.5 0.0 0.25 hollow 2',
      '1',
      'Properties=species:S:1:pos:R:3 note="a \\"quoted\\" word" Cu=5 energy=4 nothing=" " pbc="F F F"',
      'H 0.0 0.0 0.0',
      '',
    ].join('\n')
    writeFileSync(xyz, text)
    await write(join(folder, 'plain.xyz'), await read(xyz))
    const configs = await read(xyz)
    const db = join(folder, 'set.db')
    {
      using database = await openAseDatabase(db)
      database.write(configs)
    }
    const back = await new ConfigSetIn({ db }).toArray()
    expect(back.map((atoms, k) => atoms.equals(configs[k] as Atoms))).toEqual([true, true])
    await write(join(folder, 'back.xyz'), back)
    expect(readFileSync(join(folder, 'back.xyz'), 'utf8')).toBe(readFileSync(join(folder, 'plain.xyz'), 'utf8'))
  })
})
