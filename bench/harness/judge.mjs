// Holds a row's results to its bars and aims.
import { median } from './statistics.mjs'

/**
 * The verdicts of a row: `{ kind, text, value, met }`. Ratios are taken round by round, so that only measurements of the
 * same minute meet, and the median of the rounds counts.
 */
export function judgeRow(row, results) {
  return row.judge.flatMap((judgement) => {
    const of = results[judgement.of ?? row.candidates[0].id]
    const mine = judgement.cpu ? of.cpus : of.values
    if (mine.length === 0) return []
    const verdict = judgement.against ? compare(row, judgement, mine, results) : check(row, judgement, mine)
    return verdict === undefined ? [] : [{ kind: judgement.kind, of: judgement.of, ...verdict }]
  })
}

function compare(row, { against, what: named, times, cpu }, mine, results) {
  const others = against
    .map((id) => (cpu ? results[id]?.cpus : results[id]?.values))
    .filter((values) => values?.length === mine.length)
  if (others.length === 0) return undefined
  const lower = cpu || row.better === 'lower'
  const ratios = mine.map((value, round) => {
    const theirs = others.map((values) => values[round])
    return lower ? Math.min(...theirs) / value : value / Math.max(...theirs)
  })
  const value = median(ratios)
  const what = named ?? (against.length > 1 ? 'the best Node process pool' : against[0])
  const asked =
    times >= 1
      ? `${round2(times)} × ${what}`
      : `at most ${round2(1 / times)} × the ${row.noun ?? (lower ? 'time' : 'figure')} of ${what}`
  return { text: `${asked}${cpu ? ", in the parent's CPU" : ''}`, value: `${round2(value)} ×`, met: value >= times }
}

function check(row, { least, most }, mine) {
  const value = median(mine)
  return least === undefined
    ? { text: `≤ ${most} ${row.unit}`, value: round2(value), met: value <= most }
    : { text: `≥ ${least} ${row.unit}`, value: round2(value), met: value >= least }
}

function round2(value) {
  return String(Number(value.toPrecision(3)))
}
