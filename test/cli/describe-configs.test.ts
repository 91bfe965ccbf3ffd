import { describe, expect, it } from 'vitest'
import { describeConfigs } from '../../lib/cli/describe-configs.js'
import { type Atoms, bulk, ConfigSetIn } from '../../lib/index.js'

/** Two cells of one atom and one of four, with keys of several types. */
function configs(): ConfigSetIn {
  const [one, other, cubic] = [bulk('Cu'), bulk('Ag'), bulk('Cu', { cubic: true })] as [Atoms, Atoms, Atoms]
  one.info['EMT_energy'] = -1
  other.info['EMT_energy'] = -4
  cubic.info['EMT_energy'] = -4
  one.info['note'] = 'first'
  other.info['note'] = 7
  cubic.info['nested'] = { deep: [1] }
  cubic.pbc = [true, true, false]
  return new ConfigSetIn({ inputConfigs: [one, other, cubic] })
}

describe('describeConfigs', () => {
  it('counts atoms, species and keys, with the range of their numbers', async () => {
    const { data } = await describeConfigs(configs())
    expect(data).toMatchObject({
      configurations: 3,
      atoms: { total: 6, min: 1, max: 4 },
      species: { Cu: 5, Ag: 1 },
      pbc: { TTT: 2, TTF: 1 },
      info: {
        EMT_energy: { count: 3, types: ['number'], min: -4, max: -1 },
        note: { count: 2, types: ['string', 'number'], min: 7, max: 7 },
        nested: { count: 1, types: ['json'] },
      },
    })
  })

  it('gives the energies per atom: mean, spread and range', async () => {
    const { data, text } = await describeConfigs(configs())
    const { EMT_energy } = data.energiesPerAtom
    // -1, -4 and -4/4.
    expect(EMT_energy).toMatchObject({ count: 3, min: -4, max: -1, mean: -2 })
    expect(EMT_energy?.std).toBeCloseTo(Math.sqrt(2), 12)
    expect(text).toContain('  EMT_energy: -4.000000  -2.000000  -1.000000  1.414214, in 3\n')
    expect(text).toContain('  EMT_energy: number, in 3  -4 … -1\n')
  })

  it('leaves only the keys that are asked for', async () => {
    const { data, text } = await describeConfigs(configs(), ['note'])
    expect(Object.keys(data.info)).toEqual(['note'])
    expect(data.energiesPerAtom).toEqual({})
    expect(text).not.toContain('energy')
  })

  it('says what is near a key that no configuration has', async () => {
    await expect(describeConfigs(configs(), ['EMT_enrgy'])).rejects.toThrow(
      /no configuration has a key EMT_enrgy; did you mean EMT_energy\?/,
    )
    await expect(describeConfigs(configs(), ['x'.repeat(30)])).rejects.toThrow(/; there are EMT_energy, note, nested/)
  })

  it('describes nothing', async () => {
    const { data } = await describeConfigs(new ConfigSetIn({ inputConfigs: [] }))
    expect(data.atoms).toEqual({ total: 0, min: 0, max: 0 })
  })
})
