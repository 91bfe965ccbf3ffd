// How the run went: throughput, workers over time, times of items, where time was lost, failures.
import { axis, chart, legend, range, tooltipOf } from './charts.js'
import { element, formatCount, formatNumber, formatSeconds, formatShare, section, table } from './elements.js'

/** @import { RunData, WorkerLane } from '../report-data.js' */

/** @param {RunData} run */
export function runSections(run) {
  if (run.items === 0) return [...failureSections(run)]
  return [
    throughputSection(run),
    timelineSection(run),
    lostTimeSection(run),
    timesSection(run),
    ...failureSections(run),
  ]
}

/** @param {RunData} run */
function throughputSection({ rate, binSeconds, seconds }) {
  const points = rate.map((items, k) => [(k + 0.5) * binSeconds, items])
  const plot = chart('Throughput over time', 220, (theme) => ({
    xAxis: axis(theme, 'time, s', 'x', range(0, seconds, theme)),
    yAxis: axis(theme, 'configurations a second', 'y'),
    tooltip: tooltipOf(theme, 'axis', ([at]) => [
      formatSeconds(Number(at?.value[0])),
      `${formatNumber(Number(at?.value[1]), 3)} a second`,
    ]),
    series: [
      { type: 'line', data: points, showSymbol: false, lineStyle: { width: 1.5 }, areaStyle: { opacity: 0.15 } },
    ],
  }))
  plot.id = 'throughput'
  return section('Throughput', 'Each configuration counts over the time that it was worked on.', plot)
}

/** @param {RunData} run */
function timelineSection({ workers, events, moreEvents, binSeconds, seconds }) {
  const rows = workers.map(({ id }) => `worker ${id}`)
  const rowHeight = workers.length <= 16 ? 22 : 12
  const end = Math.max(seconds, binSeconds)
  const place = (/** @type {number} */ bin) => Math.min((bin + 0.5) * binSeconds, end)
  const cells = (/** @type {'busy' | 'starting'} */ kind, /** @type {string} */ color) =>
    workers.flatMap((worker, row) =>
      worker[kind].flatMap((share, bin) =>
        share > 0.005 ? [{ value: [place(bin), row, share], itemStyle: { color, opacity: 0.12 + 0.88 * share } }] : [],
      ),
    )
  const plot = chart('Timeline of the workers', 78 + rowHeight * workers.length, (theme, width) => {
    const cell = [((width - 96) * binSeconds) / end, rowHeight - 4]
    const squares = { type: 'scatter', symbol: 'rect', symbolSize: cell, emphasis: { disabled: true } }
    return {
      grid: { left: 78, right: 18, top: 30, bottom: 44 },
      legend: { ...legend(theme), left: 70 },
      xAxis: axis(theme, 'time, s', 'x', range(0, end, theme)),
      yAxis: axis(theme, '', 'y', {
        type: 'category',
        data: rows,
        inverse: true,
        splitLine: { show: false },
        axisLabel: { color: theme.text, fontSize: 11 },
      }),
      tooltip: tooltipOf(theme, 'item', ([at]) => timelineLines(at, binSeconds)),
      series: [
        { ...squares, name: 'computing', color: theme.good, data: cells('busy', theme.good) },
        { ...squares, name: 'starting', color: theme.warm, data: cells('starting', theme.warm) },
        {
          type: 'scatter',
          name: 'event',
          symbol: 'triangle',
          symbolSize: 9,
          color: theme.bad,
          data: events.map((event) => ({ value: [event.seconds, rowOf(workers, event.worker), event.text] })),
        },
      ],
    }
  })
  plot.id = 'timeline'
  const more = moreEvents > 0 ? ` ${formatCount(moreEvents)} later events are not shown.` : ''
  return section(
    'Workers over time',
    `The stronger the colour, the larger the share of the time that a worker computed. Triangles are deaths of workers and what was given to others.${more}`,
    plot,
  )
}

/**
 * @param {readonly WorkerLane[]} workers
 * @param {number} id
 */
function rowOf(workers, id) {
  return workers.findIndex((worker) => worker.id === id)
}

/**
 * @param {ChartPoint | undefined} at
 * @param {number} binSeconds
 */
function timelineLines(at, binSeconds) {
  const [time = 0, , share = 0] = at?.value ?? []
  if (at?.seriesName === 'event') return [at.name, `${share} at ${formatSeconds(Number(time))}`]
  const from = formatSeconds(Math.max(0, Number(time) - binSeconds / 2))
  const to = formatSeconds(Number(time) + binSeconds / 2)
  return [at?.name || `${from} to ${to}`, `${from} to ${to}: ${formatShare(Number(share))} ${at?.seriesName}`]
}

