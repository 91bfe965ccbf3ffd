// Elements of the page. Whatever comes from files is put on it as text, never as HTML.

/**
 * An element with attributes and children; a string among the children is text.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/**
 * A part of the page with a title and perhaps a sentence on what is to be seen.
 * @param {string} title
 * @param {string} explanation
 * @param {(Node | string)[]} children
 */
export function section(title, explanation, ...children) {
  const head = explanation === '' ? [] : [element('p', { class: 'explanation' }, explanation)]
  return element('section', {}, element('h2', {}, title), ...head, ...children)
}

/**
 * A table; cells of columns named in `numeric` stand to the right.
 * @param {readonly string[]} headings
 * @param {readonly (readonly string[])[]} rows
 * @param {readonly string[]} numeric
 */
export function table(headings, rows, numeric = []) {
  const classOf = (/** @type {number} */ k) => (numeric.includes(headings[k] ?? '') ? { class: 'number' } : {})
  const cells = (/** @type {'th' | 'td'} */ tag, /** @type {readonly string[]} */ texts) =>
    element('tr', {}, ...texts.map((text, k) => element(tag, /** @type {Record<string, string>} */ (classOf(k)), text)))
  const body = element('tbody', {}, ...rows.map((row) => cells('td', row)))
  return element('div', { class: 'scroll' }, element('table', {}, element('thead', {}, cells('th', headings)), body))
}

/**
 * A figure with what it counts below it.
 * @param {string} figure
 * @param {string} what
 * @param {string} tone
 */
export function tile(figure, what, tone = '') {
  return element(
    'div',
    { class: `tile ${tone}` },
    element('div', { class: 'figure' }, figure),
    element('div', { class: 'what' }, what),
  )
}

/**
 * Lines of a tooltip, the first one bold.
 * @param {readonly string[]} lines
 */
export function tooltip(lines) {
  return element('div', {}, ...lines.map((line, k) => element(k === 0 ? 'b' : 'div', {}, line)))
}

/**
 * A number with so many significant digits, without an exponent where that is readable.
 * @param {number | null | undefined} value
 * @param {number} digits
 */
export function formatNumber(value, digits = 4) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e7 || size < 1e-4) return value.toExponential(Math.max(0, digits - 1)).replace('e+', 'e')
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)))
  return formatCount(Number(value.toFixed(decimals)), decimals)
}

/**
 * A number with thin spaces between thousands.
 * @param {number} value
 * @param {number} decimals at most
 */
export function formatCount(value, decimals = 0) {
  return value.toLocaleString('en-US', { maximumFractionDigits: decimals }).replaceAll(',', '\u202f').replace('-', '−')
}

/**
 * A time in the unit that suits it.
 * @param {number} seconds
 */
export function formatSeconds(seconds) {
  if (seconds >= 7200) return `${formatNumber(seconds / 3600, 3)} h`
  if (seconds >= 120) return `${formatNumber(seconds / 60, 3)} min`
  if (seconds >= 1 || seconds === 0) return `${formatNumber(seconds, 3)} s`
  return seconds >= 1e-3 ? `${formatNumber(1e3 * seconds, 3)} ms` : `${formatNumber(1e6 * seconds, 3)} µs`
}

/**
 * A share as per cent.
 * @param {number} share
 */
export function formatShare(share) {
  const percent = 100 * share
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`
}
