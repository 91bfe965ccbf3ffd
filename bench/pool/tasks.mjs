// What the workers of every candidate run.
import { pbkdf2Sync } from 'node:crypto'

/** Gives back what it was given: a no-op for numbers, an echo for configurations. */
export function echo(item) {
  return item
}

/** A fixed amount of arithmetic, compiled beforehand: how V8 compiles a loop differs from process to process by a quarter. */
export function spin(iterations) {
  return pbkdf2Sync('', '', iterations, 32, 'sha256')[0]
}

const never = new Int32Array(new SharedArrayBuffer(4))

/** Waits without a CPU, and as exactly as Python's `time.sleep`: a timer of Node's comes up to 1 ms late. */
export function sleep(milliseconds) {
  Atomics.wait(never, 0, 0, milliseconds)
  return milliseconds
}
