import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dateOfYears } from '../../../build/lib/configset/ase-db/ase-time.js'
import { parseSelection } from '../../../build/lib/configset/ase-db/selection.js'
import { openAseDatabase, SelectionError } from '../../../build/lib/index.js'

const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/ase-db/${name}`, import.meta.url))
const expected = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as {
  now: number
  selections: Record<string, number[]>
  refused: string[]
}

// The moment at which ASE was asked: `age` counts back from it.
beforeEach(() => vi.useFakeTimers({ now: dateOfYears(expected.now), toFake: ['Date'] }))
afterEach(() => vi.useRealTimers())

describe('selection strings', () => {
  it('select the rows that ASE selects, each of many', async () => {
    using db = await openAseDatabase(fixture('ase.db'), { readOnly: true })
    const ours = Object.keys(expected.selections).map((text) => [text, [...db.select(text)].map(({ id }) => id)])
    expect(Object.fromEntries(ours)).toEqual(expected.selections)
    expect(ours.length).toBeGreaterThan(80)
    for (const [text, ids] of Object.entries(expected.selections)) expect(db.count(text), text).toBe(ids.length)
  })

  it.each(expected.refused)('refuses %j, as ASE does', (text) => {
    expect(() => parseSelection(text)).toThrow(SelectionError)
  })

  it('names the part that is wrong', () => {
    expect(() => parseSelection('Cu>2, energy<low')).toThrow(
      expect.objectContaining({ code: 'AUTOPARA_SELECTION', selection: 'Cu>2, energy<low', expression: 'energy<low' }),
    )
  })

  it.each([':3', '0', '::10', '-1', '@3', 'a-b', '-', '-a b'])('refuses %j, which can be no key', (text) => {
    expect(() => parseSelection(`Cu,${text}`)).toThrow(/neither a formula nor a key; .* write id=1/)
  })

  it('refuses to compare what can be no key', () => {
    expect(() => parseSelection('a-b=3')).toThrow(/"a-b=3" compares no key/)
    expect(() => parseSelection('2<5')).toThrow(SelectionError)
  })

  it('takes blanks around keys and values, and empty parts', () => {
    expect(parseSelection(' config_type = bulk , ,0 <= energy < 5')).toEqual(
      parseSelection('config_type=bulk,0<=energy<5'),
    )
  })

  it('takes a bare word for atoms only when all its symbols are elements', () => {
    expect(parseSelection('Xy2').keys).toEqual([{ key: 'Xy2', present: true }])
    expect(parseSelection('2H2O').comparisons).toEqual([
      { key: 1, operator: '>', value: 3 },
      { key: 8, operator: '>', value: 1 },
    ])
  })

  it('counts age back from now', () => {
    const now = new Date('2025-01-01T00:00:00Z')
    const [one, two] = ['age<1d', 'age<12h+720m'].map((text) => parseSelection(text, now).comparisons[0])
    expect(one).toMatchObject({ key: 'ctime', operator: '>=' })
    expect(two?.value).toBeCloseTo(one?.value as number, 12)
  })

  it('reads numbers as Python does', () => {
    const values = [
      'k=1_000',
      'k=+5',
      'k=1.',
      'k=.5e1',
      'k=inf',
      'k=True',
      'k=1__0',
      'k=0x10',
      'k=e5',
      'k=١٢.٥',
      'k=𝟘𝟙_𝟚',
    ]
    expect(values.map((text) => parseSelection(text).comparisons[0]?.value)).toEqual([
      1000,
      5,
      1,
      5,
      Number.POSITIVE_INFINITY,
      1,
      '1__0',
      '0x10',
      'e5',
      12.5,
      12,
    ])
  })
})
