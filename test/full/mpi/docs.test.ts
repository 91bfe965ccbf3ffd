import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { describeMpi, expectSuccess, run } from './launch.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const page = readFileSync(join(root, 'docs', 'mpi.md'), 'utf8')
/** Inside the project, so that the examples find the package by its name. */
const folder = mkdtempSync(join(root, '.docs-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Writes the fenced block with the line `file: NAME` to a file of that name. */
function writeBlock(name: string): void {
  const blocks = [...page.matchAll(/```\w+\n([\s\S]*?)```/g)].map(([, text = '']) => text)
  const block = blocks.find((text) => new RegExp(`^(//|#) file: ${name}$`, 'm').test(text))
  if (block === undefined) throw new Error(`docs/mpi.md has no block ${name}`)
  writeFileSync(join(folder, name), block)
}

// The scripts for Slurm are run by test/slurm/run.sh.
describeMpi('the worked example of docs/mpi.md', (launcher) => {
  it('runs alone and under mpirun, as its shell script says', async () => {
    for (const name of ['energies.mjs', 'try.sh']) writeBlock(name)
    const bin = join(folder, launcher)
    mkdirSync(bin)
    writeFileSync(join(bin, 'mpirun'), `#!/bin/sh\nexec mpirun.${launcher} "$@"\n`)
    chmodSync(join(bin, 'mpirun'), 0o755)
    const env = {
      PATH: `${bin}:${process.env['PATH']}`,
      OMPI_ALLOW_RUN_AS_ROOT: '1',
      OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
      OMPI_MCA_rmaps_base_oversubscribe: '1',
    }
    const job = expectSuccess(await run(['timeout', '200', 'sh', '-e', 'try.sh'], env, folder))
    expect(job.stdout).toBe('240 configurations\n240 configurations\n')
    rmSync(join(folder, 'energies.xyz'))
  })
})
