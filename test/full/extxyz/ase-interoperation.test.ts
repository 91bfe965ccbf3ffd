import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Atoms } from '../../../lib/atoms/atoms.js'
import type { InfoValue, JsonValue, NdArray } from '../../../lib/base/ndarray.js'
import { pythonFloat } from '../../../lib/extxyz/format-number.js'
import { read } from '../../../lib/extxyz/read.js'
import { write } from '../../../lib/extxyz/write.js'
import { uniform } from '../../random-numbers.js'
import { asePython, runAse } from '../ase-python.js'

/** Tells a value with its type; numbers as Python's repr, so that every bit counts. */
const TELL = `
import json, sys, warnings
import numpy as np
import ase.io
from ase import Atoms
warnings.simplefilter("ignore")
def tell(v):
    if isinstance(v, (bool, np.bool_)): return ["bool", str(bool(v))]
    if isinstance(v, (int, np.integer)): return ["int", str(int(v))]
    if isinstance(v, (float, np.floating)): return ["float", repr(float(v))]
    if isinstance(v, str): return ["str", v]
    if isinstance(v, np.ndarray): return ["array", list(v.shape), [tell(x) for x in v.ravel().tolist()]]
    if isinstance(v, list): return ["list", [tell(x) for x in v]]
    if isinstance(v, dict): return ["dict", [[k, tell(x)] for k, x in v.items()]]
    return ["none"]
def tell_atoms(at):
    at.calc = None
    return dict(info=[[k, tell(v)] for k, v in at.info.items()],
                arrays=sorted([k, tell(v)] for k, v in at.arrays.items()),
                cell=tell(np.array(at.cell)), pbc=[bool(p) for p in at.pbc])
path = json.load(sys.stdin)
`
const READ = `${TELL}
print(json.dumps([tell_atoms(at) for at in ase.io.read(path, ":", format="extxyz")]))`

const MAKE = `${TELL}
rng = np.random.default_rng(5)
images = []
for i in range(200):
    n = int(rng.integers(1, 9))
    at = Atoms(numbers=rng.integers(1, 90, n), positions=rng.normal(size=(n, 3)) * 10.0 ** rng.integers(-3, 3))
    if i % 3: at.set_cell(rng.normal(size=(3, 3)) * 5); at.pbc = rng.integers(0, 2, 3).astype(bool)
    if i % 2: at.new_array("forces_x", rng.normal(size=(n, 3)))
    if i % 5 == 0: at.new_array("tags", rng.integers(-5, 5, n))
    if i % 7 == 0: at.new_array("flag", rng.integers(0, 2, n).astype(bool))
    if i % 11 == 0: at.new_array("label", np.array([f"atom{k}" for k in range(n)], dtype=object))
    if i % 13 == 0: at.set_momenta(rng.normal(size=(n, 3)))
    at.info["step"] = i
    at.info["energy_x"] = float(rng.normal())
    at.info["whole"] = float(i)
    at.info["tiny"] = 1.5e-7
    at.info["name"] = f"frame number {i}"
    at.info["word"] = "bulk"
    at.info["good"] = bool(i % 2)
    at.info["vector"] = rng.normal(size=4)
    at.info["ints"] = rng.integers(0, 9, 3)
    at.info["bools"] = np.array([True, False, True])
    if i % 4 == 0: at.info["matrix"] = rng.normal(size=(2, 3))
    if i % 4 == 1: at.info["words"] = ["a b", "c"]
    if i % 4 == 2: at.info["record"] = {"a": 1, "b": [1.5, None, "x"]}
    if i % 4 == 3: at.info["virial"] = rng.normal(size=(3, 3))
    at.info["key with blanks"] = "it's \\"quoted\\" {here}"
    at.info["nan"] = float("nan")
    at.info["inf"] = float("-inf")
    images.append(at)
ase.io.write(path, images, format="extxyz")
print(json.dumps([tell_atoms(at) for at in images]))`

