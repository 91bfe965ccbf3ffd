import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AseRow, Atoms, bulk, molecule, openAseDatabase } from 'autopara'
import { describe, expect, it } from 'vitest'
import { SqliteConnection } from '../../../build/lib/configset/ase-db/sqlite-connection.js'
import { useScratchFolders } from '../../scratch-folder.js'

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/ase-db/${name}`, import.meta.url))

interface ExpectedRow {
  id: number
  unique_id: string
  numbers: number[]
  positions: number[]
  cell: number[]
  pbc: boolean[]
  calculator: string | null
  results: Record<string, number[]>
  arrays: Record<string, number[]>
  pairs: Record<string, string>
}
const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as { rows: ExpectedRow[] }

const scratch = useScratchFolders()

async function rowsOf(path: string, selection = ''): Promise<AseRow[]> {
  using db = await openAseDatabase(path, { readOnly: true })
  return [...db.select(selection)]
}

describe('a database that ASE wrote', () => {
  it('gives every row as ASE gives it', async () => {
    const rows = await rowsOf(fixture('ase.db'))
    expect(rows.map(({ id, uniqueId }) => [id, uniqueId])).toEqual(expected.rows.map((row) => [row.id, row.unique_id]))
    for (const [k, { atoms, calculator, keyValuePairs }] of rows.entries()) {
      const row = expected.rows[k] as ExpectedRow
      expect({
        numbers: [...atoms.numbers],
        positions: [...atoms.positions],
        cell: [...atoms.cell],
        pbc: atoms.pbc,
      }).toEqual({
        numbers: row.numbers,
        positions: row.positions,
        cell: row.cell,
        pbc: row.pbc,
      })
      expect(calculator).toBe(row.calculator)
      for (const [name, numbers] of Object.entries({ ...row.results, ...row.arrays })) {
        const value = (atoms.arrays[name]?.data ?? atoms.info[name]) as
          | number
          | ArrayLike<number>
          | { data: ArrayLike<number> }
        const list = typeof value === 'object' ? Array.from('data' in value ? value.data : value) : [value]
        expect(list, name).toEqual(numbers)
      }
      expect(Object.keys(keyValuePairs)).toEqual(Object.keys(row.pairs))
    }
  })

  it('gives key-value pairs with their types, and data', async () => {
    const [first, , , hydrogen, salt] = await rowsOf(fixture('ase.db'))
    expect(first?.keyValuePairs).toMatchObject({ n: 3, x: 2, ok: true, label: 'foo', small: 1e-20, large: 2n ** 60n })
    expect(first?.atoms.infoTypes).toEqual({ x: 'float' })
    expect(first?.atoms.info['dos']).toEqual({ dtype: 'float64', shape: [3], data: Float64Array.of(0, 1, 2) })
    expect(first?.atoms.info['deep']).toEqual({
      a: { __ndarray__: [[2, 3], 'int64', [0, 1, 2, 3, 4, 5]] },
      b: [1, 2.5, 'x', null],
    })
    expect(hydrogen?.keyValuePairs).toMatchObject({ nan: Number.NaN, inf: Number.POSITIVE_INFINITY })
    expect(salt?.keyValuePairs['note']).toBe('å "quoted"\nline')
    expect(first?.ctime.getTime()).toBeGreaterThan(Date.UTC(2024, 0))
  })

  it('gives fixed atoms as move_mask, other constraints in info', async () => {
    const [, water] = await rowsOf(fixture('ase.db'))
    expect([...(water?.atoms.arrays['move_mask']?.data ?? [])]).toEqual([0, 1, 1])
    expect(water?.atoms.info['constraints']).toMatchObject([{ name: 'FixBondLengths' }])
  })

  it('takes more rows, and hands old ones on unchanged', async () => {
    const path = join(scratch(), 'copy.db')
    copyFileSync(fixture('ase.db'), path)
    const rows = await rowsOf(path)
    {
      using db = await openAseDatabase(path)
      expect(db.write(rows.map(({ atoms }) => atoms))).toEqual(rows.map(({ id }) => id + rows.length))
    }
    const all = await rowsOf(path)
    for (const [k, { atoms }] of rows.entries())
      expect(all[k + rows.length]?.atoms.equals(atoms), `row ${k + 1}`).toBe(true)
  })
})

describe('a database of our own', () => {
  it('is made when it is missing, and gives back what was written', async () => {
    const path = join(scratch(), 'new.db')
    const configs = [bulk('Cu'), molecule('H2O'), new Atoms({})]
    using db = await openAseDatabase(path)
    expect(db.write(configs, { keyValuePairs: { set: 'a', n: 1 }, calculator: 'emt' })).toEqual([1, 2, 3])
    expect(db.write(bulk('Au'), { data: { more: [1, 2] } })).toEqual([4])
    const rows = [...db.select('set=a')]
    expect(rows.map(({ id, atoms }) => [id, atoms.formula])).toEqual([
      [1, 'Cu'],
      [2, 'H2O'],
      [3, ''],
    ])
    expect(rows[0]?.calculator).toBeNull()
    expect([...db.select('Au')][0]?.data).toEqual({ more: [1, 2] })
    expect(rows.every(({ uniqueId }) => /^[0-9a-f]{32}$/.test(uniqueId))).toBe(true)
    expect(db.count('Cu')).toBe(1)
    expect(db.count()).toBe(4)
  })

  it('keeps numbers of any size where queries compare them', async () => {
    using db = await openAseDatabase(join(scratch(), 'tiny.db'))
    const tiny = [5e-324, 1e-300, 1e-20, 2 ** -53, 1e300]
    for (const x of tiny) db.write(new Atoms({ info: { energy: x, x } }))
    expect([...db.select()].map(({ atoms }) => atoms.info['energy'])).toEqual(tiny)
    expect(db.count('x<1e-19')).toBe(3)
    expect(db.count('energy>=1e-300,energy<1e-15')).toBe(3)
  })

  it('keeps what a REAL column can not hold: NaN, -0, integers; and the order of keys with them', async () => {
    using db = await openAseDatabase(join(scratch(), 'odd.db'))
    const odd = [Number.NaN, -0, 5, Number.POSITIVE_INFINITY].map(
      (energy) => new Atoms({ info: { energy, free_energy: -1.5, note: 'x', magmom: energy } }),
    )
    db.write(odd)
    const back = [...db.select()].map(({ atoms }) => atoms)
    expect(back.map((atoms, k) => atoms.equals(odd[k] as Atoms))).toEqual([true, true, true, true])
    for (const { info } of back) expect(Object.keys(info)).toEqual(['energy', 'free_energy', 'note', 'magmom'])
    // Only a float can be -0.
    expect(back.map(({ infoTypes }) => infoTypes?.['energy'])).toEqual([undefined, 'float', undefined, undefined])
  })

  it('writes all configurations of a call, or none', async () => {
    using db = await openAseDatabase(join(scratch(), 'x.db'))
    function* failing(): Generator<Atoms> {
      yield bulk('Cu')
      throw new Error('the source ends early')
    }
    expect(() => db.write(failing())).toThrow('the source ends early')
    expect(() => db.insert([{ cells: { natoms: 1 }, species: [[29, 1]], pairs: [['a', {} as string]] }])).toThrow()
    expect(db.count()).toBe(0)
    expect(db.connection.all('SELECT * FROM species')).toEqual([])
  })

  it('removes rows with all that belongs to them', async () => {
    using db = await openAseDatabase(join(scratch(), 'x.db'))
    db.write([bulk('Cu'), bulk('Au'), bulk('Cu')], { keyValuePairs: { a: 1, b: 'x' } })
    expect(db.delete('Cu')).toBe(2)
    expect([...db.select()].map(({ id }) => id)).toEqual([2])
    for (const table of ['species', 'number_key_values', 'text_key_values'])
      expect(db.connection.all(`SELECT id FROM ${table}`).map(({ id }) => id)).toEqual([2])
    expect(db.write(bulk('Ag'))).toEqual([4])
  })

  it('reads more rows than a page holds, and may be written between them', async () => {
    using db = await openAseDatabase(join(scratch(), 'x.db'))
    db.write(Array.from({ length: 150 }, (_, n) => new Atoms({ symbols: 'H', info: { n } })))
    let count = 0
    for (const { atoms } of db.select('n>=0')) {
      expect(atoms.info['n']).toBe(count++)
      if (count === 10) db.write(bulk('Cu'))
    }
    expect(count).toBe(150)
  })

  it('notices a row that is removed while rows are read', async () => {
    using db = await openAseDatabase(join(scratch(), 'x.db'))
    db.write(Array.from({ length: 100 }, (_, n) => new Atoms({ symbols: 'H', info: { n } })))
    const rows = db.select()
    rows.next()
    db.delete('id=90')
    expect(() => [...rows]).toThrow(/row 90 was removed while rows were read/)
  })

  it('refuses pairs and data that ASE can not have', async () => {
    using db = await openAseDatabase(join(scratch(), 'x.db'))
    const write =
      (keyValuePairs: object, data = {}): (() => void) =>
      () =>
        db.write(bulk('Cu'), { keyValuePairs: keyValuePairs as never, data })
    expect(write({ 'a-b': 1 })).toThrow(RangeError)
    expect(write({ energy: 1 })).toThrow(/keys that ASE does not use itself/)
    expect(write({ a: '12' })).toThrow(/a number instead of a string that looks like one/)
    expect(write({ a: [1] })).toThrow(TypeError)
    expect(write({}, { arrays: {} })).toThrow(TypeError)
    expect(() => db.select(5 as never).next()).toThrow(TypeError)
    expect(db.count()).toBe(0)
  })
})

describe('openAseDatabase', () => {
  it('refuses what is no ASE database, and says so', async () => {
    const folder = scratch()
    const junk = join(folder, 'junk.db')
    writeFileSync(junk, 'this is no database, only a long enough text '.repeat(100))
    await expect(openAseDatabase(junk)).rejects.toThrow(/no SQLite database/)
    const other = join(folder, 'other.db')
    const connection = await SqliteConnection.open(other, false)
    connection.exec('CREATE TABLE mine (x)')
    connection.close()
    await expect(openAseDatabase(other)).rejects.toThrow(/not one of ASE/)
    const absent = join(folder, 'absent.db')
    await expect(openAseDatabase(absent, { readOnly: true })).rejects.toMatchObject({
      code: 'AUTOPARA_DATABASE',
      file: absent,
    })
    expect(existsSync(absent)).toBe(false)
    await expect(openAseDatabase(join(folder, 'no', 'x.db'))).rejects.toThrow(/folder is missing/)
    await expect(openAseDatabase(5 as never)).rejects.toThrow(TypeError)
  })

  it.each([
    [10, true, /made by a newer ASE/],
    [4, true, /can't be read; convert it first/],
    [8, false, /can't be written; convert it first/],
  ])('refuses version %i (readOnly: %s)', async (version, readOnly, message) => {
    const path = join(scratch(), 'old.db')
    const db = await openAseDatabase(path)
    db.connection.run("UPDATE information SET value=? WHERE name='version'", String(version))
    db.close()
    await expect(openAseDatabase(path, { readOnly })).rejects.toThrow(message)
  })

  it('reads version 8, whose data is text', async () => {
    const path = join(scratch(), 'old.db')
    const db = await openAseDatabase(path)
    db.write(bulk('Cu'))
    db.connection.run("UPDATE information SET value='8' WHERE name='version'")
    db.connection.run('UPDATE systems SET data=?', '{"a": {"__ndarray__": [[1], "float64", [2.0]]}, "b": NaN}')
    db.close()
    const [row] = await rowsOf(path)
    expect(row?.atoms.info['a']).toEqual({ dtype: 'float64', shape: [1], data: Float64Array.of(2) })
    expect(row?.atoms.info['b']).toBeNaN()
  })

  it('closes twice without complaint', async () => {
    const db = await openAseDatabase(join(scratch(), 'x.db'))
    db.close()
    db.close()
    expect(() => db.count()).toThrow(expect.objectContaining({ code: 'AUTOPARA_DATABASE' }))
  })
})
