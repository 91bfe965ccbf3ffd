// The configurations: distributions of energies and forces, relaxations, molecular dynamics.
import { axis, chart, legend, range, tooltipOf } from './charts.js'
import { element, formatCount, formatNumber, section, table, tile } from './elements.js'

/** @import { Convergence, Curve, Distribution, Dynamics, Histogram } from '../report-data.js' */

/** @param {Distribution} distribution */
export function distributionSection({ quantity, unit, edges, series }) {
  const middle = edges.slice(1).map((edge, k) => (edge + (edges[k] ?? 0)) / 2)
  const plot = chart(`Distribution of the ${quantity}`, 260, (theme, width) => ({
    legend: legend(theme),
    xAxis: axis(theme, `${quantity}, ${unit}`, 'x', range(edges[0], edges.at(-1), theme)),
    yAxis: axis(theme, 'values', 'y'),
    tooltip: tooltipOf(theme, 'axis', (at) => [
      `${formatNumber(Number(at[0]?.value[0]), 6)} ${unit}`,
      ...at.map(({ seriesName, value }) => `${seriesName}: ${formatCount(Number(value[1]))}`),
    ]),
    series: series.map(({ name, counts }) => ({
      type: 'bar',
      name,
      barGap: '-100%',
      barWidth: Math.max(1, (width - 80) / counts.length),
      itemStyle: { opacity: series.length > 1 ? 0.55 : 0.85 },
      data: counts.map((count, k) => [middle[k], count]),
    })),
  }))
  plot.id = quantity.startsWith('energy') ? 'energies' : 'forces'
  const numeric = ['values', 'mean', 'std. deviation', 'least', 'greatest', 'outside of the plot']
  const rows = series.map(({ name, values, mean, deviation, min, max, outside }) => [
    name,
    formatCount(values),
    ...[mean, deviation, min, max].map((value) => formatNumber(value, 6)),
    formatCount(outside),
  ])
  const title = `${quantity[0]?.toUpperCase()}${quantity.slice(1)}`
  return section(title, '', plot, table([`key (${unit})`, ...numeric], rows, numeric))
}

/** @param {Convergence} convergence */
export function convergenceSections({ converged, unconverged, steps, curves }) {
  const ends = element(
    'div',
    { class: 'tiles' },
    tile(formatCount(converged), 'converged'),
    tile(formatCount(unconverged), 'not converged', unconverged > 0 ? 'bad' : ''),
  )
  const plots = curves.length > 0 ? [pair(forceCurves(curves), energyCurves(curves))] : []
  const lengths = steps ? [stepsChart(steps)] : []
  return [section('Relaxations', 'Among the sampled final configurations.', ends, ...plots, ...lengths)]
}

/** @param {Dynamics} dynamics */
export function dynamicsSections({ curves }) {
  if (curves.length === 0) return []
  const plots = pair(
    curvesChart('temperature', curves, 'first', 'time, fs', 'temperature, K', 'K'),
    curvesChart(
      'total-energy',
      curves,
      'second',
      'time, fs',
      'change of the total energy, meV per atom',
      'meV per atom',
    ),
  )
  return [section('Molecular dynamics', 'Some trajectories; the total energy is potential plus kinetic.', plots)]
}

/** @param {readonly Curve[]} curves */
function forceCurves(curves) {
  return curvesChart('longest-force', curves, 'first', 'step', 'longest force, eV/Å', 'eV/Å', true)
}

/** @param {readonly Curve[]} curves */
function energyCurves(curves) {
  return curvesChart(
    'energy-above-last',
    curves,
    'second',
    'step',
    'energy above the last one, meV per atom',
    'meV per atom',
  )
}

/**
 * @param {string} id
 * @param {readonly Curve[]} curves
 * @param {'first' | 'second'} which
 * @param {string} xName
 * @param {string} yName
 * @param {string} unit
 * @param {boolean} logarithmic
 */
function curvesChart(id, curves, which, xName, yName, unit, logarithmic = false) {
  const drawable = (/** @type {number | null | undefined} */ value) =>
    logarithmic && !(Number(value) > 0) ? null : value
  const plot = chart(yName, 300, (theme) => ({
    grid: { left: 66, right: 18, top: 34, bottom: 68 },
    legend: { ...legend(theme), top: 278, left: 10 },
    xAxis: axis(theme, xName, 'x', range('dataMin', 'dataMax', theme)),
    yAxis: axis(theme, yName, 'y', logarithmic ? { type: 'log' } : { scale: true }),
    tooltip: tooltipOf(theme, 'axis', (at) => [
      `${xName.replace(/, (.*)/, '')} ${formatNumber(Number(at[0]?.value[0]), 5)}${xName.replace(/^[^,]*(, )?/, ' ')}`,
      ...at.map(
        ({ seriesName, value }) =>
          `${seriesName}: ${formatNumber(value[1] === null ? null : Number(value[1]))} ${unit}`,
      ),
    ]),
    series: curves.map((curve) => ({
      type: 'line',
      name: curve.name,
      showSymbol: curve.x.length < 30,
      symbolSize: 4,
      lineStyle: { width: 1.5 },
      data: curve.x.map((x, k) => [x, drawable(curve[which][k])]),
    })),
  }))
  plot.id = id
  return plot
}

/** @param {Histogram} steps */
function stepsChart({ edges, counts }) {
  const between = (/** @type {number} */ k) => {
    const [from, to] = [Math.ceil(edges[k] ?? 0), Math.ceil(edges[k + 1] ?? 0) - 1]
    return from === to ? String(from) : `${from}–${to}`
  }
  const plot = chart('Steps to the end', 200, (theme) => ({
    xAxis: axis(theme, 'steps to the end', 'x', {
      type: 'category',
      data: counts.map((_, k) => between(k)),
      axisLabel: { color: theme.text, fontSize: 11, hideOverlap: true },
    }),
    yAxis: axis(theme, 'relaxations', 'y', { minInterval: 1 }),
    tooltip: {
      ...tooltipOf(theme, 'axis', ([at]) => [`${at?.name} steps`, `${formatCount(Number(at?.value))} relaxations`]),
      axisPointer: { type: 'shadow' },
    },
    series: [{ type: 'bar', data: counts, barCategoryGap: '8%' }],
  }))
  plot.id = 'steps'
  return plot
}

/** @param {HTMLElement[]} plots */
function pair(...plots) {
  return element('div', { class: 'pair' }, ...plots)
}
