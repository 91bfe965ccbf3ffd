// Puts the page together from its data.
import { convergenceSections, distributionSection, dynamicsSections } from './configuration-charts.js'
import { element, formatCount, formatNumber, formatSeconds, formatShare, section, table, tile } from './elements.js'
import { runSections } from './run-charts.js'
import { viewerSection } from './viewer.js'

/** @import { ReportData, RunData } from '../report-data.js' */

/** @type {ReportData} */
const report = JSON.parse(document.getElementById('data')?.textContent ?? '')
const { title, made, facts, notes, run, distributions, convergence, dynamics, views } = report
document.title = `${title} – autopara report`

document
  .getElementById('page')
  ?.append(
    element(
      'header',
      {},
      element('h1', {}, title),
      element('p', { class: 'explanation' }, `autopara report of ${new Date(made).toLocaleString('en-GB')}`),
    ),
    ...(run ? [summary(run)] : []),
    ...notes.map((note) => element('p', { class: 'note' }, note)),
    section('What ran', '', table(['', ''], facts)),
    ...(run ? runSections(run) : []),
    ...distributions.map(distributionSection),
    ...(convergence ? convergenceSections(convergence) : []),
    ...(dynamics ? dynamicsSections(dynamics) : []),
    ...(views.length > 0 ? [viewerSection(views)] : []),
  )

/** @param {RunData} run */
function summary({ error, items, configs, failed, seconds, workers }) {
  const busy = workers.reduce((sum, worker) => sum + worker.busySeconds, 0)
  return element(
    'div',
    { class: 'tiles' },
    tile(error === null ? 'done' : 'failed', 'the run', error === null ? 'good' : 'bad'),
    tile(formatCount(items), 'items'),
    tile(formatCount(configs), 'configurations written'),
    tile(formatCount(failed), 'failed', failed > 0 ? 'bad' : ''),
    tile(formatSeconds(seconds), 'in all'),
    tile(formatNumber(items / seconds, 3), 'items a second'),
    tile(
      formatShare(busy / (workers.length * seconds || 1)),
      `of ${workers.length} worker${workers.length === 1 ? '' : 's'} used`,
    ),
  )
}
