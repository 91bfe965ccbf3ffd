// A source without an end, read only as far as the results are used: memory stays flat.
import { Pool } from 'autopara'

async function* numbers() {
  try {
    for (let n = 1n; ; n++) yield n
  } finally {
    console.log('source closed')
  }
}

/** The number of steps of the Collatz sequence from n down to 1. */
export function steps(n) {
  let count = 0
  for (let x = n; x !== 1n; count++) x = x % 2n === 0n ? x / 2n : 3n * x + 1n
  return count
}

const pool = new Pool(2)
let n = 0
for await (const count of pool.imap(steps, numbers())) {
  n++
  if (count > 100) {
    console.log(`${n} takes ${count} steps`)
    break
  }
}
await pool.terminate()
