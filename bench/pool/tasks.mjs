// What the workers of every candidate run.

/** Gives back what it was given: a no-op for numbers, an echo for configurations. */
export function echo(item) {
  return item
}

/** A fixed amount of arithmetic. */
export function spin(iterations) {
  let sum = 0
  for (let i = 1; i <= iterations; i++) sum += Math.sqrt(i) / (sum + 1)
  return sum
}

/** Waits. */
export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(() => resolve(milliseconds), milliseconds))
}
