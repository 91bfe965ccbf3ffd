import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { describeMpi, expectSuccess, fixture, jsonLines, mpirun } from './launch.js'

const BYTES = 1_200_000_000

interface Report {
  seen: number[]
  idle: number
  idleRoot: number
  fresh: number
}

/** What ports.mjs tells. */
interface Ports {
  before: string[]
  joined: string[]
  during: string[]
  ranks: string[][]
}

/** The processes that have this text in their environment. */
function processesWith(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark)
    } catch {
      return false
    }
  })
}

describeMpi('a rank', (launcher) => {
  it('takes messages longer than one of MPI may be here, reuses memory, idles at less than a tenth of a core, and ends with the job', async () => {
    const mark = randomUUID()
    const job = await mpirun(launcher, 2, ['node', fixture('resources.mjs'), String(BYTES)], {
      limit: 240,
      env: { AUTOPARA_TEST_MARK: mark },
    })
    expect(expectSuccess(job).stderr).toBe('')
    expect(processesWith(mark)).toEqual([])
    const [report] = jsonLines<Report>(job)
    expect(report?.seen).toEqual([BYTES, 3, 7])
    expect(report?.idle).toBeLessThan(0.1)
    expect(report?.idleRoot).toBeLessThan(0.1)
    expect(report?.fresh).toBeLessThan(0.25)
  })

  it('puts frames together that came in many messages, from all ranks at once', async () => {
    const job = await mpirun(launcher, 3, ['node', fixture('channel-ranks.mjs')])
    const reports = jsonLines<{ rank: number; frames: number; right: boolean }>(expectSuccess(job))
    expect(reports.sort((a, b) => a.rank - b.rank)).toEqual([
      { rank: 0, frames: 16, right: true },
      { rank: 1, frames: 8, right: true },
      { rank: 2, frames: 8, right: true },
    ])
  })

  it.each([
    ['n', {}],
    ['y', { UCX_MEM_EVENTS: 'y' }],
  ])('has UCX_MEM_EVENTS=%s where its library looks, with %o in its environment', async (value, env) => {
    const job = await mpirun(launcher, 3, ['node', fixture('environment.mjs')], { env })
    expect(jsonLines(expectSuccess(job))).toEqual([[value, value]])
  })

  it('listens on nothing: where MPI itself needs no port, there is none but what the launcher hands down', async () => {
    // Shared memory only. What MPI listens on between hosts is its own.
    const options = launcher === 'openmpi' ? ['--mca', 'btl', '^tcp'] : []
    const env = { UCX_TLS: 'self,sysv,posix', FI_PROVIDER: 'shm' }
    const job = expectSuccess(await mpirun(launcher, 3, ['node', fixture('ports.mjs')], { options, env }))
    const [{ before, joined, during, ranks }] = jsonLines<Ports>(job) as [Ports]
    expect({ joined, during, ranks }).toEqual({ joined: before, during: before, ranks: [before, before] })
    if (launcher === 'openmpi') expect(before).toEqual([])
  })

  it('listens on nothing more while there is a pool, whatever MPI listens on', async () => {
    const job = expectSuccess(await mpirun(launcher, 3, ['node', fixture('ports.mjs')]))
    const [{ joined, during, ranks }] = jsonLines<Ports>(job) as [Ports]
    expect(during).toEqual(joined)
    for (const rank of ranks) expect(rank.length).toBeLessThanOrEqual(joined.length)
  })
})
