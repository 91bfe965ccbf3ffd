import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import {
  Atoms,
  bulk,
  ConfigSetIn,
  ConfigSetOut,
  calculate,
  EMT,
  molecule,
  type NdArray,
  openAseDatabase,
  Rng,
} from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../../scratch-folder.js'
import { asePython, runAse } from '../ase-python.js'

const scratch = useScratchFolders()

/** Everything that ASE sees of a database, as JSON. */
const LOOK = `
import json, sys
import numpy as np
from ase.db import connect
job = json.load(sys.stdin)
def plain(x):
    if isinstance(x, np.ndarray): return {'dtype': str(x.dtype), 'shape': list(x.shape), 'data': x.ravel().tolist()}
    if isinstance(x, dict): return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)): return [plain(v) for v in x]
    if isinstance(x, (bool, np.bool_)): return {'bool': bool(x)}
    if isinstance(x, float): return {'float': repr(x)}
    return x
db = connect(job['path'])
out = []
for row in db.select(job.get('selection')):
    a = row.toatoms()
    out.append(dict(id=row.id, formula=row.formula, pairs=plain(row.key_value_pairs), data=plain(dict(row.data)),
                    results=plain(a.calc.results if a.calc else {}), arrays=plain(a.arrays), cell=a.cell.array.ravel().tolist(),
                    pbc=a.pbc.tolist(), calculator=row.get('calculator'), constraints=plain([c.todict() for c in a.constraints if c.__class__.__name__ == 'FixAtoms']),
                    masks=[[c.a, c.mask.tolist()] for c in a.constraints if c.__class__.__name__ == 'FixCartesian'],
                    volume=row.get('volume'), mass=row.mass, fmax=row.get('fmax'), smax=row.get('smax'), user=row.user))
print(json.dumps(out))
`

interface Seen {
  id: number
  formula: string
  pairs: Record<string, unknown>
  data: Record<string, Record<string, unknown>>
  results: Record<string, unknown>
  arrays: Record<string, { dtype: string; shape: number[]; data: number[] }>
  cell: number[]
  pbc: boolean[]
  calculator: string | null
  constraints: unknown[]
  masks: unknown[]
  volume: number | null
  mass: number
  fmax: number | null
  smax: number | null
}

const look = (path: string, selection?: string): Seen[] => runAse(LOOK, { path, selection }) as Seen[]

const floats = (shape: number[], rng: Rng): NdArray => ({
  dtype: 'float64',
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal()),
})

/** A configuration with a bit of everything. */
function anything(rng: Rng): Atoms {
  const n = rng.integers(1, 9)
  const atoms = new Atoms({
    numbers: Array.from({ length: n }, () => [1, 6, 8, 29, 79][rng.integers(0, 5)] as number),
    positions: Array.from({ length: 3 * n }, () => 5 * rng.normal()),
    pbc: [rng.random() < 0.5, rng.random() < 0.5, rng.random() < 0.5],
    ...(rng.random() < 0.7 && { cell: Array.from({ length: 9 }, () => 4 * rng.normal()) }),
    info: {
      set: ['a', 'b', 'c'][rng.integers(0, 3)] as string,
      n: rng.integers(-5, 5),
      x: rng.normal(),
      'odd key': 1.5,
    },
  })
  if (rng.random() < 0.7) {
    atoms.info['energy'] = rng.normal()
    atoms.arrays['forces'] = floats([n, 3], rng)
  }
  if (rng.random() < 0.5) atoms.info['stress'] = floats([6], rng)
  if (rng.random() < 0.3) atoms.info['on'] = rng.random() < 0.5
  if (rng.random() < 0.3) atoms.arrays['local'] = floats([n, 2], rng)
  if (rng.random() < 0.3) atoms.masses = Array.from({ length: n }, () => 1 + rng.random())
  if (rng.random() < 0.3)
    atoms.arrays['tags'] = { dtype: 'int32', shape: [n], data: Int32Array.from({ length: n }, (_, i) => i) }
  return atoms
}

