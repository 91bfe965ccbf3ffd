/**
 * Where `autopara convert` writes: extended XYZ or a database, whole or not at all. What could not be added whole is taken
 * out again; what is made anew gets its name when it is complete.
 */
import { realpath, rename, rm, stat, truncate } from 'node:fs/promises'
import { type Atoms, openAseDatabase, type WriteOptions, write } from '../index.js'

/** Rows of a database that are written at once. */
const BATCH = 500

/** Writes `configs` to a file, or `-`. */
export async function writeFileWhole(
  output: string,
  configs: AsyncIterable<Atoms>,
  options: WriteOptions,
): Promise<void> {
  const before = options.append ? await sizeOf(output) : undefined
  try {
    await write(output, configs, options)
  } catch (error) {
    if (before !== undefined) await truncate(output, before)
    else if (options.append) await rm(output, { force: true })
    throw error
  }
}

/** Writes `configs` to a database, or adds them to it. */
export async function writeDatabaseWhole(
  output: string,
  configs: AsyncIterable<Atoms>,
  append: boolean,
): Promise<void> {
  const target = await realpath(output).catch(() => output)
  const adds = append && (await sizeOf(target)) !== undefined
  const path = adds ? target : `${target}.partial`
  if (!adds) await rm(path, { force: true })
  const ids: number[] = []
  const db = await openAseDatabase(path)
  try {
    for await (const batch of batches(configs)) ids.push(...db.write(batch))
  } catch (error) {
    if (adds) for (const id of ids) db.delete(`id=${id}`)
    db.close()
    if (!adds) await rm(path, { force: true })
    throw error
  }
  db.close()
  if (!adds) await rename(path, target)
}

async function* batches(configs: AsyncIterable<Atoms>): AsyncGenerator<Atoms[]> {
  let batch: Atoms[] = []
  for await (const atoms of configs) {
    batch.push(atoms)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** The size of a file that is there, bytes. */
async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size
}
