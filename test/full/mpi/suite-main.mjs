// Runs the shared cases of test/backends/suite.ts on the ranks of an MPI job, within rank 0: vitest's own workers are no
// ranks. Prints one line of JSON per case.
import { register } from 'tsx/esm/api'
import { init } from 'autopara/mpi'

await init()
register()
const { startTests } = await import('@vitest/runner')
const file = new URL('suite-cases.ts', import.meta.url).pathname

const runner = {
  config: {
    root: process.cwd(),
    setupFiles: [],
    passWithNoTests: false,
    sequence: { shuffle: false, concurrent: false, seed: 0, hooks: 'stack', setupFiles: 'list' },
    maxConcurrency: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    includeTaskLocation: false,
    diffOptions: {},
    tags: [],
  },
  importFile: (path) => import(path),
  onAfterRunTask(test) {
    const { state, errors = [] } = test.result
    console.log(JSON.stringify({ title: titleOf(test), state, errors: errors.map((error) => error.stack ?? error.message) }))
  },
}

function titleOf({ suite, name }) {
  return suite === undefined ? name : `${titleOf(suite)} > ${name}`
}

await startTests([{ filepath: file, testLocations: undefined }], runner)
process.exit(0)
