// What becomes of failures in a pool: an item that throws, a worker that dies, a task that hangs.
import { Pool } from 'autopara'

export async function risky(what) {
  if (what === 'throw') throw Object.assign(new RangeError('not this one'), { limit: 7 })
  if (what === 'die') process.kill(process.pid, 'SIGKILL')
  if (what === 'hang') await new Promise(() => setInterval(() => {}, 1000))
  return `${what}: done`
}

// A chunk of one item that takes longer than 2 s is ended; what was lost with a worker is tried once more.
const pool = new Pool({ processes: 2, taskTimeout: 2000, retries: 1 })
const items = ['fine', 'throw', 'die', 'hang', 'fine too']

// One outcome per item:
for (const { value, reason } of await pool.mapSettled(risky, items, { chunksize: 1 })) {
  console.log(value ?? `${reason.name} (${reason.code ?? `limit ${reason.limit}`}) of item ${reason.task.index}`)
}

// Or all or nothing: `map` rejects with the error of the lowest failing item, when all have run.
await pool.map(risky, items.slice(0, 2)).catch((error) => console.log(`map: ${error.message}`))

// Or as they come: an error is one item's, and the iterator goes on behind it.
const results = pool.imap(risky, ['fine', 'throw', 'fine again'])
for (let ended = false; !ended; ) {
  try {
    const { done, value } = await results.next()
    ended = done
    if (!done) console.log(value)
  } catch (error) {
    console.log(`imap: ${error.message}`)
  }
}
await pool.terminate()
