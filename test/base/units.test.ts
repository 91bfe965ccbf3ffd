import { describe, expect, it } from 'vitest'
import { fs, GPa, kB } from '../../lib/base/units.js'
import { sharedJson } from '../shared-data.js'

const reference = sharedJson('reference', 'units.json') as { units: Record<string, number> } | null

describe('units', () => {
  it.skipIf(reference === null)('are those of ASE to the last bit', () => {
    const { units } = reference ?? { units: {} }
    expect({ fs, kB, GPa }).toEqual({ fs: units['fs'], kB: units['kB'], GPa: units['GPa'] })
  })
})
