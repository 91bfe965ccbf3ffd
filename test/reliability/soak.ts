import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { bulk, ConfigSetIn, write } from 'autopara'

/** The long form of the reliability tests (`npm run test:soak`). */
export const soak: boolean = process.env['SOAK'] === '1'

/** A file of `count` numbered configurations of 4 `repeat`³ atoms. */
export async function writeInput(
  folder: string,
  count: number,
  { repeat = 1, name = 'in.xyz', from = 0 }: { repeat?: number; name?: string; from?: number } = {},
): Promise<string> {
  const path = join(folder, name)
  const configs = Array.from({ length: count }, (_, k) => {
    const atoms = bulk('Cu', { cubic: true }).repeat([repeat, repeat, repeat])
    atoms.info['number'] = from + k
    return atoms
  })
  await write(path, configs)
  return path
}

/** Does `work` for each item, `most` at a time; ends with the first failure. */
export async function inParallel<T>(
  most: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  await Promise.all(
    Array.from({ length: most }, async () => {
      for (const item of rest) await work(item)
    }),
  )
}

/** The files of a folder but for its inputs, with what they hold. A database's pages differ from run to run, its rows don't. */
export async function filesIn(folder: string): Promise<Record<string, string>> {
  const names = readdirSync(folder).filter((name) => !/^in2?\.xyz$/.test(name))
  const texts = names.map(async (name) => {
    if (!name.endsWith('.db')) return [name, digest(textOf(join(folder, name)).replaceAll(folder, ''))] as const
    const rows = await new ConfigSetIn({ inputQueries: '', db: join(folder, name) }).toArray()
    return [name, digest(JSON.stringify(rows.map(({ info, positions }) => [info['number'], [...positions]])))] as const
  })
  return Object.fromEntries(await Promise.all(texts))
}

/** What a file says: where the members of a compressed one end depends on when results were written. */
function textOf(path: string): string {
  const bytes = readFileSync(path)
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')
}

function digest(text: string): string {
  return `${text.length} characters, ${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
}
