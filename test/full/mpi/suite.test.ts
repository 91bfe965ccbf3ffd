import { expect, it } from 'vitest'
import { describeMpi, expectSuccess, fixture, jsonLines, mpirun } from './launch.js'

interface Case {
  title: string
  state: string
  errors: string[]
}

describeMpi('the cases that all backends share', (launcher) => {
  it.each([3, 5])('pass on %i ranks', async (ranks) => {
    const job = await mpirun(launcher, ranks, ['node', fixture('suite-main.mjs')], { limit: 240 })
    const cases = jsonLines<Case>(job)
    expect(cases.filter(({ state }) => state !== 'pass')).toEqual([])
    expect(cases.length).toBeGreaterThan(40)
    expectSuccess(job)
  })
})
