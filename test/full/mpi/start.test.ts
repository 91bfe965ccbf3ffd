import { mkdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { useScratchFolders } from '../../scratch-folder.js'
import { describeMpi, expectSuccess, fixture, type JobEnd, jsonLines, mpirun, run } from './launch.js'

interface Report {
  ran: Record<string, number>
  processes: number
  initialised: Record<string, number>
}

const job = ['node', fixture('job.mjs')]
const host = hostname()

function report(end: JobEnd): Report {
  const [only] = jsonLines<Report>(expectSuccess(end))
  return only as Report
}

describeMpi('a script with its op in itself', (launcher) => {
  const scratch = useScratchFolders()

  it.each([3, 5])(
    'runs on all of %i ranks but 0, with one initializer each, and prints nothing of its own',
    async (ranks) => {
      const end = await mpirun(launcher, ranks, [...job, '{}', '{}', String(ranks - 1)])
      const others = Array.from({ length: ranks - 1 }, (_, i) => i + 1)
      const { ran, processes, initialised } = report(end)
      expect(Object.keys(ran).sort()).toEqual(others.map((rank) => `${rank} ${host} other`))
      expect(processes).toBe(ranks - 1)
      expect(initialised).toEqual(Object.fromEntries(others.map((rank) => [rank, 1])))
      expect(end.stderr).toBe('')
    },
  )

  it('ignores npool with one warning, and is serial with npool: 0', async () => {
    const four = await mpirun(launcher, 3, [...job, '{}', '{"npool":4}', '2'])
    expect(Object.keys(report(four).ran).sort()).toEqual([`1 ${host} other`, `2 ${host} other`])
    expect(four.stderr).toBe("autopara: warning: `npool`: 4 is ignored under MPI, where the job's 2 workers are used\n")
    const serial = await mpirun(launcher, 3, [...job, '{}', '{"npool":0}'])
    expect(report(serial).ran).toEqual({ serial: 40 })
    expect(serial.stderr).toBe('')
  })

  it('computes on rank 0 too with rootWorks, in a process of its own', async () => {
    const { ran, processes } = report(await mpirun(launcher, 3, [...job, '{"rootWorks":true}', '{}', '3']))
    expect(processes).toBe(3)
    expect(Object.keys(ran).sort()).toEqual([`1 ${host} other`, `2 ${host} other`, 'mpi'].sort())
  })

  it('says with verbose when ranks start and end, and where init() was called', async () => {
    const one = await mpirun(launcher, 3, [...job, '{"verbose":1}'])
    for (const rank of [0, 1, 2]) {
      expect(one.stderr).toContain(`autopara: MPI rank ${rank} on ${host} of 3 started`)
      expect(one.stderr).toContain(`autopara: MPI rank ${rank} on ${host} ended`)
    }
    expect(one.stderr).not.toContain('job.mjs')
    const two = await mpirun(launcher, 2, [...job, '{"verbose":2}'])
    expect(two.stderr).toContain('job.mjs')
  })

  it('gives errors of items with rank and host', async () => {
    const job = expectSuccess(await mpirun(launcher, 3, ['node', fixture('errors.mjs')]))
    const [errors = []] = jsonLines<{ message: string; rank: number; host: string }[]>(job)
    expect(errors.map(({ message }) => message)).toEqual(['item 0', 'item 1', 'item 2', 'item 3'])
    for (const { rank } of errors) expect([1, 2]).toContain(rank)
    expect(errors.map((error) => error.host)).toEqual(errors.map(() => host))
  })

  it('is what it was without WFL_MPIPOOL', async () => {
    const { ran } = report(await run(job, { WFL_MPIPOOL: '' }))
    expect(ran).toEqual({ serial: 40 })
  })

  it('and the command line do the same under MPI, with the same bytes as a serial run', async () => {
    const folder = scratch()
    mkdirSync(folder, { recursive: true })
    const root = fileURLToPath(new URL('../../..', import.meta.url))
    const cli = (out: string): string[] =>
      `calculate docs/examples/rattled-fcc.xyz@:40 --calculator EMT --seed 1 -o ${join(folder, out)}`.split(' ')
    const options = launcher === 'mpich' ? ['-pmi-port'] : []
    const ranks = await mpirun(launcher, 4, ['npx', 'autopara', ...cli('mpi.xyz')], { options, cwd: root })
    expectSuccess(ranks)
    expectSuccess(await run(['npx', 'autopara', ...cli('serial.xyz')], { WFL_MPIPOOL: '' }, root))
    expect(readFileSync(join(folder, 'mpi.xyz'), 'utf8')).toBe(readFileSync(join(folder, 'serial.xyz'), 'utf8'))
  })
})
