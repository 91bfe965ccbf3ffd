import { describe, expect, it } from 'vitest'
import { formatLocation, type Nested, placeAt } from '../../lib/configset/location.js'

describe('formatLocation', () => {
  it('writes each part behind " / "', () => {
    expect(formatLocation([3])).toBe(' / 3')
    expect(formatLocation([0, 3, 12])).toBe(' / 0 / 3 / 12')
  })
})

describe('placeAt', () => {
  it('makes the lists on the way', () => {
    const root: Nested<string>[] = []
    placeAt(root, [0, 0], 'a')
    placeAt(root, [2, 0], 'b')
    placeAt(root, [2, 1], 'c')
    expect(root).toEqual([['a'], [], ['b', 'c']])
  })

  it('closes the gaps that skipped configurations leave', () => {
    const root: Nested<string>[] = []
    placeAt(root, [0], 'a')
    placeAt(root, [5], 'b')
    expect(root).toEqual(['a', 'b'])
  })

  it('refuses a location that runs through a configuration', () => {
    const root: Nested<string>[] = ['a']
    expect(() => placeAt(root, [0, 1], 'b')).toThrow(RangeError)
  })
})
