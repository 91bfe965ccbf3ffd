/** The examples that need MPI, or half a minute. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { read } from 'autopara'
import { afterAll, describe, expect, it } from 'vitest'
import { examples } from '../../examples/example-output.js'
import { describeMpi, mpirun, run } from '../mpi/launch.js'

const folder = mkdtempSync(join(tmpdir(), 'autopara-examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const input = join(examples, 'rattled-fcc.xyz')

describeMpi('mpi-script.mjs', (launcher) => {
  it('computes on every rank but the first, with the bytes of a serial run', async () => {
    const command = (output: string) => ['node', join(examples, 'mpi-script.mjs'), input, join(folder, output)]
    const serial = await run(command('serial.xyz'), { WFL_MPIPOOL: '' })
    expect(serial.code).toBe(0)
    expect(serial.stderr).toMatch(/^computing here$/m)
    const job = await mpirun(launcher, 3, command('mpi.xyz'))
    expect(job).toMatchObject({ code: 0, stdout: `500 configurations in ${join(folder, 'mpi.xyz')}\n` })
    const said = job.stderr.split('\n').filter((line) => line.startsWith('computing'))
    expect(said.sort()).toEqual(['computing on rank 1', 'computing on rank 2'])
    const bytes = (name: string) => readFileSync(join(folder, name))
    expect(bytes('mpi.xyz').equals(bytes('serial.xyz'))).toBe(true)
  })
})

describe('main-job.mjs', () => {
  it('prints rate, speed-up and the path of an output that has the results', async () => {
    const { code, stdout } = await run(['node', join(examples, 'main-job.mjs')], {}, folder)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+ configurations\/s with \d+ processes, \d+\/s with one: speed-up \d+\.\d\d$/m)
    const [, path = ''] = /: (\S+)$/m.exec(stdout.trim().split('\n')[1] ?? '') ?? []
    const configs = await read(join(folder, path))
    expect(configs).toHaveLength(500)
    for (const { info, arrays } of configs) {
      expect(info['EMT_energy']).toBeTypeOf('number')
      expect(arrays['EMT_forces']?.shape).toEqual([32, 3])
    }
  })
})
