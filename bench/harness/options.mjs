// The options of a benchmark program: `--help` prints the comment at its head, a wrong one says so and ends it.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** The options of the program at `url`, as `parseArgs` takes them. */
export function readOptions(url, options) {
  try {
    const { values } = parseArgs({ options: { ...options, help: { type: 'boolean', short: 'h' } } })
    if (!values.help) return values
    console.log(headComment(url))
    process.exit()
  } catch (error) {
    console.error(`${error.message}\n\n${headComment(url)}`)
    process.exit(2)
  }
}

function headComment(url) {
  const lines = readFileSync(fileURLToPath(url), 'utf8').split('\n')
  const end = lines.findIndex((line) => !line.startsWith('//'))
  return lines
    .slice(0, end)
    .map((line) => line.slice(3))
    .join('\n')
}
