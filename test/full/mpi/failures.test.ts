import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useScratchFolders } from '../../scratch-folder.js'
import { describeMpi, fixture, mpirun } from './launch.js'

const script = ['node', fixture('faults.mjs')]
const host = hostname()

describeMpi('the job ends, and says where it failed,', (launcher) => {
  const scratch = useScratchFolders()

  it.each([
    ['throw-outside', 1, `rank 2 on ${host}: Error: thrown outside of the task`],
    ['reject', 1, `rank 2 on ${host}: Error: rejected and not handled`],
    ['exit', 7, `rank 2 on ${host}: ends with exit code 7`],
    ['exit-0', 1, `rank 2 on ${host}: ends with exit code 0 while it serves`],
    ['root-throw', 1, `rank 0 on ${host}: Error: thrown in the script`],
    ['root-reject', 1, `rank 0 on ${host}: Error: rejected in the script`],
    ['root-exit', 9, `rank 0 on ${host}: ends with exit code 9`],
  ])('after %s', async (what, code, text) => {
    const job = await mpirun(launcher, 3, [...script, what], { limit: 30 })
    expect(job.stderr).toContain(text)
    expect(job.code).toBe(code)
  })

  it.each(['kill', 'abort', 'kill-root'])('after %s, as far as the launcher tells', async (what) => {
    const job = await mpirun(launcher, 3, [...script, what], { limit: 30 })
    expect(job.code).not.toBe(0)
    expect(job.code).not.toBe(124)
    const told = launcher === 'openmpi' ? /process rank [02] with PID \d+ on node/ : /PID \d+ RUNNING AT/
    expect(job.stdout + job.stderr).toMatch(told)
    expect(job.stdout + job.stderr).toContain(host)
  })

  it.each(['root-break', 'root-exit-0'])('but not after %s: the script has ended in order', async (what) => {
    const job = await mpirun(launcher, 3, [...script, what], { limit: 30 })
    expect(job.code).toBe(0)
  })

  it('and a run with resume goes on afterwards, with the same bytes in the end', async () => {
    const folder = scratch()
    const [output, whole, log] = ['out.xyz', 'whole.xyz', 'log'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    const command = ['node', fixture('resumable.mjs')]
    const killed = await mpirun(launcher, 3, [...command, output, log], { limit: 30, env: { FATAL: '1' } })
    expect(killed.code).not.toBe(0)
    const before = readFileSync(log, 'utf8').split('\n').length
    expect(await mpirun(launcher, 3, [...command, output, log], { limit: 30 })).toMatchObject({ code: 0 })
    expect(readFileSync(log, 'utf8').split('\n').length - before).toBeLessThan(120)
    expect(await mpirun(launcher, 3, [...command, whole, log])).toMatchObject({ code: 0 })
    expect(readFileSync(output, 'utf8')).toBe(readFileSync(whole, 'utf8'))
  })
})
