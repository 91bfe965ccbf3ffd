import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type AutoparaInfo, ConfigSetIn } from 'autopara'
import { describe, expect, it } from 'vitest'
import { CHUNKSIZES, run } from '../fixtures/same-bytes.mjs'
import { writeInput } from '../reliability/soak.js'
import { useScratchFolders } from '../scratch-folder.js'

const scratch = useScratchFolders()
const COUNT = 60

/** How a loop is run, and whether its workers die now and then. */
interface Way extends AutoparaInfo {
  deaths?: boolean
}

const fork: Way = { context: 'fork' }
const thread: Way = { context: 'thread' }
const deaths: Way = { context: 'fork', deaths: true, retries: 20 }
const exact: Way = { context: 'fork', exact: true, prefetch: 1 }

/** Every npool with every chunksize; what the workers are and do takes turns. */
const WAYS: Way[] = [0, 1, 2, 5, 16].flatMap((npool, row) =>
  CHUNKSIZES.map((chunksize, column) => {
    const way = npool === 0 ? {} : [fork, thread, deaths, exact][(row + column) % 4]
    return { npool, chunksize, ...way }
  }),
)

describe('a loop over a file writes the same bytes', () => {
  const expected = async (folder: string): Promise<string> => {
    await run(new ConfigSetIn({ inputFiles: [join(folder, 'in.xyz')] }), join(folder, 'serial.xyz'), { npool: 0 })
    return readFileSync(join(folder, 'serial.xyz'), 'utf8')
  }

  it('which hold one, two or no configuration for an item, at its location, in order', async () => {
    const folder = scratch()
    await writeInput(folder, COUNT)
    await expected(folder)
    const info = (await new ConfigSetIn({ inputFiles: join(folder, 'serial.xyz') }).toArray()).map(
      (atoms) => atoms.info,
    )
    const places = Array.from({ length: COUNT }, (_, number) => {
      if (number % 11 === 5) return [[number, ` / 0 / ${number}`, true]]
      if (number % 5 === 1) return []
      if (number % 5 === 2) return [0, 1].map((k) => [number, ` / 0 / ${number} / ${k}`, undefined])
      return [[number, ` / 0 / ${number}`, undefined]]
    })
    expect(info.map((record) => [record['number'], record['location'], record['autopara_failed']])).toEqual(
      places.flat(),
    )
  })

  it.each(WAYS)('with %j', async ({ deaths: deadly, ...loop }) => {
    const folder = scratch()
    const input = await writeInput(folder, COUNT)
    const died = join(folder, 'died')
    mkdirSync(died)
    const output = join(folder, 'out.xyz')
    await run(new ConfigSetIn({ inputFiles: [input] }), output, loop, deadly ? died : null)
    expect(readdirSync(died)).toHaveLength(deadly ? 9 : 0)
    expect(readFileSync(output, 'utf8')).toBe(await expected(folder))
  })

  it.each([1, 10])(
    'of large configurations, whose texts come in memory that is used again (chunksize %i)',
    async (chunksize) => {
      const folder = scratch()
      const input = await writeInput(folder, COUNT, { repeat: 5 })
      const died = join(folder, 'died')
      mkdirSync(died)
      const output = join(folder, 'out.xyz')
      const loop = { npool: 2, chunksize, retries: 50 }
      await run(new ConfigSetIn({ inputFiles: [input] }), output, loop, died)
      expect(readFileSync(output).equals(Buffer.from(await expected(folder)))).toBe(true)
    },
  )

  it.each([0, 2])('as over the same configurations compressed or in memory (npool %i)', async (npool) => {
    const folder = scratch()
    const input = await writeInput(folder, COUNT)
    writeFileSync(`${input}.gz`, gzipSync(readFileSync(input)))
    const compressed = new ConfigSetIn({ inputFiles: [`${input}.gz`] })
    const memory = await new ConfigSetIn({ inputFiles: [input] }).inMemory()
    for (const [name, set] of Object.entries({ compressed, memory })) {
      await run(set, join(folder, `${name}.xyz`), { npool, chunksize: 7 })
      expect(readFileSync(join(folder, `${name}.xyz`), 'utf8')).toBe(await expected(folder))
    }
  })
})
