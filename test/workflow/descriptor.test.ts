import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Atoms, bulk, ConfigSetIn, ConfigSetOut, descriptor, Rng, selectFarthest } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const soap = { type: 'soap', species: ['Cu', 'Au'], cutoff: 4, nMax: 3, lMax: 2, atomSigma: 0.5 } as const
const acsf = { type: 'acsf', species: ['Cu', 'Au'], cutoff: 4, g2: [{ eta: 1 }] } as const
const quiet = { progress: false } as const

/** Rattled cells of Cu, Au and both. */
function crystals(count: number): Atoms[] {
  return Array.from({ length: count }, (_, i) => {
    const atoms = bulk(i % 2 === 0 ? 'Cu' : 'Au', { cubic: true })
    if (i % 3 === 0) atoms.numbers[1] = 79
    atoms.rattle(0.05 + 0.01 * i, new Rng('crystals').spawn(i))
    atoms.info['number'] = i
    return atoms
  })
}

async function fileWith(configs: Atoms[]): Promise<string> {
  const path = join(scratch(), 'in.xyz')
  const output = new ConfigSetOut({ outputFiles: path })
  await output.write(configs)
  await output.endWrite()
  return path
}

describe('descriptor', () => {
  it('writes the same bytes for any number of processes and any chunks', async () => {
    const input = await fileWith(crystals(7))
    const texts = new Set<string>()
    for (const [npool, chunksize] of [
      [0, 1],
      [0, 7],
      [2, 1],
      [2, 3],
      [2, 'auto'],
    ] as const) {
      const path = join(scratch(), 'out.xyz')
      const params = { descs: { Cu: [soap, acsf], Au: soap }, key: 'd', local: true }
      await descriptor(new ConfigSetIn({ inputFiles: input }), new ConfigSetOut({ outputFiles: path }), params, {
        ...quiet,
        npool,
        chunksize,
      })
      texts.add(readFileSync(path, 'utf8'))
    }
    expect(texts.size).toBe(1)
  })

  it.each([true, false])('is read back from a file without loss (local: %s)', async (local) => {
    const path = join(scratch(), 'out.xyz')
    const inputs = new ConfigSetIn({ inputConfigs: crystals(4) })
    const params = { descs: soap, key: 'soap', local }
    const inMemory = await descriptor(inputs, new ConfigSetOut(), params, quiet)
    const inFile = await descriptor(inputs, new ConfigSetOut({ outputFiles: path }), params, quiet)
    const [a, b] = [await inMemory.toArray(), await inFile.toArray()]
    expect(a).toHaveLength(4)
    a.forEach((atoms, i) => {
      const [ours, read] = [atoms, b[i]!].map((x) => (local ? x.arrays['soap'] : x.info['soap']))
      expect(read).toEqual(ours)
      expect(read).toMatchObject({ dtype: 'float64', shape: local ? [4, 63] : [63] })
    })
  })

  it('leaves the caller’s configurations as they were', async () => {
    const configs = crystals(2)
    await descriptor(new ConfigSetIn({ inputConfigs: configs }), new ConfigSetOut(), { descs: soap, key: 'd' }, quiet)
    expect(configs.every((atoms, i) => atoms.equals(crystals(2)[i]!))).toBe(true)
  })

  it('ends with the error of a configuration that can not be described, or keeps it, marked', async () => {
    const inputs = new ConfigSetIn({ inputConfigs: [bulk('Cu'), bulk('Al'), bulk('Au')] })
    const params = { descs: soap, key: 'd' }
    await expect(descriptor(inputs, new ConfigSetOut(), params, quiet)).rejects.toThrow(/Atom 0 is Al/)
    const kept = await descriptor(inputs, new ConfigSetOut(), params, { ...quiet, onError: 'keep' })
    const configs = await kept.toArray()
    expect(configs.map((atoms) => 'd' in atoms.info)).toEqual([true, false, true])
    expect(configs[1]?.info['descriptor_failed']).toBe(true)
  })

  it('refuses wrong options before it touches the outputs', async () => {
    const path = join(scratch(), 'out.xyz')
    const outputs = new ConfigSetOut({ outputFiles: path })
    const params = { descs: { ...soap, nMax: 0 }, key: 'd' }
    await expect(descriptor(new ConfigSetIn(), outputs, params)).rejects.toThrow(/`nMax`/)
    expect(existsSync(path)).toBe(false)
  })
})

