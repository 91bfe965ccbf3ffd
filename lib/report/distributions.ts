/** Energies per atom and lengths of forces of sampled configurations, as histograms over common bins. */
import type { ConfigurationFacts } from './configuration-facts.js'
import { countInto, equalEdges, quantile } from './histogram.js'
import type { Distribution, DistributionSeries } from './report-data.js'
import type { Sample } from './sample.js'

const BINS = 60
/** How many series a plot has at most. */
const SERIES = 6
/** The share of values at either end that may lie outside of the plot, so that one of them can't flatten the rest. */
const TAIL = 0.002

interface Values {
  readonly name: string
  readonly sorted: Float64Array
}

/** The distributions of all that was sampled. */
export function distributionsOf(samples: Readonly<Record<string, Sample | null>>): Distribution[] {
  return [
    distribution(
      'energy per atom',
      'eV',
      valuesOf(samples, ({ energies }) => energies.entries()),
    ),
    distribution(
      'force on an atom',
      'eV/Å',
      valuesOf(samples, ({ forces }) => forces.entries()),
    ),
  ].filter(({ series }) => series.length > 0)
}

/** The values under each key of each set: one or several of a configuration. */
function valuesOf(
  samples: Readonly<Record<string, Sample | null>>,
  entries: (facts: ConfigurationFacts) => Iterable<[string, number | Float64Array]>,
): Values[] {
  const lists = new Map<string, number[]>()
  for (const [set, sample] of Object.entries(samples)) {
    for (const { facts } of sample?.sampled ?? []) {
      for (const [key, value] of entries(facts)) {
        const name = `${set}: ${key}`
        const list = lists.get(name) ?? []
        if (lists.size >= SERIES && !lists.has(name)) continue
        lists.set(name, list)
        if (typeof value === 'number') list.push(value)
        else for (const number of value) if (Number.isFinite(number)) list.push(number)
      }
    }
  }
  return [...lists]
    .filter(([, list]) => list.length > 0)
    .map(([name, list]) => ({ name, sorted: Float64Array.from(list).sort() }))
}

function distribution(quantity: string, unit: string, values: readonly Values[]): Distribution {
  const low = Math.min(...values.map(({ sorted }) => quantile(sorted, TAIL)))
  const high = Math.max(...values.map(({ sorted }) => quantile(sorted, 1 - TAIL)))
  const edges = equalEdges(low, high, BINS)
  return { quantity, unit, edges, series: values.map((one) => seriesOf(one, edges)) }
}

function seriesOf({ name, sorted }: Values, edges: readonly number[]): DistributionSeries {
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length
  return {
    name,
    ...countInto(edges, sorted),
    values: sorted.length,
    mean,
    deviation: Math.sqrt(variance),
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
  }
}
