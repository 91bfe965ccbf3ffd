/** A set written to a new file of its own, for programs that read only files. */
import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { format, parse } from 'node:path'
import type { Atoms } from '../atoms/atoms.js'
import { atomsToFrame } from '../extxyz/convert.js'
import { formatFrame } from '../extxyz/write-frame.js'

/** Writes `configs` to STEM.XXXXXX.EXT beside `template` (mode 0600) and returns the path. */
export async function writeScratchFile(template: string, configs: AsyncIterable<Atoms>): Promise<string> {
  const { dir, name, ext } = parse(template)
  const path = format({ dir, name: `${name}.${randomBytes(3).toString('hex')}`, ext: ext || '.xyz' })
  const handle = await open(path, 'wx', 0o600)
  try {
    for await (const atoms of configs) await handle.appendFile(formatFrame(atomsToFrame(atoms)))
  } finally {
    await handle.close()
  }
  return path
}