describe.skipIf(!asePython)('databases beside ASE', () => {
  it('are read by ASE as they were written', async () => {
    const path = join(scratch(), 'ours.db')
    const rng = new Rng(7)
    const configs = Array.from({ length: 60 }, () => anything(rng))
    using db = await openAseDatabase(path)
    db.write(configs, { calculator: 'lj' })
    const seen = look(path)
    expect(seen.length).toBe(configs.length)
    for (const [k, atoms] of configs.entries()) {
      const row = seen[k] as Seen
      const forces = atoms.arrays['forces']
      expect(row.arrays['numbers']?.data).toEqual([...atoms.numbers])
      expect(row.arrays['positions']?.data).toEqual([...atoms.positions])
      expect([row.cell, row.pbc]).toEqual([[...atoms.cell], atoms.pbc])
      expect(row.results['energy']).toEqual(forces && { float: expect.any(String) })
      expect((row.results['energy'] as { float: string } | undefined)?.float).toBe(
        forces && pythonRepr(atoms.info['energy'] as number),
      )
      for (const [name, value] of [
        ['forces', forces],
        ['stress', atoms.info['stress'] as NdArray | undefined],
      ] as const)
        expect(row.results[name]).toEqual(
          value && { dtype: 'float64', shape: value.shape, data: [...(value.data as Float64Array)] },
        )
      expect(row.calculator).toBe(forces || atoms.info['stress'] ? 'lj' : null)
      expect(Object.keys(row.pairs).sort()).toEqual(['n', 'set', 'x', ...('on' in atoms.info ? ['on'] : [])].sort())
      expect(row.data['info']).toEqual({ 'odd key': { float: '1.5' } })
      const { local } = atoms.arrays
      expect(row.data['arrays']).toEqual(
        local && { local: { dtype: 'float64', shape: local.shape, data: [...(local.data as Float64Array)] } },
      )
      expect(row.mass).toBeCloseTo(
        atoms.masses.reduce((a, b) => a + b),
        9,
      )
      expect(row.arrays['tags']?.data).toEqual(atoms.arrays['tags'] && [...(atoms.arrays['tags'].data as Int32Array)])
    }
  })

  it('have the columns for queries that ASE itself would write', async () => {
    const [ours, theirs] = [join(scratch(), 'ours.db'), join(scratch(), 'theirs.db')]
    const rng = new Rng(8)
    const configs = Array.from({ length: 40 }, () => anything(rng))
    {
      using db = await openAseDatabase(ours)
      db.write(configs)
    }
    const copy = `
import json, sys
from ase.db import connect
job = json.load(sys.stdin)
out = connect(job['theirs'])
for row in connect(job['ours']).select():
    out.write(row.toatoms(), key_value_pairs=row.key_value_pairs, data=dict(row.data))
print('{}')
`
    runAse(copy, { ours, theirs })
    const columns =
      'numbers positions cell pbc masses tags energy forces stress key_value_pairs natoms fmax smax volume mass charge'.split(
        ' ',
      )
    const rowsOf = async (path: string): Promise<Record<string, unknown>[]> => {
      using db = await openAseDatabase(path)
      return db.connection.all(`SELECT ${columns.join(', ')} FROM systems ORDER BY id`)
    }
    const [a, b] = [await rowsOf(ours), await rowsOf(theirs)]
    for (const [k, row] of a.entries())
      for (const column of columns) {
        const [x, y] = [row[column], b[k]?.[column]]
        if (typeof x === 'number') expect(x, column).toBeCloseTo(y as number, 9)
        else if (column === 'key_value_pairs') expect(JSON.parse(x as string)).toEqual(JSON.parse(y as string))
        else expect(x, column).toEqual(y)
      }
    using db = await openAseDatabase(theirs, { readOnly: true })
    const back = [...db.select()].map(({ atoms }) => atoms)
    expect(back.map((atoms, k) => atoms.equals(configs[k] as Atoms)).every(Boolean)).toBe(true)
  })

  it('have the tables that ASE makes', async () => {
    const [ours, theirs] = [join(scratch(), 'ours.db'), join(scratch(), 'theirs.db')]
    ;(await openAseDatabase(ours)).close()
    runAse(
      `import json, sys\nfrom ase.db import connect\nconnect(json.load(sys.stdin)).reserve(x=1)\nprint('{}')`,
      theirs,
    )
    const schema = async (path: string): Promise<Record<string, unknown>[]> => {
      using db = await openAseDatabase(path)
      const names = db.connection.all(
        "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      return names.flatMap(({ type, name }) => [
        { type, name },
        ...db.connection
          .all(`PRAGMA ${type === 'table' ? 'table_info' : 'index_info'}(${name})`)
          .map((column) => ({ ...column })),
      ])
    }
    expect(await schema(ours)).toEqual(await schema(theirs))
  })

  it('are selected from as ASE selects, for random selections', async () => {
    const path = join(scratch(), 'ours.db')
    const rng = new Rng(9)
    using db = await openAseDatabase(path)
    db.write(Array.from({ length: 200 }, () => anything(rng)))
    const pick = <T>(...list: T[]): T => list[rng.integers(0, list.length)] as T
    const operator = (): string => pick('<', '<=', '=', '>=', '>', '!=')
    const expression = (): string =>
      pick<() => string>(
        () =>
          pick(
            'Cu',
            'H',
            'C',
            'Au2',
            'CO',
            'H2O',
            'energy',
            'forces',
            'stress',
            'on',
            '-on',
            'set',
            'calculator',
            'volume',
          ),
        () => `${pick('Cu', 'H', 'C')}${operator()}${rng.integers(0, 4)}`,
        () =>
          `${pick('energy', 'fmax', 'smax', 'x', 'volume', 'mass', 'charge')}${operator()}${rng.normal().toFixed(2)}`,
        () => `${pick('n', 'natoms', 'id')}${operator()}${rng.integers(-3, 9)}`,
        () => `${rng.integers(-3, 1)}<${pick('n', 'energy', 'natoms')}<=${rng.integers(1, 5)}`,
        () => `set${operator()}${pick('a', 'b', 'z')}`,
        () => `pbc${pick('=', '!=')}${pick('TTT', 'FTF', 'TFF')}`,
        () => `on=${pick('True', 'False', '1')}`,
        () => pick('age<1y', 'age>1d', 'calculator=unknown', 'calculator!=unknown', 'user=nobody'),
      )()
    const selections = Array.from({ length: 150 }, () =>
      Array.from({ length: rng.integers(1, 4) }, expression).join(','),
    )
      // ASE knows the stress by the names smax and strain only.
      .map((text) => text.replaceAll('stress', 'strain'))
    const script = `
import json, sys
from ase.db import connect
job = json.load(sys.stdin)
db = connect(job['path'])
print(json.dumps([[row.id for row in db.select(s, include_data=False, columns=['id', 'numbers', 'positions', 'cell'])] for s in job['selections']]))
`
    const theirs = runAse(script, { path, selections }) as number[][]
    const ours = selections.map((text) => [...db.select(text)].map(({ id }) => id))
    expect(Object.fromEntries(selections.map((text, k) => [text, ours[k]]))).toEqual(
      Object.fromEntries(selections.map((text, k) => [text, theirs[k]?.sort((a, b) => a - b)])),
    )
    expect(ours.filter((ids) => ids.length > 0).length).toBeGreaterThan(50)
  })

  it('carry fixed atoms and coordinates as ASE’s constraints', async () => {
    const path = join(scratch(), 'ours.db')
    const mask = (shape: number[], ...data: number[]): NdArray => ({
      dtype: 'bool',
      shape,
      data: Uint8Array.from(data),
    })
    using db = await openAseDatabase(path)
    db.write(new Atoms({ symbols: 'H3', arrays: { move_mask: mask([3], 0, 1, 0) } }))
    db.write(new Atoms({ symbols: 'H2', arrays: { move_mask: mask([2, 3], 1, 1, 1, 0, 1, 0) } }))
    const [one, two] = look(path)
    expect(one?.constraints).toEqual([{ name: 'FixAtoms', kwargs: { indices: [0, 2] } }])
    expect(two?.masks).toEqual([[1, [false, true, false]]])
  })

  it('keep arrays of every type of numpy, and what other programs call info', async () => {
    const folder = scratch()
    const [theirs, ours] = [join(folder, 'theirs.db'), join(folder, 'ours.db')]
    const make = `
import json, sys
import numpy as np
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from ase.db import connect
db = connect(json.load(sys.stdin))
arrays = dict(half=np.array([1.5, -2, np.inf], np.float16), long=np.array([1, 3], np.longdouble) / 3, when=np.array(['2020-01-01', '2021-06-01'], 'M8[D]'))
h = Atoms('H')
h.calc = SinglePointCalculator(h, energy=5.0)
db.write(h, stage='x', data=dict(deep=[arrays], **arrays, info=dict(energy=77, stage='y'), arrays=dict(forces='none'), autopara='theirs'))
db.write(h, data=dict(words=np.array(['abc', 'd'])))
print('{}')
`
    runAse(make, theirs)
    const configs = await new ConfigSetIn({ db: theirs }).toArray()
    expect(configs[0]?.info).toMatchObject({
      energy: 5,
      stage: 'x',
      info: { energy: 77, stage: 'y' },
      arrays: { forces: 'none' },
      autopara: 'theirs',
      half: { __ndarray__: [[3], 'float16', [1.5, -2, Number.POSITIVE_INFINITY]] },
    })
    {
      using db = await openAseDatabase(ours)
      db.write(configs)
    }
    const back = await new ConfigSetIn({ db: ours }).toArray()
    expect(back.map((atoms, k) => atoms.equals(configs[k] as Atoms))).toEqual([true, true])
    const compare = `
import json, sys
from ase.db import connect
job = json.load(sys.stdin)
a, b = (list(connect(path).select()) for path in job)
one, two = a[0].data, b[0].data['info']
same = lambda x, y: str(x.dtype) == str(y.dtype) and x.tobytes() == y.tobytes()
names = ['half', 'long', 'when']
print(json.dumps([same(one[n], two[n]) and same(one['deep'][0][n], two['deep'][0][n]) for n in names] + [b[0].energy, b[0].stage, b[0].id]))
`
    expect(runAse(compare, [theirs, ours])).toEqual([true, true, true, 5, 'x', 1])
  })

  it('are readable for ASE where info looks like its arrays', async () => {
    const path = join(scratch(), 'ours.db')
    const atoms = new Atoms({
      symbols: 'H',
      info: {
        words: { __ndarray__: ['a', 'b', 'c'] },
        empty: { __ndarray__: [] },
        __ndarray__: [1, 'x'],
        half: { __ndarray__: [[1], 'float16', [0.5]] },
      },
    })
    using db = await openAseDatabase(path)
    db.write(atoms)
    expect(look(path)[0]?.data['info']).toEqual({
      words: { '\\__ndarray__': ['a', 'b', 'c'] },
      empty: { '\\__ndarray__': [] },
      '\\__ndarray__': [1, 'x'],
      half: { dtype: 'float16', shape: [1], data: [0.5] },
    })
    expect([...db.select()][0]?.atoms.equals(atoms)).toBe(true)
  })

  it('have pairs with which ASE writes a row again', async () => {
    const path = join(scratch(), 'ours.db')
    using db = await openAseDatabase(path)
    db.write(
      new Atoms({ symbols: 'H', info: { a: '١', b: '१.५', c: '²', d: '𝟘', e: ' 7\u001c', f: '1_0', g: '1__0' } }),
    )
    const update = `
import json, sys
from ase.db import connect
db = connect(json.load(sys.stdin))
db.update(1, h=1)
print(json.dumps(sorted(db.get(1).key_value_pairs)))
`
    expect(runAse(update, path)).toEqual(['c', 'g', 'h'])
  })

  it('are listed by `ase db`, results of a loop included', async () => {
    const db = join(scratch(), 'metals.db')
    const inputs = new ConfigSetIn({ inputConfigs: [bulk('Cu'), bulk('Au'), molecule('H2O')] })
    const outputs = new ConfigSetOut({ db, setTags: { run: 'emt' } })
    await calculate(
      inputs,
      outputs,
      { calculator: [EMT, []], properties: ['energy', 'forces'], outputPrefix: null },
      { npool: 2, progress: false },
    )
    const list = (...args: string[]): string =>
      execFileSync(asePython as string, ['-m', 'ase', 'db', db, ...args]).toString()
    const table = list('run=emt,energy', '-c', 'id,formula,energy,run')
    expect(table).toMatch(/1\|Cu\s*\|-0\.00\d\|emt/)
    expect(table).toMatch(/Rows: 3/)
    expect(list('Cu', '--count')).toMatch(/1 row\b|^1/m)
    execFileSync(asePython as string, ['-m', 'ase', 'db', db, 'Au', '-k', 'noble=1'])
    const noble = await new ConfigSetIn({ db, inputQueries: 'noble=1' }).toArray()
    expect(noble.map(({ formula, info }) => [formula, info['run'], info['noble']])).toEqual([['Au', 'emt', 1]])
  })

  it('take rows from Python and Node at once', async () => {
    const path = join(scratch(), 'both.db')
    ;(await openAseDatabase(path)).close()
    const script = `
import sys
from ase import Atoms
from ase.db import connect
db = connect(sys.argv[1])
print('ready', flush=True)
for k in range(60):
    db.write(Atoms('Cu'), who='python', k=k)
`
    const child = spawn(asePython as string, ['-c', script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    const exit = once(child, 'exit')
    using db = await openAseDatabase(path)
    for (let k = 0; k < 60; k++) {
      const out = new ConfigSetOut({ db: path, setTags: { who: 'node', k } })
      await out.write(new Atoms({ symbols: 'Au' }))
      await out.endWrite()
    }
    expect(await exit).toEqual([0, null])
    expect([db.count('who=python'), db.count('who=node'), db.count()]).toEqual([60, 60, 120])
    expect(db.connection.all('PRAGMA integrity_check')).toMatchObject([{ integrity_check: 'ok' }])
    expect(look(path, 'who=node').length).toBe(60)
  })
})

/** A float as Python prints it. */
function pythonRepr(value: number): string {
  const text = String(value)
  const [digits, exponent] = text.split('e')
  return exponent === undefined ? text : `${digits}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`
}
