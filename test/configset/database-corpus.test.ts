import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Atoms, iread, openAseDatabase } from 'autopara'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'
import { sharedData } from '../shared-data.js'

const scratch = useScratchFolders()
const folder = sharedData('real')
const files = folder === null ? [] : readdirSync(folder).filter((name) => /\.(?:ext)?xyz(?:\.gz)?$/.test(name))

/** At most this many frames of a file. */
const FRAMES = 100

/** The complete frames at the beginning of a file (one of the files breaks off). */
async function framesOf(path: string): Promise<Atoms[]> {
  const list: Atoms[] = []
  try {
    for await (const atoms of iread(path)) if (list.push(atoms) === FRAMES) break
  } catch (error) {
    if ((error as { name?: unknown }).name !== 'ExtxyzError') throw error
  }
  return list
}

describe.skipIf(folder === null)('real files of extended XYZ in a database', () => {
  it('are found', () => expect(files.length).toBeGreaterThan(0))

  it.each(files)('%s comes back frame by frame as it was, keys in order', async (name) => {
    const frames = await framesOf(join(folder as string, name))
    using db = await openAseDatabase(join(scratch(), 'set.db'))
    db.write(frames)
    const back = [...db.select()].map(({ atoms }) => atoms)
    expect(frames.length).toBeGreaterThan(0)
    expect(back.length).toBe(frames.length)
    for (const [k, atoms] of back.entries()) {
      const frame = frames[k] as Atoms
      expect(atoms.equals(frame), `frame ${k}`).toBe(true)
      expect([Object.keys(atoms.info), Object.keys(atoms.arrays)]).toEqual([
        Object.keys(frame.info),
        Object.keys(frame.arrays),
      ])
      expect({ ...atoms.infoTypes }).toEqual({ ...frame.infoTypes })
    }
  })
})
