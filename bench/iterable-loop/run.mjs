// The loop, file → file, beside Python's ASE + multiprocessing.Pool and GNU parallel:  npm run bench:iterable-loop -- [options]
//
//     --only ROW,…       rows by id (noop-8 noop-64 parent-8 parent-64 emt uniform lognormal parallel memory)
//     --rounds N         how often every candidate is measured, in turns (default 5; the long rows fewer times)
//     --gigabytes N      how large the file of the row memory is (default 2)
//     --json FILE        all measurements as JSON
//     --write            writes the tables into docs/iterable-loop.md
//     --python PATH      the Python with ASE (default /usr/bin/python3), or --no-python
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadText, machineLine } from '../harness/machine.mjs'
import { readOptions } from '../harness/options.mjs'
import { writeSection } from '../harness/page.mjs'
import { asMarkdown, asText } from '../harness/table.mjs'
import { inputsIn } from './inputs.mjs'
import { hasParallel, measurementsIn } from './measurements.mjs'
import { rowsOf } from './rows.mjs'

const options = readOptions(import.meta.url, {
  only: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  gigabytes: { type: 'string', default: '2' },
  json: { type: 'string' },
  write: { type: 'boolean', default: false },
  python: { type: 'string', default: '/usr/bin/python3' },
  'no-python': { type: 'boolean', default: false },
})

const folder = mkdtempSync(join(tmpdir(), 'autopara-bench-'))
const withPython = !options['no-python'] && existsSync(options.python)
try {
  const measure = measurementsIn(folder, options.python)
  const all = rowsOf({ measure, inputs: inputsIn(folder), gigabytes: Number(options.gigabytes) })
  const rows = all.filter((row) => options.only === undefined || options.only.split(',').includes(row.id))
  if (rows.length === 0)
    throw new Error(`no such row: ${options.only}; there are ${all.map(({ id }) => id).join(', ')}`)
  console.log(machineLine())
  const report = []
  for (const row of rows) {
    if (row.needsParallel && !hasParallel()) {
      console.log(`${row.title}: GNU parallel is not installed\n`)
      continue
    }
    const load = [loadText()]
    const results = await resultsOf(row)
    load.push(loadText())
    console.log(`${asText(row, results)}  load ${load.join(' → ')}\n`)
    report.push({ row, results, load })
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine: machineLine(), report }, null, 2)}\n`)
  if (options.write) writeTables(report)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Measures the candidates of a row in turns. */
async function resultsOf(row) {
  const candidates = row.candidates.filter(({ python }) => !python || withPython)
  const results = Object.fromEntries(candidates.map(({ id }) => [id, { values: [], cpus: [] }]))
  const rounds = Math.min(row.rounds ?? Number.POSITIVE_INFINITY, Number(options.rounds))
  for (let round = 0; round < rounds; round++) {
    for (const { id, run } of candidates) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${row.id} ${round + 1}/${rounds} ${id}`)
      const { value, cpu } = await run()
      results[id].values.push(value)
      if (cpu !== undefined) results[id].cpus.push(cpu)
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return results
}

function writeTables(report) {
  const intro = `Measured on ${machineLine()}; median of ${options.rounds} rounds, fewer of the long rows. Written by \`npm run bench:iterable-loop -- --write\`.`
  const tables = report.map(({ row, results, load }) => `${asMarkdown(row, results)}\nLoad ${load.join(' → ')}.\n`)
  writeSection(
    fileURLToPath(new URL('../../docs/iterable-loop.md', import.meta.url)),
    'loop-tables',
    [intro, '', ...tables].join('\n'),
  )
}
