/** More goes through than there is memory for, and one place is slow: what waits is bounded. */
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { useScratchFolders } from '../scratch-folder.js'
import { recordFigure } from './figures.js'
import { soak } from './soak.js'

const run = promisify(execFile)
const scratch = useScratchFolders()
const program = fileURLToPath(new URL('../fixtures/reliability/back-pressure.mjs', import.meta.url))
/** What Node and the windows of two workers take, MB; the long form sends more than twice as much. */
const MOST = 420

describe('the memory of a program', () => {
  it.each([
    ['reader', soak ? 2000 : 300],
    ['disk', soak ? 1000 : 100],
  ] as const)(
    'is bounded where much meets a slow %s (%i MB)',
    async (kind, megabytes) => {
      const folder = scratch()
      const { stdout } = await run(process.execPath, [program, kind, String(megabytes), folder])
      if (kind === 'disk') expect(statSync(join(folder, 'out.xyz')).size).toBeGreaterThan(megabytes * 1e6)
      expect(Number(stdout)).toBeLessThan(MOST)
      recordFigure(`a fast source and a slow ${kind}`, `${megabytes} MB`, `at most ${stdout} MB of memory`)
    },
    1_200_000,
  )
})
