/** Configurations for the tests of the loop, numbered in info. */
import { join } from 'node:path'
import { type Atoms, bulk, ConfigSetIn, task, write } from 'autopara'

/** An operation of test/fixtures/ops.mjs. */
export function op(name: string): ReturnType<typeof task> {
  return task(new URL('../fixtures/ops.mjs', import.meta.url), name)
}

/** `count` configurations of one Cu atom. */
export function numbered(count: number): Atoms[] {
  return Array.from({ length: count }, (_, number) => {
    const atoms = bulk('Cu')
    atoms.info['number'] = number
    return atoms
  })
}

/** A file of them. */
export async function numberedFile(folder: string, count: number, name = 'in.xyz'): Promise<string> {
  const path = join(folder, name)
  await write(path, numbered(count))
  return path
}

/** A set of them in memory. */
export function memory(count: number): ConfigSetIn {
  return new ConfigSetIn({ inputConfigs: numbered(count) })
}

/** One entry of info of every configuration. */
export async function infoOf(set: ConfigSetIn | null, key: string): Promise<unknown[]> {
  return set ? (await set.toArray()).map((atoms) => atoms.info[key]) : []
}
