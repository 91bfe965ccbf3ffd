/** Pools, tasks and workers without number: what the program holds does not grow. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { recordFigure } from './figures.js'
import { soak } from './soak.js'

const program = fileURLToPath(new URL('../fixtures/reliability/leaks.mjs', import.meta.url))
const run = promisify(execFile)

/** What leaks.mjs tells; see there. */
interface Sample {
  done: number
  descriptors: number
  resources: number
  listeners: number
  onSignal: number
  megabytes: number
}

/** The slope of the best line through the samples, per thousand. */
function slope(samples: readonly Sample[]): number {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const x = mean(samples.map(({ done }) => done))
  const y = mean(samples.map(({ megabytes }) => megabytes))
  const top = samples.reduce((sum, { done, megabytes }) => sum + (done - x) * (megabytes - y), 0)
  const bottom = samples.reduce((sum, { done }) => sum + (done - x) ** 2, 0)
  return (1000 * top) / bottom
}

describe.skipIf(process.platform !== 'linux')('what a program holds', () => {
  it.each([
    ['pools', 'fork', soak ? 10_000 : 22],
    ['pools', 'thread', soak ? 2000 : 22],
    ['pools', 'cluster', soak ? 500 : 0],
    ['tasks', 'fork', soak ? 10_000_000 : 200_000],
    ['tasks', 'thread', soak ? 10_000_000 : 0],
    ['recycling', 'fork', soak ? 1000 : 22],
    ['recycling', 'thread', soak ? 1000 : 0],
  ] as const)(
    'does not grow with its %s (%s, %i)',
    async (kind, context, count) => {
      if (count === 0) return
      const args = ['--expose-gc', program, kind, String(count), context]
      const { stdout } = await run(process.execPath, args, { maxBuffer: 1 << 24 })
      const samples = (JSON.parse(stdout) as Sample[]).slice(1)
      const [first, last] = [samples[0], samples.at(-1)] as [Sample, Sample]
      for (const what of ['descriptors', 'resources', 'listeners', 'onSignal'] as const) {
        // While tasks run a worker may be starting or ending; what leaks is there once for each.
        const allowed = kind === 'pools' ? 0 : 4
        expect(last[what] - first[what], `${what}: ${samples.map((each) => each[what])}`).toBeLessThanOrEqual(allowed)
      }
      const growth = last.megabytes - first.megabytes
      expect(growth, `${samples.map(({ megabytes }) => Math.round(megabytes))} MB`).toBeLessThan(soak ? 150 : 60)
      // The slope of a few is noise.
      const trend = count < 1000 ? '' : `, ${slope(samples.slice(3)).toFixed(3)} MB per thousand`
      const outcome = `descriptors, handles and listeners flat; memory ${last.megabytes.toFixed(0)} MB${trend}`
      recordFigure(`${kind}, ${context}`, `${count}`, outcome)
    },
    7_200_000,
  )
})
