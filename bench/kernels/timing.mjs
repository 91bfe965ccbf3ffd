// CPU time of this process, so that a busy machine disturbs a measurement little; and how figures are printed.

/** CPU seconds since an earlier `process.cpuUsage()`. */
export function cpuSince(begin) {
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / 1e6
}

/** CPU seconds of one call of `job`, the best of the rounds, each of `calls` calls; one round more warms up. */
export function bestCall(job, calls, rounds) {
  let fastest = Number.POSITIVE_INFINITY
  for (let round = 0; round <= rounds; round++) {
    const begin = process.cpuUsage()
    for (let c = 0; c < calls; c++) job()
    if (round > 0) fastest = Math.min(fastest, cpuSince(begin) / calls)
  }
  return fastest
}

/** Three digits with a unit. */
export function duration(seconds) {
  const [factor, unit] = seconds < 1e-3 ? [1e6, 'µs'] : seconds < 1 ? [1e3, 'ms'] : [1, 's']
  return `${Number((factor * seconds).toPrecision(3))} ${unit}`
}
