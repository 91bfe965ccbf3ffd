/** A set written to a new file of its own, for programs that read only files. */
import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join, parse } from 'node:path'
import type { Atoms } from '../atoms/atoms.js'
import { write } from '../extxyz/write.js'

/**
 * Writes `configs` to STEM.XXXXXX.EXT beside `template` (mode 0600), deflated where that ends in `.gz`, and returns the path.
 * After an error there is no file.
 */
export async function writeScratchFile(template: string, configs: AsyncIterable<Atoms>): Promise<string> {
  const { dir, base } = parse(template)
  const [, stem = base, ext = '.xyz'] = /^(.+?)((?:\.[^.]*)?\.gz|\.[^.]*)$/.exec(base) ?? []
  const path = join(dir, `${stem}.${randomBytes(3).toString('hex')}${ext}`)
  const handle = await open(path, 'wx', 0o600)
  await handle.close()
  try {
    await write(path, configs, { append: true })
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  return path
}
