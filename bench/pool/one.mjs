// One measurement in a process of its own: `node one.mjs JSON`, where JSON = { job, candidate, settings }. Prints one line.
import * as jobs from './jobs.mjs'

const { job, candidate, settings } = JSON.parse(process.argv[2])
const { open } = await import(`../peers/${candidate}.mjs`)
const result = await new Map(Object.entries(jobs)).get(job)(open, settings)
console.log(JSON.stringify(result))
process.exit()
