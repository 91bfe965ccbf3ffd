// How each row is measured. A job runs in a process of its own, warms up, times, checks the results, and gives
// `{ value, cpu?, first? }`: the row's figure, the parent's CPU µs per task, and the figure of the warm-up pass.
import { performance } from 'node:perf_hooks'
import { configurations, integers, sleepingTimes, unboundedSchedule } from './items.mjs'
import { spin } from './tasks.mjs'

/** Runs `items` once; µs per item of the clock and of this process's CPU. */
async function pass(driver, name, items, options) {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const results = await driver.run(name, items, options)
  const value = ((performance.now() - start) * 1000) / items.length
  const { user, system } = process.cpuUsage(cpu)
  if (results.length !== items.length) throw new Error(`${results.length} results of ${items.length} items`)
  return { value, cpu: (user + system) / items.length, results }
}

/**
 * A warm-up pass, or more where many workers warm up each for itself, and a measured one over the same kind of items; or
 * more, of which the median counts, where one is so short that a moment of the machine decides it.
 */
async function passes(driver, name, makeItems, { warmUps = 1, takes = 1, ...options }, check) {
  const first = await pass(driver, name, makeItems(), options)
  for (let i = 1; i < warmUps; i++) await pass(driver, name, makeItems(), options)
  const measured = []
  for (let i = 0; i < takes; i++) {
    const { results, ...figures } = await pass(driver, name, makeItems(), options)
    check(results)
    measured.push(figures)
  }
  const { value, cpu } = measured.sort((a, b) => a.value - b.value)[takes >> 1]
  return { value, cpu, first: first.value }
}

function expectSum(results) {
  let sum = 0
  for (const result of results) sum += result
  const count = results.length
  if (sum !== (count * (count - 1)) / 2) throw new Error('the results are not the items')
}

function expectConfigurations(results) {
  for (const { positions, arrays } of results) {
    const sound = positions instanceof Float64Array && positions.length === arrays.forces.length && positions[1] !== 0
    if (!sound) throw new Error('a configuration came back damaged')
  }
}

const withDriver = async (open, settings, use) => {
  const driver = await open(settings)
  try {
    return await use(driver)
  } finally {
    await driver.close()
  }
}

/** µs per no-op. */
export function noop(open, { count, ...settings }) {
  return withDriver(open, settings, (driver) => passes(driver, 'echo', () => integers(count), settings, expectSum))
}

/** µs per configuration echoed. */
export function echo(open, { count, atoms, ...settings }) {
  const items = configurations(count, atoms)
  return withDriver(open, settings, (driver) => passes(driver, 'echo', () => items, settings, expectConfigurations))
}

/** ms from before the pool is made to its first result. */
export async function startUp(open, settings) {
  // What the parent must import is measured apart: it is paid once, and by the peers in other places.
  await withDriver(open, { ...settings, workers: 1 }, (driver) => driver.run('echo', [1], settings))
  const start = performance.now()
  return await withDriver(open, settings, async (driver) => {
    await driver.run('echo', [1], settings)
    return { value: performance.now() - start }
  })
}

/** The share of the unbounded schedule that sleeping tasks of uneven length reach. */
export async function sleeping(open, { count, ...settings }) {
  const times = sleepingTimes(count).map((time) => Math.max(1, Math.round(time)))
  return await withDriver(open, settings, async (driver) => {
    await driver.run('sleep', new Array(settings.workers * 4).fill(1), settings)
    const { value, cpu } = await pass(driver, 'sleep', times, settings)
    return { value: (unboundedSchedule(times, settings.workers) * 1000) / (value * times.length), cpu }
  })
}

/** After so many turns the parent's code is compiled: what V8 takes for that is missing to the second worker. */
const WARM_TURNS = 3
const TURNS = 4

/** How many times faster `workers` are than one, at tasks of 2 ms of CPU; in turns, so that both meet the same machine. */
export async function speedUp(open, { count, workers, ...settings }) {
  const items = new Array(count).fill(iterationsFor(2))
  return await withDriver(open, { ...settings, workers: 1 }, (one) =>
    withDriver(open, { ...settings, workers }, async (many) => {
      const took = { one: 0, many: 0, cpu: 0 }
      for (let turn = -WARM_TURNS; turn < TURNS; turn++) {
        const single = await pass(one, 'spin', items, settings)
        const shared = await pass(many, 'spin', items, settings)
        if (turn < 0) continue
        took.one += single.value
        took.many += shared.value
        took.cpu += shared.cpu / TURNS
      }
      return { value: took.one / took.many, cpu: took.cpu }
    }),
  )
}

/** How many iterations of `spin` take this long on an idle CPU. */
function iterationsFor(milliseconds) {
  const trial = 2_000
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 20; i++) {
    const start = performance.now()
    spin(trial)
    best = Math.min(best, performance.now() - start)
  }
  return Math.round((trial * milliseconds) / best)
}
