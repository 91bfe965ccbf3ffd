// The results as text for a terminal, and as Markdown.
import { judgeRow } from './judge.mjs'
import { summary } from './statistics.mjs'

/** One row's results, as lines of cells: candidate, median, best, spread, parent's CPU. */
export function cellsOf(row, results) {
  return Object.entries(results).map(([id, { values, cpus, error }]) => {
    if (values.length === 0) return [id, `failed: ${error}`, '', '', '']
    const { median, best, spread } = summary(values, row.better)
    const cpu = cpus.length > 0 ? figure(summary(cpus, 'lower').median) : ''
    return [id, figure(median), figure(best), `${Math.round(spread * 100)} %`, cpu]
  })
}

/** For the terminal. */
export function asText(row, results) {
  const head = ['', row.unit, 'best', 'spread', "parent's CPU, µs"]
  const lines = [head, ...cellsOf(row, results)].map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(26) : cell.padStart(i === 1 ? 26 : 12))).join(''),
  )
  const verdicts = judgeRow(row, results).map(
    ({ kind, of, text, value, met }) =>
      `  ${met ? 'met   ' : 'MISSED'} ${kind} ${of ? `(${of}) ` : ''}${text}: ${value}`,
  )
  return [row.title, ...lines, ...verdicts, ''].join('\n')
}

/** For the documentation. */
export function asMarkdown(row, results) {
  const head = `| ${row.title} | ${row.unit} | best | spread | parent's CPU, µs |`
  const lines = cellsOf(row, results).map((cells) => `| ${cells.join(' | ')} |`)
  const verdicts = judgeRow(row, results).map(
    ({ kind, of, text, value, met }) =>
      `- ${kind}${of ? ` (${of})` : ''}: ${text} → ${value}, ${met ? 'met' : '**missed**'}`,
  )
  return [head, '| --- | --: | --: | --: | --: |', ...lines, '', ...verdicts, ''].join('\n')
}

/** Three significant digits. */
export function figure(value) {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}
