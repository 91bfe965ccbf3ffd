import v8 from 'node:v8'
import { describe, expect, it } from 'vitest'
import { atomsFromWire, atomsToWire } from '../../build/lib/atoms/wire.js'
import { Atoms, bulk } from '../../build/lib/index.js'

const atoms = new Atoms({
  symbols: 'CH4',
  pbc: [true, false, true],
  cell: [3, 3, 3],
  info: { a: 1n, b: { dtype: 'float64', shape: [2], data: Float64Array.of(-0, Number.NaN) }, c: { d: [null] } },
  infoTypes: { x: 'float' },
  tags: [1, 2, 3, 4, 5],
})
const proto = '__proto__'
atoms.info[proto] = 'data'

describe('the wire form of Atoms', () => {
  it.each([
    ['v8.serialize', (data: unknown) => v8.deserialize(v8.serialize(data)) as unknown],
    ['structuredClone', (data: unknown) => structuredClone(data)],
  ])('crosses %s without loss', (_, clone) => {
    const back = atomsFromWire(clone(atomsToWire(atoms)))
    expect(back).toBeInstanceOf(Atoms)
    expect(back.equals(atoms)).toBe(true)
    expect(back.infoTypes).toEqual(atoms.infoTypes)
    expect(Object.getPrototypeOf(back.info)).toBe(null)
    expect(Object.getPrototypeOf(back.arrays)).toBe(null)
  })

  it('shares whole arrays and copies views of larger buffers', () => {
    const big = new Float64Array(1000)
    const some = bulk('Cu')
    expect(atomsToWire(some).positions).toBe(some.positions)
    expect(atomsToWire(some).info).toBe(some.info)
    some.positions = big.subarray(3, 6)
    some.arrays['f'] = { dtype: 'float64', shape: [1, 3], data: big.subarray(6, 9) }
    const wire = atomsToWire(some)
    expect(wire.positions.buffer.byteLength).toBe(24)
    expect((wire.arrays['f']!.data as Float64Array).buffer.byteLength).toBe(24)
    expect(some.arrays['f'].data).toHaveLength(3)
  })

  it.each([null, {}, { atoms: 2 }, { ...atomsToWire(atoms), positions: new Float64Array(2) }])('refuses %o', (data) => {
    expect(() => atomsFromWire(data)).toThrow(/wire form of Atoms/)
  })
})
