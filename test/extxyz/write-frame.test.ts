import { describe, expect, it } from 'vitest'
import { ExtxyzError } from '../../lib/extxyz/errors.js'
import { parseFrames } from '../../lib/extxyz/read-frame.js'
import { formatFrame } from '../../lib/extxyz/write-frame.js'
import { asExpected, cases } from './corpus.js'

const readable = cases.filter(({ expect: { error } }) => !error)

describe('formatFrame', () => {
  for (const dialect of ['ase', 'libatoms'] as const) {
    it.each(readable.map((one) => [one.id, one.text] as const))(
      `writes what reads back the same: ${dialect} %s`,
      (_, text) => {
        for (const frame of parseFrames(Buffer.from(text))) {
          const written = formatFrame(frame, { dialect })
          const back = parseFrames(written, { strict: true })
          const before = asExpected(frame) as { info: [string, { shape: number[] }][] }
          // ASE's reader has only the 3×3 form of a stress of 6
          const voigt = before.info.find(([key, value]) => key === 'stress' && value.shape[0] === 6)
          if (voigt && dialect === 'ase') continue
          expect(back.map(asExpected), Buffer.from(written).toString()).toEqual([before])
        }
      },
    )
  }

  it('names the key that the format cannot hold', () => {
    const frame = { natoms: 0, cell: null, pbc: [false, false, false] as [boolean, boolean, boolean] }
    const species = { dtype: 'string' as const, shape: [0], data: [] }
    const bad = { ...frame, info: { 'my key': (() => 1) as unknown as string }, arrays: { species } }
    expect(() => formatFrame(bad)).toThrow(ExtxyzError)
    expect(() => formatFrame(bad)).toThrow(/my key/)
  })
})
