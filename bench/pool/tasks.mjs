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

const never = new Int32Array(new SharedArrayBuffer(4))

/** Waits without a CPU, and as exactly as Python's `time.sleep`: a timer of Node's comes up to 1 ms late. */
export function sleep(milliseconds) {
  Atomics.wait(never, 0, 0, milliseconds)
  return milliseconds
}
