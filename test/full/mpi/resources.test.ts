import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeMpi, fixture, jsonLines, mpirun } from './launch.js'

const BYTES = 1_200_000_000

describeMpi('a rank', (launcher) => {
  it('takes messages longer than one of MPI may be here, idles at less than a tenth of a core, and ends with the job', async () => {
    const job = await mpirun(launcher, 2, ['node', fixture('resources.mjs'), String(BYTES)], { limit: 120 })
    expect(job).toMatchObject({ code: 0, stderr: '' })
    const [report] = jsonLines<{ seen: number[]; idle: number; pids: number[] }>(job)
    expect(report?.seen).toEqual([BYTES, 3, 7])
    expect(report?.idle).toBeLessThan(0.1)
    expect(report?.pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
  })
})
