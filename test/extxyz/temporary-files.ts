/** A folder for the files of one test file, removed at its end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/** Gives a function that writes a file into the folder and tells its path. */
export function temporaryFiles(): { file(name: string, content?: string | Uint8Array): string } {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'extxyz-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return {
    file(name, content) {
      const path = join(folder, name)
      if (content !== undefined) writeFileSync(path, content)
      return path
    },
  }
}
