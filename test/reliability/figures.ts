/**
 * What the reliability tests did, how often, and what was lost, as the table in docs/reliability.md: written where
 * AUTOPARA_WRITE_FIGURES is set, as `npm run test:soak` does. Each form of the tests, quick and long, has its own column.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { soak } from './soak.js'

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url))
const BEGIN = '<!-- figures: written by npm run test:soak -->\n'
const END = '<!-- end of the figures -->\n'
const HEAD = '| what was done | quick form | long form |\n| --- | --- | --- |\n'

/** Puts a figure into the table, in the place of an earlier one for the same deed in the same form. */
export function recordFigure(deed: string, often: string, outcome: string): void {
  if (process.env['AUTOPARA_WRITE_FIGURES'] !== '1') return
  const text = readFileSync(page, 'utf8')
  const [before, rest] = text.split(BEGIN) as [string, string]
  const [section, after] = rest.split(END) as [string, string]
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !HEAD.includes(line))
    .map((line) => line.slice(2, -2).split(' | '))
  if (!rows.some(([known]) => known === deed)) rows.push([deed, '', ''])
  const row = rows.find(([known]) => known === deed) as string[]
  row[soak ? 2 : 1] = `${often}: ${outcome} (${today()})`
  const machine = `Written last with Node ${process.versions.node} on ${process.platform}, ${cpus().length} processors.\n`
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  writeFileSync(page, `${before}${BEGIN}${machine}\n${HEAD}${table}\n${END}${after}`)
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}
