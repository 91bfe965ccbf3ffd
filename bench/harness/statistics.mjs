// Median, minimum and spread of a few measurements.

/** The middle value; of an even number, the mean of the middle two. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Median, best, and the distance of the quartiles relative to the median. */
export function summary(values, better) {
  const sorted = [...values].sort((a, b) => a - b)
  const quartile = (share) => sorted[Math.round(share * (sorted.length - 1))]
  const middle = median(values)
  return {
    median: middle,
    best: better === 'lower' ? sorted[0] : sorted.at(-1),
    spread: (quartile(0.75) - quartile(0.25)) / middle,
  }
}
