/**
 * What the reliability tests did, how often, and what was lost, as the table in docs/reliability.md: written where
 * AUTOPARA_WRITE_FIGURES is set, that is by `npm run test:soak`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url))
const BEGIN = '<!-- figures: written by npm run test:soak -->\n'
const END = '<!-- end of the figures -->\n'
const HEAD = '| what was done | how often | outcome |\n| --- | --- | --- |\n'

/** Puts a row into the table, in the place of an earlier one for the same deed. */
export function recordFigure(deed: string, often: string, outcome: string): void {
  if (process.env['AUTOPARA_WRITE_FIGURES'] !== '1') return
  const text = readFileSync(page, 'utf8')
  const [before, rest] = text.split(BEGIN) as [string, string]
  const [section, after] = rest.split(END) as [string, string]
  const rows = section.split('\n').filter((line) => line.startsWith('| ') && !HEAD.includes(line))
  const row = `| ${deed} | ${often} | ${outcome} |`
  const place = rows.findIndex((line) => line.startsWith(`| ${deed} |`))
  if (place === -1) rows.push(row)
  else rows[place] = row
  const machine = `Node ${process.versions.node}, ${process.platform}, ${cpus().length} processors, ${today()}.\n`
  writeFileSync(page, `${before}${BEGIN}${machine}\n${HEAD}${rows.join('\n')}\n${END}${after}`)
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}
