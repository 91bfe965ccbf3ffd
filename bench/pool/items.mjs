// The items of the jobs: the same in every candidate and every run.
import { Rng } from 'autopara'

/** 0, 1, 2 … */
export function integers(count) {
  return Array.from({ length: count }, (_, i) => i)
}

/** A configuration as plain data: species, positions, cell, energy, forces, as an operation over configurations has it. */
export function configuration(atoms, seed = 1) {
  const rng = new Rng(seed)
  const random = () => Float64Array.from({ length: 3 * atoms }, () => rng.random())
  return {
    numbers: new Int32Array(atoms).fill(29),
    positions: random(),
    cell: Float64Array.of(10, 0, 0, 0, 10, 0, 0, 0, 10),
    pbc: [true, true, true],
    info: { config_type: 'bulk', energy: -1.5 },
    arrays: { forces: random() },
  }
}

/** `count` configurations, each its own object with its own arrays. */
export function configurations(count, atoms) {
  return Array.from({ length: count }, (_, i) => configuration(atoms, i % 16))
}

/** Lognormal sleeping times, ms, with the given mean. */
export function sleepingTimes(count, mean = 20, sigma = 1.5) {
  const rng = new Rng('sleeping times')
  const mu = Math.log(mean) - (sigma * sigma) / 2
  return Array.from({ length: count }, () => Math.exp(mu + sigma * rng.normal()))
}

/** When the last task ends if each is begun, in order, as soon as a worker is free, and nothing else costs time. */
export function unboundedSchedule(times, workers) {
  const free = new Array(workers).fill(0)
  for (const time of times) {
    const next = free.indexOf(Math.min(...free))
    free[next] += time
  }
  return Math.max(...free)
}
