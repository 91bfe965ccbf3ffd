/**
 * Ends this process when MPI does not come up: a rank that never calls `init()` lets the others wait in MPI_Init for ever, in
 * C code, where no timer of this thread can run. So the clock is in another thread.
 *
 * That thread must be there before MPI is initialised: a thread that starts reads environment variables, and Open MPI sets
 * some in MPI_Init, which moves all of them. (Now and then a rank ended with SIGSEGV in getenv.)
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Plain CommonJS: it must start without help of the thread that is blocked. */
const CODE = `
const { workerData, parentPort } = require('node:worker_threads')
const { writeSync } = require('node:fs')
setTimeout(() => {
  try { writeSync(2, workerData.text) } catch {}
  process.kill(process.pid, 'SIGKILL')
}, workerData.timeout)
parentPort.on('message', () => process.exit())
parentPort.postMessage('ready')
`

/** Kills this process with SIGKILL, after `text` on stderr, unless the function that it gives is called within `timeout` ms. */
export async function watchInit(timeout: number, text: string): Promise<() => Promise<void>> {
  const thread = new Worker(CODE, { eval: true, workerData: { timeout, text }, execArgv: [], stdin: false })
  await once(thread, 'message')
  thread.unref()
  return async () => {
    await thread.terminate()
  }
}
