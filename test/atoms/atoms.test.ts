import { Atoms, bulk, molecule, Rng } from 'autopara'
import { describe, expect, it } from 'vitest'

describe('Atoms', () => {
  it('takes a formula, rows of positions and three cell lengths', () => {
    const atoms = new Atoms({
      symbols: 'H2O',
      positions: [
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
      ],
      cell: [3, 4, 5],
      pbc: true,
    })
    expect(atoms.length).toBe(3)
    expect([...atoms.numbers]).toEqual([1, 1, 8])
    expect([...atoms.positions]).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0])
    expect([...atoms.cell]).toEqual([3, 0, 0, 0, 4, 0, 0, 0, 5])
    expect(atoms.pbc).toEqual([true, true, true])
    expect(atoms.symbols).toEqual(['H', 'H', 'O'])
    expect(atoms.formula).toBe('H2O')
    expect(atoms.volume).toBe(60)
  })

  it('takes lists of symbols, numbers, flat positions, nine cell entries and three pbc', () => {
    const a = new Atoms({ symbols: ['Cu', 'Au'], positions: [0, 0, 0, 1, 2, 3], cell: [1, 0, 0, 0, 1, 0, 0, 0, 1] })
    const b = new Atoms({
      numbers: Uint8Array.of(29, 79),
      positions: new Float64Array([0, 0, 0, 1, 2, 3]),
      cell: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      pbc: [false, false, false],
    })
    expect(a.equals(b)).toBe(true)
  })

  it('is empty without atoms, with no cell and no periodic direction', () => {
    const atoms = new Atoms({})
    expect(atoms.length).toBe(0)
    expect([...atoms.cell]).toEqual(new Array(9).fill(0))
    expect(atoms.pbc).toEqual([false, false, false])
    expect(atoms.temperature()).toBe(0)
    expect(() => atoms.volume).toThrow(/no volume/)
  })

  it.each([
    [{ symbols: 'Xx' }, 'OptionRangeError', /`symbols` must be chemical symbols.*"Xx"/],
    [{ symbols: 'h2o' }, 'OptionRangeError', /formula/],
    [{ symbols: 'Ca(OH' }, 'OptionRangeError', /formula/],
    [{ numbers: [119] }, 'OptionRangeError', /`numbers`/],
    [{ numbers: [1.5] }, 'OptionTypeError', /`numbers`/],
    [{ symbols: 'H', positions: [0, 0] }, 'OptionRangeError', /`positions` must be 1 × 3 numbers \(3\), got 2/],
    [
      {
        symbols: 'H2',
        positions: [
          [0, 0],
          [1, 2, 3, 4],
        ],
      },
      'OptionRangeError',
      /`positions\[0\]`.* of length 3, got 2/,
    ],
    [
      {
        symbols: 'H2',
        positions: [
          [0, 0],
          [1, 2],
          [3, 4],
        ],
      },
      'OptionRangeError',
      /`positions\[0\]`/,
    ],
    [{ symbols: 'H', cell: [1, 2] }, 'OptionRangeError', /`cell`/],
    [{ symbols: 'H', position: [0, 0, 0] }, 'OptionTypeError', /did you mean `positions`/],
    [{ symbols: 'H', numbers: [1] }, 'OptionTypeError', /`numbers`/],
    [{ symbols: 'H', masses: [1, 2] }, 'OptionRangeError', /`masses`/],
    [{ symbols: 'H', arrays: { q: [1] } }, 'OptionTypeError', /arrays\.q/],
    [
      { symbols: 'H', arrays: { q: { dtype: 'int32', shape: [2], data: new Int32Array(2) } } },
      'OptionRangeError',
      /arrays\.q/,
    ],
  ])('refuses %o', (init, name, message) => {
    expect(() => new Atoms(init as object)).toThrow(
      expect.objectContaining({ name, message: expect.stringMatching(message) }),
    )
  })

  it('copies what it is given', () => {
    const positions = new Float64Array(3)
    const info = { list: [1, 2] }
    const atoms = new Atoms({ symbols: 'H', positions, info })
    positions[0] = 5
    info.list.push(3)
    expect(atoms.positions[0]).toBe(0)
    expect(atoms.info['list']).toEqual([1, 2])
  })

  it('adopts typed arrays without a copy', () => {
    const parts = { ...new Atoms({ symbols: 'H2' }) }
    const atoms = Atoms.adopt(parts)
    expect(atoms).toBeInstanceOf(Atoms)
    expect(atoms.positions).toBe(parts.positions)
    expect(atoms.info).toBe(parts.info)
  })

  it('keeps keys like __proto__ and constructor as data through copy, repeat and JSON', () => {
    const proto = '__proto__'
    const atoms = bulk('Cu')
    atoms.info[proto] = JSON.parse('{"__proto__": 1}')
    atoms.info['constructor'] = 'x'
    atoms.arrays[proto] = { dtype: 'int32', shape: [1], data: Int32Array.of(7) }
    for (const other of [atoms.copy(), atoms.repeat(1), Atoms.fromJSON(JSON.parse(JSON.stringify(atoms)))]) {
      expect(Object.keys(other.info)).toEqual([proto, 'constructor'])
      expect(Object.keys(other.arrays)).toEqual([proto])
      expect(other.equals(atoms)).toBe(true)
    }
  })

  it('gives standard masses and zero momenta until they are set, then keeps them in arrays', () => {
    const atoms = molecule('H2O')
    expect([...atoms.masses]).toEqual([15.999, 1.008, 1.008])
    expect([...atoms.momenta]).toEqual(new Array(9).fill(0))
    expect(atoms.kineticEnergy()).toBe(0)
    atoms.masses = [16, 2, 2]
    atoms.momenta = [
      [16, 0, 0],
      [0, 2, 0],
      [0, 0, 4],
    ]
    expect(atoms.arrays['masses']?.shape).toEqual([3])
    expect(atoms.arrays['momenta']?.shape).toEqual([3, 3])
    expect([...atoms.velocities]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 2])
    expect(atoms.kineticEnergy()).toBe(8 + 1 + 4)
    atoms.velocities = atoms.velocities.map((v) => 2 * v)
    expect(atoms.kineticEnergy()).toBe(4 * 13)
    atoms.momenta = undefined
    atoms.masses = undefined
    expect(Object.keys(atoms.arrays)).toEqual([])
  })

  it('reads momenta that a file gave as integers', () => {
    const arrays = { momenta: { dtype: 'int32' as const, shape: [1, 3], data: Int32Array.of(1, 2, 3) } }
    expect([...new Atoms({ symbols: 'H', arrays }).momenta]).toEqual([1, 2, 3])
  })

  it('copies deeply', () => {
    const atoms = new Atoms({ symbols: 'H', info: { a: { b: [1] } }, infoTypes: { x: 'float' }, tags: [3] })
    const copy = atoms.copy()
    expect(copy.equals(atoms)).toBe(true)
    expect(copy.infoTypes).toEqual(atoms.infoTypes)
    copy.positions[0] = 1
    expect(copy.equals(atoms)).toBe(false)
    copy.positions[0] = 0
    ;(copy.info['a'] as { b: number[] }).b.push(2)
    expect(atoms.info['a']).toEqual({ b: [1] })
    expect(copy.equals(atoms)).toBe(false)
  })

  it('repeats with the last direction fastest, and its per-atom arrays and info with it', () => {
    const cell = new Atoms({
      symbols: 'HO',
      positions: [0, 0, 0, 0.5, 0, 0],
      cell: [1, 2, 3],
      tags: [1, 2],
      info: { e: 1 },
    })
    cell.arrays['name'] = { dtype: 'string', shape: [2], data: ['a', 'b'] }
    const atoms = cell.repeat([2, 1, 2])
    expect([...atoms.numbers]).toEqual([1, 8, 1, 8, 1, 8, 1, 8])
    expect([...atoms.positions.filter((_, i) => i % 6 < 3)]).toEqual([0, 0, 0, 0, 0, 3, 1, 0, 0, 1, 0, 3])
    expect([...atoms.cell]).toEqual([2, 0, 0, 0, 2, 0, 0, 0, 6])
    expect([...(atoms.arrays['tags']?.data ?? [])]).toEqual([1, 2, 1, 2, 1, 2, 1, 2])
    expect(atoms.arrays['name']?.data).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'])
    expect(atoms.info['e']).toBe(1)
    expect(() => cell.repeat(0)).toThrow(RangeError)
  })

  it('rattles with the deviates it is given, in order', () => {
    const atoms = bulk('Cu')
    let k = 0
    atoms.rattle(0.5, { normal: () => ++k })
    expect([...atoms.positions]).toEqual([0.5, 1, 1.5])
    const same = [0, 1].map(() => {
      const crystal = bulk('Cu').repeat(2)
      crystal.rattle(0.1, new Rng(3))
      return crystal
    })
    expect(same[0]?.equals(same[1] as Atoms)).toBe(true)
  })

  it('wraps along periodic directions only, and leaves what is inside bit for bit', () => {
    const atoms = new Atoms({
      symbols: 'H3',
      positions: [0.1, 0.2, 0.3, 2.5, -0.5, 7, -1e-9, 0, 0],
      cell: [2, 1, 3],
      pbc: [true, true, false],
    })
    atoms.wrap()
    expect([...atoms.positions]).toEqual([0.1, 0.2, 0.3, 0.5, 0.5, 7, -1e-9, 0, 0])
    expect(() => new Atoms({ symbols: 'H', cell: [1, 1, 0], pbc: true }).wrap()).toThrow(/direction 2 is periodic/)
  })

  it('loses nothing in JSON', () => {
    const atoms = new Atoms({
      symbols: 'H2',
      positions: [-0, Number.NaN, 1 / 3, 5e-324, 1e300, 0.1],
      cell: [1, 2, 3],
      pbc: [true, false, true],
      infoTypes: { two: 'float' },
      info: {
        two: 2,
        big: 2n ** 60n,
        nan: Number.NaN,
        zero: -0,
        text: 'é\n"',
        none: null,
        deep: { $float: [1, { b: -0 }], list: [[]] },
        plain: { a: [1, 'x', null, true] },
        long: { a: [12345678901234567890n as unknown as number, { $bigint: '1' }] },
        m: { dtype: 'float64', shape: [1, 2], data: Float64Array.of(Number.NEGATIVE_INFINITY, 1) },
        big2: { dtype: 'int64', shape: [1], data: BigInt64Array.of(-5n) },
        flags: { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
      },
      arrays: { label: { dtype: 'string', shape: [2], data: ['a', ''] } },
    })
    const back = Atoms.fromJSON(JSON.parse(JSON.stringify(atoms)))
    expect(back.equals(atoms)).toBe(true)
    expect(back.infoTypes).toEqual(atoms.infoTypes)
    expect(() => Atoms.fromJSON({ numbers: [1] })).toThrow(/`positions` must be a list/)
  })
})
