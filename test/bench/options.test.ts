/** The command line of the benchmark programs. */
import { describe, expect, it } from 'vitest'
import { runNode } from '../run-script.js'

const programs = ['run', 'mpi/run', 'iterable-loop/run', 'extxyz/run', 'kernels/descriptors', 'kernels/potentials']

describe.each(programs)('bench/%s.mjs', (name) => {
  const program = `bench/${name}.mjs`

  it('prints its options for --help', async () => {
    const { code, stdout, stderr } = await runNode([program, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('--rounds')
  })

  it('prints them beside an option that it does not have', async () => {
    const { code, stdout, stderr } = await runNode([program, '--nope'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^Unknown option '--nope'.*--rounds/s)
  })
})
