// Charts that follow the width of the page and its colours, light or dark.
import { element, formatNumber, tooltip } from './elements.js'

/** @typedef {{ text: string, faint: string, line: string, surface: string, colors: string[], good: string, warm: string, bad: string, waiting: string, tail: string }} Theme */
/** @typedef {(theme: Theme, width: number) => Record<string, unknown>} OptionOf */

/** @type {{ draw: () => void }[]} */
const charts = []
const dark = matchMedia('(prefers-color-scheme: dark)')
dark.addEventListener('change', () => {
  for (const chart of charts) chart.draw()
})

/** The colours of the present scheme, which the style sheet names. */
export function theme() {
  const style = getComputedStyle(document.documentElement)
  const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim()
  return {
    text: color('--text'),
    faint: color('--faint'),
    line: color('--line'),
    surface: color('--surface'),
    colors: ['--c1', '--c2', '--c3', '--c4', '--c5', '--c6'].map(color),
    good: color('--c1'),
    warm: color('--c2'),
    bad: color('--bad'),
    waiting: color('--waiting'),
    tail: color('--tail'),
  }
}

/**
 * Draws when the scheme changes.
 * @param {() => void} draw
 */
export function onThemeChange(draw) {
  charts.push({ draw })
}

/**
 * A chart; `optionOf` gives what echarts draws, for the present colours and width.
 * @param {string} name what it shows, for who can't see it
 * @param {number} height px
 * @param {OptionOf} optionOf
 */
export function chart(name, height, optionOf) {
  const host = element('div', { class: 'chart', role: 'img', 'aria-label': name, style: `height: ${height}px` })
  /** @type {EChart | undefined} */
  let drawn
  const draw = () => {
    if (host.clientWidth === 0) return
    drawn ??= echarts.init(host)
    drawn.resize()
    const colors = theme()
    drawn.setOption({ ...baseOption(colors), ...optionOf(colors, host.clientWidth) }, true)
  }
  new ResizeObserver(draw).observe(host)
  charts.push({ draw })
  return host
}

/** @param {Theme} colors */
function baseOption({ text, surface, line, colors }) {
  return {
    animation: false,
    color: colors,
    textStyle: { color: text, fontFamily: 'system-ui, sans-serif' },
    grid: { left: 62, right: 18, top: 34, bottom: 44 },
    tooltip: tooltipOption(surface, line, text),
  }
}

/**
 * @param {string} surface
 * @param {string} line
 * @param {string} text
 */
function tooltipOption(surface, line, text) {
  return {
    trigger: 'axis',
    confine: true,
    backgroundColor: surface,
    borderColor: line,
    textStyle: { color: text, fontSize: 12 },
  }
}

/**
 * The tooltip of a chart: the lines that `linesOf` makes of what echarts tells of the place.
 * @param {Theme} theme
 * @param {'axis' | 'item'} trigger
 * @param {(at: ChartPoint[]) => string[]} linesOf
 */
export function tooltipOf({ surface, line, text }, trigger, linesOf) {
  return {
    ...tooltipOption(surface, line, text),
    trigger,
    formatter: (/** @type {ChartPoint | ChartPoint[]} */ at) => tooltip(linesOf(Array.isArray(at) ? at : [at])),
  }
}

/**
 * An axis of numbers.
 * @param {Theme} theme
 * @param {string} name
 * @param {'x' | 'y'} which
 * @param {Record<string, unknown>} more
 */
export function axis({ text, faint, line }, name, which, more = {}) {
  return {
    type: 'value',
    name,
    nameLocation: which === 'x' ? 'middle' : 'end',
    nameGap: which === 'x' ? 26 : 12,
    nameTextStyle: { color: faint, fontSize: 12, align: which === 'x' ? 'center' : 'left' },
    axisLine: { show: which === 'x', onZero: false, lineStyle: { color: line } },
    axisTick: { show: which === 'x', lineStyle: { color: line } },
    splitLine: { show: which === 'y', lineStyle: { color: line, width: 1 } },
    axisLabel: { color: text, fontSize: 11, hideOverlap: true, formatter: axisText },
    ...more,
  }
}

/**
 * A range whose ends are no round numbers, and have no labels.
 * @param {number | string | undefined} min
 * @param {number | string | undefined} max
 * @param {Theme} theme
 */
export function range(min, max, { text }) {
  const axisLabel = { color: text, fontSize: 11, hideOverlap: true, showMaxLabel: false, formatter: axisText }
  return { min, max, axisLabel: { ...axisLabel, showMinLabel: min === 0 } }
}

/** @param {number} value */
function axisText(value) {
  return formatNumber(value, 6)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}

/**
 * The names of several series, above the plot.
 * @param {Theme} theme
 */
export function legend({ text, faint }) {
  return {
    type: 'scroll',
    top: 0,
    right: 10,
    left: 130,
    icon: 'roundRect',
    itemWidth: 12,
    itemHeight: 12,
    textStyle: { color: text, fontSize: 12 },
    pageTextStyle: { color: faint },
    pageIconColor: text,
    pageIconInactiveColor: faint,
  }
}
