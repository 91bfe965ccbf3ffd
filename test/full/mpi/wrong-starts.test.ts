import { expect, it } from 'vitest'
import { describeMpi, expectFailure, fixture, type JobEnd, mpirun, run } from './launch.js'

const script = ['node', fixture('wrong-starts.mjs')]

/** How often the job says so. */
function times(job: JobEnd, text: string): number {
  return job.stderr.split(text).length - 1
}

describeMpi('a wrong start', (launcher) => {
  it('without init() ends every rank, and one says why', async () => {
    const job = expectFailure(await mpirun(launcher, 3, [...script, 'no-init']))
    expect(times(job, 'MpiError: WFL_MPIPOOL is set, but init() of autopara/mpi was not called')).toBe(1)
  })

  it('with a rank that never gets to init() ends the job, with the reason', async () => {
    const job = expectFailure(await mpirun(launcher, 3, [...script, 'some-init']))
    expect(job.stderr).toMatch(/rank \d on \S+: not all ranks called init\(\) within 8 s/)
  })

  it('with a rank that ends without init() ends the job', async () => {
    expectFailure(await mpirun(launcher, 3, [...script, 'some-leave']))
  })

  it('with init() called twice is an error of rank 0', async () => {
    const job = expectFailure(await mpirun(launcher, 3, [...script, 'twice']))
    expect(job.code).toBe(1)
    expect(times(job, 'init() was called twice')).toBe(1)
    expect(job.stderr).toContain('rank 0 on ')
  })

  it('with a function that no rank can find is an error that names it', async () => {
    const job = expectFailure(await mpirun(launcher, 3, [...script, 'no-function']))
    expect(job.code).toBe(1)
    expect(times(job, 'TaskFunctionError')).toBe(1)
    expect(job.stderr).toMatch(/has no export absent/)
    expect(job.stderr).toMatch(/rank: [12]/)
  })

  it('with one rank says how to start', async () => {
    const job = expectFailure(await mpirun(launcher, 1, [...script, 'fine']))
    expect(job.code).toBe(1)
    expect(job.stderr).toContain('WFL_MPIPOOL=1 mpirun -np 4 node script.js')
  })

  it('with the library of another family is an error of one rank', async () => {
    const other = launcher === 'openmpi' ? 'libmpich.so.12' : 'libmpi.so.40'
    const job = expectFailure(await mpirun(launcher, 3, [...script, 'fine'], { env: { AUTOPARA_LIBMPI: other } }))
    expect(times(job, 'MpiError: ')).toBe(1)
    expect(job.stderr).toContain('not of the same MPI as the launcher')
  })

  it('with something that is no MPI library, or no library, names it', async () => {
    for (const [file, text] of [
      ['libm.so.6', 'libm.so.6 is no MPI library'],
      ['absent.so', "can't load absent.so"],
    ] as const) {
      const job = expectFailure(await mpirun(launcher, 2, [...script, 'fine'], { env: { AUTOPARA_LIBMPI: file } }))
      expect(job.stderr).toContain(text)
    }
  })

  it.runIf(launcher === 'mpich')(
    'through npx, which closes a descriptor of the launcher, says what to do',
    async () => {
      const job = expectFailure(
        await mpirun(launcher, 2, ['npx', 'autopara', 'calculate', 'in.xyz', '--calculator', 'EMT', '-o', 'out.xyz']),
      )
      expect(job.stderr).toContain('add the option -pmi-port to mpirun')
    },
  )

  it('without a launcher says how to start, and without WFL_MPIPOOL nothing is wrong', async () => {
    const alone = await run([...script, 'fine'], { WFL_MPIPOOL: '1' })
    expect(alone.code).toBe(1)
    expect(alone.stderr).toContain('MpiError: WFL_MPIPOOL is set, but no MPI launcher started this process')
    const plain = await run([...script, 'fine'], { WFL_MPIPOOL: '' })
    expect(plain).toMatchObject({ code: 0, stderr: '' })
  })
})
