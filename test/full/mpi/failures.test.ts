import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useScratchFolders } from '../../scratch-folder.js'
import { describeMpi, expectFailure, expectSuccess, fixture, mpirun, run } from './launch.js'

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
    const job = expectFailure(await mpirun(launcher, 3, [...script, what]))
    expect(job.stderr).toContain(text)
    expect(job.code).toBe(code)
  })

  it.each([
    ['kill', 2],
    ['abort', 2],
    ['kill-root', 0],
  ])('after %s of rank %i, which is named with its host', async (what, rank) => {
    const { stdout, stderr } = expectFailure(await mpirun(launcher, 3, [...script, what]))
    const text = stdout + stderr
    if (launcher === 'openmpi') {
      expect(text).toMatch(new RegExp(`process rank ${rank} with PID \\d+ on node ${host} `))
    } else {
      expect(text).toMatch(new RegExp(`autopara: MPI rank ${rank} on ${host} \\(process \\d+\\) was killed`))
    }
  })

  it.each(['root-break', 'root-exit-0'])('but not after %s: the script has ended in order', async (what) => {
    expectSuccess(await mpirun(launcher, 3, [...script, what]))
  })

  it.each(['kill-1', 'kill-0', 'throw-1'])('and a run with resume completes it, after %s', async (fatal) => {
    const folder = scratch()
    const path = (name: string): string => join(folder, name)
    const command = (output: string, log: string): string[] => [
      'node',
      fixture('resumable.mjs'),
      path(output),
      path(log),
    ]
    const lines = (log: string): number => readFileSync(path(log), 'utf8').split('\n').length - 1
    const ended = expectFailure(await mpirun(launcher, 3, command('out.xyz', 'log'), { env: { FATAL: fatal } }))
    expect(existsSync(path('log')), `the job ended before its first item:\n${ended.stderr}`).toBe(true)
    const before = lines('log')
    expectSuccess(await mpirun(launcher, 3, command('out.xyz', 'log')))
    expect(lines('log') - before).toBeLessThan(120)
    expectSuccess(await run(command('serial.xyz', 'serial'), { WFL_MPIPOOL: '' }))
    expect(readFileSync(path('out.xyz'), 'utf8')).toBe(readFileSync(path('serial.xyz'), 'utf8'))
  })
})