type Told = { info: [string, unknown][]; arrays: [string, unknown][]; cell: unknown; pbc: boolean[] }

/** Our values told in the same way; a plain list of ours is an array, as numpy makes one of it. */
function tell(value: InfoValue | undefined, hint?: string): unknown {
  if (value === null || value === undefined) return ['none']
  if (typeof value === 'boolean') return ['bool', value ? 'True' : 'False']
  if (typeof value === 'bigint') return ['int', String(value)]
  if (typeof value === 'number') return isFloat(value, hint) ? ['float', pythonFloat(value)] : ['int', String(value)]
  if (typeof value === 'string') return ['str', value]
  if ('dtype' in value && 'data' in value) return tellArray(value as NdArray)
  if (Array.isArray(value)) return ['list', value.map((item) => tell(item))]
  return ['dict', Object.entries(value).map(([key, item]) => [key, tell(item)])]
}

function isFloat(value: number, hint: string | undefined): boolean {
  return hint === 'float' || !Number.isSafeInteger(value) || Object.is(value, -0)
}

function tellArray({ dtype, shape, data }: NdArray): unknown {
  const leaf = (x: unknown): unknown => {
    if (dtype === 'float64') return ['float', pythonFloat(x as number)]
    if (dtype === 'bool') return ['bool', x ? 'True' : 'False']
    return dtype === 'string' ? ['str', x] : ['int', String(x)]
  }
  return ['array', shape, Array.from(data, leaf)]
}

function tellAtoms(atoms: Atoms): Told {
  const arrays: [string, unknown][] = Object.keys(atoms.arrays).map((name) => [name, tell(atoms.arrays[name])])
  arrays.push(['numbers', tell({ dtype: 'int32', shape: [atoms.length], data: atoms.numbers })])
  arrays.push(['positions', tell({ dtype: 'float64', shape: [atoms.length, 3], data: atoms.positions })])
  return {
    info: Object.keys(atoms.info).map((key) => [key, tell(atoms.info[key], atoms.infoTypes?.[key])]),
    arrays: arrays.sort(([a], [b]) => (a < b ? -1 : 1)),
    cell: tell({ dtype: 'float64', shape: [3, 3], data: atoms.cell }),
    pbc: atoms.pbc,
  }
}

/** ASE reads vectors of booleans and lists of words as Python lists; ours are arrays. */
function listsAsArrays(told: unknown): unknown {
  if (!Array.isArray(told)) return told
  if (told[0] !== 'list') return told.map(listsAsArrays)
  const items = (told[1] as unknown[]).map(listsAsArrays) as unknown[][]
  const leaf = items.every(
    (item) => item[0] === items[0]?.[0] && ['bool', 'str', 'int', 'float'].includes(String(item[0])),
  )
  if (leaf) return ['array', [items.length], items]
  const [, shape] = (items[0] ?? []) as [unknown, number[]?]
  const rows = items.every((item) => item[0] === 'array' && JSON.stringify(item[1]) === JSON.stringify(shape))
  if (rows && shape) return ['array', [items.length, ...shape], items.flatMap((item) => item[2] as unknown[])]
  return ['list', items]
}

const random = uniform(99)
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
// biome-ignore format: a list
const WORDS = [
  'bulk',
  'a b',
  'T',
  '12',
  '1e5',
  '007',
  '',
  ' ',
  ' lead',
  'x=y',
  'a,b',
  "it's",
  '"',
  '\\',
  'a\\nb',
  'line\nbreak',
  '[1]',
  '{x}',
  '_JSON 1',
  'é',
  'nan',
  '1 2 3',
  'T F',
  '1_000',
  'a\u00a0b',
  'tab\there',
  'cr\rlf',
  '\u2028',
  '𝔸',
  '\u0000',
]

function number(): number {
  return pick([
    0,
    -0,
    1,
    -1,
    2.5,
    1 / 3,
    1e-7,
    1e22,
    123456789,
    5e-324,
    1e16,
    -1234.5678901234567,
    random(),
    random() * 1e6,
  ])
}