describe('selectFarthest', () => {
  async function described(count: number): Promise<ConfigSetIn> {
    const path = join(scratch(), 'described.xyz')
    const inputs = new ConfigSetIn({ inputConfigs: crystals(count) })
    return descriptor(inputs, new ConfigSetOut({ outputFiles: path }), { descs: soap, key: 'soap' }, quiet)
  }

  const numbersOf = async (set: ConfigSetIn): Promise<unknown[]> =>
    (await set.toArray()).map((atoms) => atoms.info['number'])

  it('writes what it selected in the order of the inputs, with the order of selection if asked', async () => {
    const inputs = await described(30)
    const options = { count: 5, key: 'soap', start: 3, rankKey: 'rank' }
    const selected = await selectFarthest(inputs, new ConfigSetOut(), options)
    const configs = await selected.toArray()
    const numbers = configs.map((atoms) => Number(atoms.info['number']))
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    expect(configs.find((atoms) => atoms.info['rank'] === 0)?.info['number']).toBe(3)
    expect(configs.map((atoms) => atoms.info['rank']).sort()).toEqual([0, 1, 2, 3, 4])
    const again = await selectFarthest(await inputs.inMemory(), new ConfigSetOut(), options)
    expect(await numbersOf(again)).toEqual(numbers)
  })

  it('goes on from an earlier selection: the first 3 and then 2 more are the first 5', async () => {
    const inputs = await described(30)
    const five = await selectFarthest(inputs, new ConfigSetOut(), { count: 5, key: 'soap' })
    const three = await selectFarthest(inputs, new ConfigSetOut(), { count: 3, key: 'soap' })
    const options = { count: 2, key: 'soap', previous: three, keepDescriptor: false }
    const two = await selectFarthest(inputs, new ConfigSetOut(), options)
    const both = [...(await numbersOf(three)), ...(await numbersOf(two))].map(Number)
    expect(both.sort((a, b) => a - b)).toEqual(await numbersOf(five))
    expect((await two.toArray()).some((atoms) => 'soap' in atoms.info)).toBe(false)
  })

  it('returns an output that is done, and refuses to write over its input', async () => {
    const inputs = await described(4)
    const path = join(scratch(), 'selected.xyz')
    const first = await selectFarthest(inputs, new ConfigSetOut({ outputFiles: path }), { count: 2, key: 'soap' })
    const second = await selectFarthest(inputs, new ConfigSetOut({ outputFiles: path }), { count: 3, key: 'soap' })
    expect(await second.count()).toBe(2)
    expect(await first.count()).toBe(2)
    const onto = new ConfigSetOut({ outputFiles: inputs.inputFiles[0] as string, force: true })
    await expect(selectFarthest(inputs, onto, { count: 2, key: 'soap' })).rejects.toThrow(/input/)
  })

  it('refuses inputs without the key, too large a count and wrong options', async () => {
    const bare = new ConfigSetIn({ inputConfigs: crystals(2) })
    const run = (set: ConfigSetIn, options: object): Promise<ConfigSetIn> =>
      selectFarthest(set, new ConfigSetOut(), { count: 1, key: 'soap', ...options })
    await expect(run(bare, {})).rejects.toThrow(/Configuration \/ 0 has no vector info\.soap/)
    await expect(run(await described(2), { count: 3 })).rejects.toThrow(/`count` must be at most 2/)
    await expect(run(bare, { count: 1.5 })).rejects.toThrow(/`count`/)
    await expect(run(bare, { kye: 'soap' })).rejects.toThrow(/did you mean `key`/)
    await expect(run(new ConfigSetIn(), { count: 0 }).then((set) => set.count())).resolves.toBe(0)
  })

  it('takes a single number for a vector of one', async () => {
    const configs = [0, 4, 1].map((x) => new Atoms({ symbols: 'H', info: { x } }))
    const selected = await selectFarthest(new ConfigSetIn({ inputConfigs: configs }), new ConfigSetOut(), {
      count: 2,
      key: 'x',
    })
    expect((await selected.toArray()).map((atoms) => atoms.info['x'])).toEqual([0, 4])
  })
})
