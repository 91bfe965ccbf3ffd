// The pool beside its peers and controls:  npm run bench -- [options]
//
//     --only ROW,…       rows by id (noop integers small large start sleeping cpu crowd)
//     --candidates TEXT  only candidates whose name contains one of these, comma-separated
//     --rounds N         how often every candidate is measured, in turns (default 5)
//     --compare REV      this checkout beside another revision, without the peers
//     --json FILE        all measurements as JSON
//     --write            writes the tables into docs/performance.md
//     --python PATH      the Python with numpy (default /usr/bin/python3), or --no-python
//
// The peers are in bench/peers/package.json: `npm ci --prefix bench/peers` first.
import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadText, machineLine } from './harness/machine.mjs'
import { measureRow } from './harness/measure.mjs'
import { readOptions } from './harness/options.mjs'
import { writeSection } from './harness/page.mjs'
import { buildRevision } from './harness/revision.mjs'
import { asMarkdown, asText } from './harness/table.mjs'
import { ROWS } from './pool/rows.mjs'

const options = readOptions(import.meta.url, {
  only: { type: 'string' },
  candidates: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  compare: { type: 'string' },
  json: { type: 'string' },
  write: { type: 'boolean', default: false },
  python: { type: 'string', default: '/usr/bin/python3' },
  'no-python': { type: 'boolean', default: false },
})

const dist = new URL('../dist/lib/index.js', import.meta.url).href
const python = options['no-python'] || !existsSync(options.python) ? null : options.python
const rows = ROWS.filter((row) => options.only === undefined || options.only.split(',').includes(row.id))
if (rows.length === 0) stop(`no such row: ${options.only}; there are ${ROWS.map(({ id }) => id).join(', ')}`)
if (!(Number(options.rounds) >= 1)) stop(`--rounds must be a positive number, not ${options.rounds}`)

const other = options.compare === undefined ? undefined : buildRevision(options.compare)
try {
  const report = []
  console.log(machineLine())
  for (const row of rows.map(withCandidates)) {
    const loadBefore = loadText()
    const results = await measureRow(row, { rounds: Number(options.rounds), python, onTurn: showTurn })
    showTurn('')
    console.log(`${asText(row, results)}  load ${loadBefore} → ${loadText()}\n`)
    report.push({ row, results, load: [loadBefore, loadText()] })
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine: machineLine(), report }, null, 2)}\n`)
  if (options.write) writeTables(report)
} finally {
  other?.remove()
}

function stop(text) {
  console.error(text)
  process.exit(2)
}

/** The row with the candidates that this run measures. */
function withCandidates(row) {
  const wanted = options.candidates?.split(',')
  const candidates = row.candidates.flatMap((candidate) => {
    if (wanted && !wanted.some((text) => candidate.id.includes(text))) return []
    if (candidate.candidate !== 'autopara') return other ? [] : [candidate]
    const here = { ...candidate, settings: { ...candidate.settings, dist } }
    if (!other) return [here]
    const there = { ...candidate.settings, dist: other.url }
    return [here, { ...candidate, id: `${candidate.id} @ ${options.compare}`, settings: there }]
  })
  const judge = other
    ? row.candidates
        .filter(({ candidate }) => candidate === 'autopara')
        .map(({ id }) => ({ kind: 'comparison', of: id, against: [`${id} @ ${options.compare}`], times: 1 }))
    : row.judge
  return {
    ...row,
    candidates,
    judge: judge.filter(({ of }) => of === undefined || candidates.some(({ id }) => id === of)),
  }
}

function writeTables(report) {
  const intro = `Measured on ${machineLine()}; median of ${options.rounds} rounds. Written by \`npm run bench -- --write\`.`
  const tables = report.map(({ row, results, load }) => `${asMarkdown(row, results)}\nLoad ${load.join(' → ')}.\n`)
  writeSection(
    fileURLToPath(new URL('../docs/performance.md', import.meta.url)),
    'tables',
    [intro, '', ...tables].join('\n'),
  )
}

/** Says on the terminal what is being measured. */
function showTurn(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
