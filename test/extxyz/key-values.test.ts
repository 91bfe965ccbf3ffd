import { describe, expect, it } from 'vitest'
import { formatKeyValues, parseKeyValues } from '../../lib/extxyz/key-values.js'

describe('parseKeyValues', () => {
  it('types the values of a command line', () => {
    const record = parseKeyValues('soap cutoff=5.0 n_max=8 label="a b" Z={1 8} normalize=T')
    expect({ ...record, Z: undefined }).toEqual({
      soap: true,
      cutoff: 5,
      n_max: 8,
      label: 'a b',
      normalize: true,
      Z: undefined,
    })
    expect(record['Z']).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(1, 8) })
    expect(parseKeyValues('')).toEqual({})
  })

  it('says where the text is no key=value text', () => {
    expect(() => parseKeyValues('a=1 b="x')).toThrow(/is never closed \(line:1:7/)
  })
})

describe('formatKeyValues', () => {
  it('writes what is parsed to the same record', () => {
    const record = {
      a: 1.5,
      'b c': 'T',
      '=': true,
      d: { dtype: 'float64' as const, shape: [2], data: Float64Array.of(1, 2) },
      e: null,
    }
    for (const dialect of ['ase', 'libatoms'] as const) {
      expect({ ...parseKeyValues(formatKeyValues(record, dialect)) }).toEqual(record)
    }
  })

  it('names a key that cannot be written', () => {
    expect(() => formatKeyValues({ 'a\nb': 1 })).toThrow(/"a\\nb"/)
  })
})
