import { describe, expect, it } from 'vitest'
import type { InfoValue, NdArray } from '../../lib/base/ndarray.js'
import { ExtxyzError } from '../../lib/extxyz/errors.js'
import type { Frame } from '../../lib/extxyz/frame.js'
import { valueText } from '../../lib/extxyz/quote.js'
import { parseFrames } from '../../lib/extxyz/read-frame.js'
import { FrameWriter, formatFrame } from '../../lib/extxyz/write-frame.js'
import { uniform } from '../random-numbers.js'
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

  it('puts lists that numpy refuses or changes into a record, in both dialects, and reads them back', () => {
    const species: NdArray = { dtype: 'string', shape: [1], data: ['H'] }
    const arrays = { species }
    const wrapped: InfoValue[] = [[[1], 'x', 3], [true, 1], { _JSON: [true, 1] }]
    for (const dialect of ['ase', 'libatoms'] as const) {
      for (const k of [...wrapped, [1, 'x', 3], { _JSON: [1, 2] }, [null, [1, 2], { a: 1 }]]) {
        const text = formatFrame(
          { natoms: 1, cell: null, pbc: [false, false, false], info: { k }, arrays },
          { dialect },
        )
        expect(parseFrames(text)[0]?.info['k']).toEqual(k)
        if (wrapped.includes(k)) expect(Buffer.from(text).toString()).toContain('k="_JSON {\\"_JSON\\": ')
      }
    }
  })

  it('names the key that the format cannot hold', () => {
    const frame = { natoms: 0, cell: null, pbc: [false, false, false] as [boolean, boolean, boolean] }
    const species = { dtype: 'string' as const, shape: [0], data: [] }
    const bad = { ...frame, info: { 'my key': (() => 1) as unknown as string }, arrays: { species } }
    expect(() => formatFrame(bad)).toThrow(ExtxyzError)
    expect(() => formatFrame(bad)).toThrow(/my key/)
  })
})

/** A frame of two atoms with columns of its own. */
function frameWith(info: Record<string, InfoValue>, columns: Record<string, NdArray> = {}): Frame {
  const species: NdArray = { dtype: 'string', shape: [2], data: ['H', 'He'] }
  return { natoms: 2, cell: null, pbc: [false, false, true], info, arrays: { species, ...columns } }
}

const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('FrameWriter', () => {
  const random = uniform(8)
  const float = (): number => (random() - 0.5) * 10 ** Math.floor(random() * 30 - 12)
  const floats = (shape: number[]): NdArray => {
    const length = shape.reduce((product, size) => product * size, 1)
    return { dtype: 'float64', shape, data: Float64Array.from({ length }, float) }
  }

  it('writes the values of a comment line as valueText gives them', () => {
    for (const dialect of ['ase', 'libatoms'] as const) {
      for (let i = 0; i < 1000; i++) {
        const info = {
          whole: Math.floor(float()),
          float: float(),
          [i % 2 ? 'stress' : 'virial']: [floats([6]), floats([9]), floats([3, 3])][i % 3] as NdArray,
          vector: floats([1 + (i % 40)]),
          matrix: floats([2, 3]),
          scalar: floats([]),
          counts: { dtype: 'int32', shape: [2], data: Int32Array.of(i, -i) } as NdArray,
          'é è': 'ü'.repeat(i % 60),
          text: 'a b '.repeat(i % 30),
        }
        const types = { whole: ['float', 'int'][i % 2] as string }
        const pairs = Object.entries(info).map(([key, value]) => {
          const name = key === 'é è' ? '"é è"' : key
          return `${name}=${valueText(key, value, key === 'whole' ? types.whole : undefined, dialect)}`
        })
        const line = utf8(formatFrame({ ...frameWith(info), infoTypes: types }, { dialect })).split('\n')[1]
        expect(line).toBe(['Properties=species:S:1', ...pairs, 'pbc="F F T"'].join(' '))
      }
    }
  })

  it.each(['shortest', '%16.8f'] as const)('writes each frame as if it were alone: %s', (realFormat) => {
    const writer = new FrameWriter({ realFormat })
    const q = floats([2])
    const bits: NdArray = { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) }
    const frames = [
      frameWith({}, { q }),
      frameWith({}, { q }),
      frameWith({}, { p: q }),
      frameWith({}, { p: bits }),
      frameWith({}, { p: floats([2, 3]) }),
      frameWith({}, { p: floats([2, 4]) }),
      frameWith({}),
      frameWith({}, { p: q, q }),
      frameWith({}, { q, p: q }),
    ]
    const bad = [
      frameWith({ uid: 1 }, { q: floats([2, 2]) }),
      frameWith({}, { 'a:b': q }),
      frameWith({}, { q: floats([3]) }),
    ]
    let text = ''
    for (const [i, frame] of [...frames, ...frames.toReversed()].entries()) {
      const { length } = writer
      expect(() => writer.append(bad[i % bad.length] as Frame)).toThrow(ExtxyzError)
      expect(writer.length).toBe(length)
      writer.append(frame)
      text += utf8(formatFrame(frame, { realFormat }))
    }
    expect(utf8(writer.take())).toBe(text)
  })

  it('writes on in an empty buffer after what was taken, whatever its size', () => {
    const writer = new FrameWriter()
    for (const length of [1, 20_000, 3_000_000, 5]) {
      const frame = frameWith({ long: 'x'.repeat(length), end: 0.5 }, { q: floats([2]) })
      for (let copies = 1; copies < 4; copies++) {
        for (let i = 0; i < copies; i++) writer.append(frame)
        expect(utf8(writer.take())).toBe(utf8(formatFrame(frame)).repeat(copies))
        expect(writer.length).toBe(0)
      }
    }
  })

  it('has no columns without an array', () => {
    const frame = { ...frameWith({}), arrays: {} }
    expect(() => formatFrame(frame)).toThrow(/at least one column/)
  })
})