function value(): InfoValue {
  const size = 2 + Math.floor(random() * 4)
  const list = <T>(make: () => T, length = size): T[] => Array.from({ length }, make)
  switch (Math.floor(random() * 12)) {
    case 0:
      return Math.floor(random() * 2 ** 50)
    case 1:
      return number()
    case 2:
      return random() < 0.5
    case 3:
    case 4:
      return pick(WORDS)
    case 5:
      return { dtype: 'float64', shape: [size], data: Float64Array.from(list(number)) }
    case 6:
      return { dtype: 'int32', shape: [size], data: Int32Array.from(list(() => Math.floor(random() * 100) - 50)) }
    case 7:
      return { dtype: 'bool', shape: [size], data: Uint8Array.from(list(() => Math.round(random()))) }
    case 8:
      return { dtype: 'string', shape: [size], data: list(() => pick(WORDS)) }
    case 9:
      return { dtype: 'float64', shape: [size, 3], data: Float64Array.from(list(number, 3 * size)) }
    case 10:
      return { dtype: 'int32', shape: [1], data: Int32Array.of(7) }
    default:
      return { a: 1, b: [1.5, null, pick(WORDS)], __proto__x: { c: true } }
  }
}

function someAtoms(count: number): Atoms[] {
  return Array.from({ length: count }, (_, i) => {
    const n = 1 + Math.floor(random() * 5)
    const info: Record<string, InfoValue> = Object.create(null)
    for (let k = 0; k < 6; k++) info[pick(['a', 'b c', 'key', 'x=y', "q'", 'é', '[k]', 'm\\n']) + k] = value()
    info['uid'] = '1234567890e12'
    if (i % 3 === 0)
      info['virial'] = { dtype: 'float64', shape: [3, 3], data: Float64Array.from({ length: 9 }, random) }
    return new Atoms({
      numbers: Array.from({ length: n }, () => 1 + Math.floor(random() * 90)),
      positions: Float64Array.from({ length: 3 * n }, () => (random() - 0.5) * 20),
      cell: i % 2 ? Float64Array.from({ length: 9 }, number).map((x) => (Number.isFinite(x) ? x : 1)) : [0, 0, 0],
      pbc: [random() < 0.5, true, false],
      info,
      arrays: {
        forces_x: { dtype: 'float64', shape: [n, 3], data: Float64Array.from({ length: 3 * n }, number) },
        mark: { dtype: 'bool', shape: [n], data: Uint8Array.from({ length: n }, () => Math.round(random())) },
        kind: { dtype: 'int32', shape: [n], data: Int32Array.from({ length: n }, () => Math.floor(random() * 9)) },
        label: {
          dtype: 'string',
          shape: [n],
          data: Array.from({ length: n }, () => pick(['a', 'é', "b'", '"c"', '{', 'T'])),
        },
      },
    })
  })
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'extxyz-ase-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(asePython === null)('interoperation with ASE', () => {
  it('writes what ASE reads with the same arrays and info, types and bits included', async () => {
    const path = join(folder, 'ours.xyz')
    const ours = someAtoms(400)
    await write(path, ours)
    const told = runAse(READ, path) as Told[]
    expect(told.length).toBe(ours.length)
    for (const [i, atoms] of ours.entries()) {
      expect(listsAsArrays(told[i]?.info), JSON.stringify(atoms)).toEqual(tellAtoms(atoms).info)
      expect(told[i]?.arrays).toEqual(tellAtoms(atoms).arrays)
      expect(told[i]?.cell).toEqual(tellAtoms(atoms).cell)
      expect(told[i]?.pbc).toEqual(atoms.pbc)
    }
    expect((await read(path)).map(tellAtoms)).toEqual(ours.map(tellAtoms))
  })

  it('reads what ASE writes as ASE had it, the columns to 8 digits', async () => {
    const path = join(folder, 'theirs.xyz')
    const made = runAse(MAKE, path) as Told[]
    const ours = (await read(path)).map(tellAtoms)
    const theirs = runAse(READ, path) as Told[]
    for (const [i, told] of ours.entries()) {
      // info and cell are lossless in ASE's own writing, the columns as ASE itself reads them
      expect(told.info).toEqual(listsAsArrays(made[i]?.info))
      expect(told.cell).toEqual(made[i]?.cell)
      expect(told.pbc).toEqual(made[i]?.pbc)
      expect(told.arrays).toEqual(theirs[i]?.arrays)
    }
  })

  it('writes %16.8f files to the byte as ASE does', async () => {
    const path = join(folder, 'bytes.xyz')
    runAse(MAKE, path)
    await write(`${path}.ours`, await read(path), { realFormat: '%16.8f' })
    expect(readFileSync(`${path}.ours`, 'utf8')).toBe(readFileSync(path, 'utf8'))
  })

  it('unfolds a stress of 6 to the 9 numbers that ASE reads', async () => {
    const path = join(folder, 'stress.xyz')
    const stress: NdArray = { dtype: 'float64', shape: [6], data: Float64Array.of(1, 2, 3, 4, 5, 6) }
    await write(path, new Atoms({ symbols: 'H', info: { stress } }))
    const [told] = runAse(READ, path) as Told[]
    const rows = [1, 6, 5, 6, 2, 4, 5, 4, 3].map((x) => ['float', pythonFloat(x)])
    expect(told?.info).toEqual([['stress', ['array', [3, 3], rows]]])
  })

  it('writes any JSON so that ASE reads it and the rest of the file, lists that numpy refuses or changes as records', async () => {
    const path = join(folder, 'json.xyz')
    const leaf = (): JsonValue => pick<JsonValue>([0.5, 2.5, true, false, 'x', '', null, {}, { a: [[1], 2] }])
    const deep = (depth: number): JsonValue =>
      depth === 0 || random() < 0.3
        ? leaf()
        : Array.from({ length: 1 + Math.floor(random() * 3) }, () => deep(depth - 1))
    const values: JsonValue[] = [
      [[1], 'x', 3],
      [true, 1],
      [
        [1, true],
        [2.5, 1],
      ],
      [1, 'x', 3],
      [null, true, 1],
      { _JSON: [true, 1] },
      { _JSON: { _JSON: [[1], 2] } },
      { _JSON: [1, 2] },
      { _JSON: 1, a: 2 },
      [[], [1]],
      ...Array.from({ length: 300 }, () => deep(3)),
    ]
    await write(
      path,
      values.map((k) => new Atoms({ symbols: 'H', info: { k } })),
    )
    const ours = await read(path)
    const theirs = runAse(READ, path) as Told[]
    let wrapped = 0
    for (const [i, value] of values.entries()) {
      // a list of one type is an array here
      const told = listsAsArrays(tell(value))
      expect(listsAsArrays(tell(ours[i]?.info['k'])), JSON.stringify(value)).toEqual(told)
      const seen = listsAsArrays(theirs[i]?.info[0]?.[1])
      const inRecord = ['dict', [['_JSON', told]]]
      if (JSON.stringify(seen) === JSON.stringify(inRecord)) wrapped++
      else expect(seen, JSON.stringify(value)).toEqual(told)
    }
    expect(wrapped).toBeGreaterThan(20)
    expect(wrapped).toBeLessThan(values.length - 20)
    await write(`${path}.again`, ours)
    expect(readFileSync(`${path}.again`)).toEqual(readFileSync(path))
  })

  it('is the only one of the two that keeps these: integers beyond 64 bits', async () => {
    const path = join(folder, 'big.xyz')
    writeFileSync(path, '')
    await write(path, new Atoms({ symbols: 'H', info: { big: 2n ** 70n } }))
    expect((await read(path))[0]?.info['big']).toBe(2n ** 70n)
    expect((runAse(READ, path) as Told[])[0]?.info).toEqual([['big', ['float', '1.1805916207174113e+21']]])
  })
})
