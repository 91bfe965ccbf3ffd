import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigSetIn } from 'autopara'
import { expect, it } from 'vitest'
import { CHUNKSIZES, run } from '../../fixtures/same-bytes.mjs'
import { writeInput } from '../../reliability/soak.js'
import { useScratchFolders } from '../../scratch-folder.js'
import { describeMpi, mpirun } from './launch.js'

const program = fileURLToPath(new URL('../../fixtures/same-bytes.mjs', import.meta.url))

describeMpi('a loop over a file on the ranks of a job', (launcher) => {
  const scratch = useScratchFolders()

  it.each([2, 4])(
    'writes the bytes of a serial run, for any chunksize, with own pools and a kept one (%i ranks)',
    async (ranks) => {
      const folder = scratch()
      const input = await writeInput(folder, 60)
      await run(new ConfigSetIn({ inputFiles: [input] }), join(folder, 'serial.xyz'), { npool: 0 })
      const serial = readFileSync(join(folder, 'serial.xyz'), 'utf8')
      expect(await mpirun(launcher, ranks, ['node', program, input, folder])).toMatchObject({ code: 0, stderr: '' })
      for (const name of [...CHUNKSIZES, 'kept', 'kept-again'])
        expect(readFileSync(join(folder, `${name}.xyz`), 'utf8')).toBe(serial)
    },
  )
})
