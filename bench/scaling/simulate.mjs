// A discrete-event simulation of one parent that feeds many workers. Times are in ms.
//
//     parent ── frame of k chunks ──► worker: runs them in order ── an outcome each ──► parent (one thing at a time)
//
// The parent pays `receive` for each outcome, `send` for each frame, `chunk` for each chunk in it, and `perByte` for every
// byte both ways. It fills a worker up when half of its window is done, as lib/pool/scheduler.ts does.
import { Rng } from 'autopara'
import { EventQueue } from './event-queue.mjs'

/** How many chunks of this duration the pool keeps under way at a worker: the rule of lib/pool/chunk-size.ts. */
export function windowOf(taskTime) {
  return taskTime >= 10 ? 1 : Math.max(2, Math.min(512, Math.ceil(2 / taskTime)))
}

/**
 * Runs `tasks` chunks of lognormal duration (mean `taskTime`, `sigma` of the logarithm) over `workers`.
 *
 * @returns `efficiency`: the share of the workers' time spent on tasks; `parent`: the share of the parent's time in use
 */
export function simulate({ workers, taskTime, costs, tasks = 40 * workers, sigma = 0.2, bytes = 0, window, seed = 1 }) {
  const depth = window ?? windowOf(taskTime)
  const rng = new Rng(seed)
  const mu = Math.log(taskTime) - (sigma * sigma) / 2
  const perChunk = costs.chunk + bytes * costs.perByte
  const inFlight = new Int32Array(workers)
  const free = new Float64Array(workers)
  const arrivals = new EventQueue()
  let [drawn, parentFree, parentBusy, work, end] = [0, 0, 0, 0, 0]

  const send = (worker, now) => {
    const count = Math.min(depth - inFlight[worker], tasks - drawn)
    if (count <= 0) return now
    const cost = costs.send + count * perChunk
    const sent = now + cost
    parentBusy += cost
    for (let i = 0; i < count; i++) {
      const duration = Math.exp(mu + sigma * rng.normal())
      free[worker] = Math.max(free[worker], sent + costs.latency) + duration + costs.worker
      work += duration
      arrivals.push(free[worker] + costs.latency, worker)
    }
    drawn += count
    inFlight[worker] += count
    return sent
  }

  for (let worker = 0; worker < workers; worker++) parentFree = send(worker, parentFree)
  for (let arrival = arrivals.pop(); arrival; arrival = arrivals.pop()) {
    const [time, worker] = arrival
    const cost = costs.receive + bytes * costs.perByte
    parentFree = Math.max(parentFree, time) + cost
    parentBusy += cost
    inFlight[worker]--
    if (inFlight[worker] <= depth / 2) parentFree = send(worker, parentFree)
    end = parentFree
  }
  return { efficiency: work / (workers * end), parent: parentBusy / end, perSecond: (tasks / end) * 1000 }
}

/** The most workers that one parent keeps busy for this share of their time, up to `most`. */
export function workersFed({ taskTime, costs, bytes = 0, efficiency = 0.9, most = 4096 }) {
  const enough = (workers) => simulate({ workers, taskTime, costs, bytes }).efficiency >= efficiency
  let [good, bad] = [0, 1]
  while (bad <= most && enough(bad)) [good, bad] = [bad, bad * 2]
  if (bad > most) return good
  while (bad - good > Math.max(1, good / 20)) {
    const middle = (good + bad) >> 1
    if (enough(middle)) good = middle
    else bad = middle
  }
  return good
}
