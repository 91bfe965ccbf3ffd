// A run that is broken off goes on where it stopped. Here the first run is ended by a signal half-way; a killed process, a
// time limit of a batch job or Ctrl-C come to the same.   node resume.mjs IN OUT
import { ConfigSetIn, ConfigSetOut, calculate, EMT } from 'autopara'

const [inputFiles, outputFiles] = process.argv.slice(2)

/** The same call each time: `resume` keeps a journal beside the unfinished output, and reads it. */
async function run(stopAfter = Number.POSITIVE_INFINITY) {
  let computed = 0
  const controller = new AbortController()
  const progress = {
    update({ done }) {
      computed = done
      if (done >= stopAfter) controller.abort()
    },
  }
  const outputs = new ConfigSetOut({ outputFiles, resume: true })
  const params = { calculator: [EMT, []], properties: ['energy', 'forces'] }
  const options = { npool: 2, chunksize: 5, progress, signal: controller.signal }
  try {
    const results = await calculate(new ConfigSetIn({ inputFiles }), outputs, params, options)
    console.log(`complete: ${await results.count()} configurations`)
  } catch (error) {
    console.log(`broken off: ${error.name}`)
  }
  return computed
}

const first = await run(50)
const second = await run()
console.log(`${first + second} results were written in the two runs`)
