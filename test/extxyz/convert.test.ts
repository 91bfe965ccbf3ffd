import { describe, expect, it } from 'vitest'
import { Atoms } from '../../lib/atoms/atoms.js'
import { atomsToFrame, frameToAtoms } from '../../lib/extxyz/convert.js'
import type { Frame } from '../../lib/extxyz/frame.js'
import { parseFrames } from '../../lib/extxyz/read-frame.js'

function frame(comment: string, ...rows: string[]): Frame {
  return parseFrames(Buffer.from(`${rows.length}\n${comment}\n${rows.map((row) => `${row}\n`).join('')}`))[0] as Frame
}

const BASIC = 'Properties=species:S:1:pos:R:3'

describe('frameToAtoms', () => {
  it('makes numbers of species and positions of pos, without a copy', () => {
    const from = frame(
      `Lattice="1 0 0 0 2 0 0 0 3" ${BASIC}:momenta:R:3:masses:R:1 energy=2.0 n=3`,
      'O 1 2 3 4 5 6 7',
      'X 0 0 0 0 0 0 1',
    )
    const pos = from.arrays['pos']
    const atoms = frameToAtoms(from)
    expect([...atoms.numbers]).toEqual([8, 0])
    expect(atoms.positions).toBe(pos?.data)
    expect([...atoms.cell]).toEqual([1, 0, 0, 0, 2, 0, 0, 0, 3])
    expect(atoms.pbc).toEqual([true, true, true])
    expect(Object.keys(atoms.arrays)).toEqual(['momenta', 'masses'])
    expect([...atoms.momenta]).toEqual([4, 5, 6, 0, 0, 0])
    expect([atoms.info['energy'], atoms.info['n'], atoms.infoTypes]).toEqual([2, 3, { energy: 'float' }])
  })

  it.each([
    ['MG', 12],
    ['mg', 12],
    ['14', 14],
    ['X', 0],
  ])('takes the species %s for element %i', (species, number) => {
    expect(frameToAtoms(frame(BASIC, `${species} 0 0 0`)).numbers[0]).toBe(number)
  })

  it.each(['H1', 'Qq', '119', '-1', 'D2O'])('takes %s for no element, and says where', (species) => {
    const from = frame(BASIC, 'H 0 0 0', `${species} 0 0 0`)
    expect(() => frameToAtoms(from, { file: 'f.xyz', frame: 2, line: 11 })).toThrow(
      `"${species}" is no chemical element (f.xyz:14:1, frame 2)`,
    )
  })

  it('takes Z where there are no species', () => {
    expect([...frameToAtoms(frame('Properties=Z:I:1:pos:R:3', '8 0 0 0')).numbers]).toEqual([8])
    expect(() => frameToAtoms(frame('Properties=Z:I:1:pos:R:3', '119 0 0 0'))).toThrow(/119/)
    expect(() => frameToAtoms(frame('Properties=pos:R:3', '0 0 0'))).toThrow(/neither species nor Z/)
  })

  it('puts atoms without pos at the origin, and rejects a pos of another width', () => {
    expect([...frameToAtoms(frame('Properties=species:S:1:q:R:1', 'H 1')).positions]).toEqual([0, 0, 0])
    expect(() => frameToAtoms(frame('Properties=species:S:1:pos:R:2', 'H 1 2'))).toThrow(/pos:R:3/)
    expect(() => frameToAtoms(frame('Properties=species:S:2:pos:R:3', 'H H 1 2 3'))).toThrow(/species:S:1/)
  })
})

describe('atomsToFrame', () => {
  it('is the way back', () => {
    const from = frame(`Lattice="1 0 0 0 2 0 0 0 3" ${BASIC}:momenta:R:3 energy=2.0`, 'O 1 2 3 4 5 6')
    const expected = structuredClone({ ...from })
    expect(atomsToFrame(frameToAtoms(from))).toEqual(expected)
  })

  it('leaves out a cell of zeros', () => {
    expect(atomsToFrame(new Atoms({ symbols: 'H' })).cell).toBeNull()
  })

  it.each(['species', 'pos'])('rejects an array that is named %s', (name) => {
    const arrays = { [name]: { dtype: 'int32' as const, shape: [1], data: Int32Array.of(1) } }
    expect(() => atomsToFrame(new Atoms({ symbols: 'H', arrays }))).toThrow(new RegExp(`arrays.${name}`))
  })
})