/** The times of workers, in the order in which they are stacked. */
const LOSSES = /** @type {const} */ ([
  ['busySeconds', 'computing'],
  ['startSeconds', 'starting'],
  ['waitSeconds', 'waiting'],
  ['tailSeconds', 'idle at the end'],
])

/** @param {RunData} run */
function lostTimeSection(run) {
  const { workers, seconds, parentSeconds } = run
  const total = (/** @type {typeof LOSSES[number][0]} */ key) => workers.reduce((sum, worker) => sum + worker[key], 0)
  const all = workers.length * seconds
  const shown = workers.length <= 24 && workers.length > 1 ? workers : []
  const rows = ['all workers', ...shown.map(({ id }) => `worker ${id}`)]
  const share = (/** @type {number} */ time, /** @type {number} */ of) => (of > 0 ? (100 * time) / of : 0)
  const plot = chart('Where the time went', 74 + 24 * rows.length, (theme) => ({
    grid: { left: 84, right: 24, top: 30, bottom: 42 },
    legend: { ...legend(theme), left: 76 },
    xAxis: axis(theme, '% of the run', 'x', { min: 0, max: 100 }),
    yAxis: axis(theme, '', 'y', {
      type: 'category',
      data: rows,
      inverse: true,
      splitLine: { show: false },
      axisLabel: { color: theme.text, fontSize: 11 },
    }),
    tooltip: {
      ...tooltipOf(theme, 'axis', (at) => [
        String(at[0]?.name),
        ...at.map(({ seriesName, value }) => `${seriesName}: ${Number(value).toFixed(1)} %`),
      ]),
      axisPointer: { type: 'shadow' },
    },
    series: LOSSES.map(([key, name], k) => ({
      type: 'bar',
      stack: 'time',
      name,
      barWidth: 14,
      color: [theme.good, theme.warm, theme.waiting, theme.tail][k],
      data: [share(total(key), all), ...shown.map((worker) => share(worker[key], seconds))],
    })),
  }))
  plot.id = 'lost-time'
  const lost = LOSSES.map(([key, name]) => `${formatShare(total(key) / all)} ${name}`).join(', ')
  const parent = `The process that led the run used ${formatShare(parentSeconds / seconds)} of one CPU.`
  return section(
    'Where the time went',
    `Of ${workers.length} × ${formatSeconds(seconds)}: ${lost}. Waiting is for input, for the writer, or for the wire. ${run.npool === 0 ? '' : parent}`,
    plot,
  )
}

/** @param {RunData} run */
function timesSection({ times: { edges, counts } }) {
  const between = (/** @type {number} */ k) => `${formatSeconds(edges[k] ?? 0)} to ${formatSeconds(edges[k + 1] ?? 0)}`
  const plot = chart('Times of configurations', 220, (theme) => ({
    xAxis: axis(theme, 'time of one configuration', 'x', {
      type: 'category',
      data: counts.map((_, k) => formatSeconds(edges[k] ?? 0)),
      axisLabel: { color: theme.text, fontSize: 11, hideOverlap: true },
    }),
    yAxis: axis(theme, 'configurations', 'y'),
    tooltip: {
      ...tooltipOf(theme, 'axis', ([at]) => [
        between(at?.dataIndex ?? 0),
        `${formatCount(Number(at?.value))} configurations`,
      ]),
      axisPointer: { type: 'shadow' },
    },
    series: [{ type: 'bar', data: counts, barCategoryGap: '8%' }],
  }))
  plot.id = 'times'
  return section(
    'Times of configurations',
    'What was reported together counts with its mean. The scale is logarithmic.',
    plot,
  )
}

/** @param {RunData} run */
function failureSections({ failures, moreFailures, error }) {
  const parts = []
  if (error !== null) parts.push(section('The run failed', '', element('p', { class: 'error' }, error)))
  if (failures.length === 0) return parts
  const count = failures.length + moreFailures
  /** @type {Map<string, number>} */
  const messages = new Map()
  for (const { message } of failures) messages.set(message, (messages.get(message) ?? 0) + 1)
  const rows = failures.map(({ index, location, file, message }) => [String(index), `${file}${location}`, message])
  const more = moreFailures > 0 ? ` ${formatCount(moreFailures)} more are not listed here.` : ''
  const kinds = [...messages].sort((a, b) => b[1] - a[1]).map(([message, count]) => [String(count), message])
  const list = element('details', failures.length <= 10 ? { open: '' } : {}, element('summary', {}, 'each of them'))
  list.append(table(['item', 'place', 'message'], rows, ['item']))
  const grouped = messages.size < failures.length ? [table(['times', 'message'], kinds, ['times'])] : []
  return [
    ...parts,
    section(
      'Failures',
      `${formatCount(count)} configuration${count === 1 ? '' : 's'} failed.${more}`,
      ...grouped,
      list,
    ),
  ]
}
