// Tasks that take their time without a CPU: so eight workers can be had on two CPUs.

const cell = new Int32Array(new SharedArrayBuffer(4))

/** Blocks the worker for so many ms. */
export function wait(milliseconds) {
  Atomics.wait(cell, 0, 0, milliseconds)
  return milliseconds
}

/** Blocks for `item.wait` ms and gives the bytes back. */
export function waitAndEcho(item) {
  Atomics.wait(cell, 0, 0, item.wait)
  return item.bytes
}

/** Gives the item back at once. */
export function echo(item) {
  return item
}
