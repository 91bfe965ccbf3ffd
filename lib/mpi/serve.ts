/** A rank above 0 after the start: it serves until rank 0 says stop, and never comes back. */
import { adoptProgram, currentProgram, parkMain } from '../base/main-module.js'
import { Channel } from './channel.js'
import type { FromRank } from './control.js'
import { heapRoom } from './heap-room.js'
import { guardEnd, type Place, placeText, say } from './job-end.js'
import { Poller, type PollerPlan } from './poller.js'
import { RankWorker } from './rank-worker.js'

/** An idle rank should cost next to nothing, a busy one's next chunk should come at once. */
const PLAN: PollerPlan = { spins: 8, offers: 50, naps: 100, nap: 0.1, slowAfter: 1000, slow: 5 }

/** Serves. The promise never settles; the process ends with the job. */
export async function serve({ comm, info }: Place, unwatch: () => Promise<void>, verbose: boolean): Promise<never> {
  let left = false
  const leave = (): void => {
    channel.sendControl(0, { type: 'bye' } satisfies FromRank)
    while (channel.busy) channel.progress()
    comm.finalize()
    left = true
    if (verbose) say(`${placeText(info)} ended`)
    process.exit(0)
  }
  parkMain()
  adoptProgram(currentProgram())
  const makeRoom = heapRoom()
  const channel: Channel = new Channel(comm, {
    control: (_source, message) => worker.onControl(message),
    frame(_source, slot, bytes) {
      makeRoom()
      worker.onFrame(slot, bytes)
    },
  })
  const look = (): boolean => {
    const moved = channel.progress()
    worker.onProgress()
    return moved
  }
  const poller = new Poller(
    look,
    () => channel.busy,
    () => comm.offerCore(),
    PLAN,
  )
  const worker = new RankWorker(info, { channel, poller }, () => setImmediate(leave))
  guardEnd({ comm, info }, () =>
    left ? undefined : 'ends with exit code 0 while it serves (a task or an initializer called process.exit?)',
  )
  // A Ctrl-C in a terminal reaches all processes of the program; rank 0 decides what it means.
  process.on('SIGINT', () => {})
  channel.sendControl(0, { type: 'here', info } satisfies FromRank)
  poller.start()
  await unwatch()
  return new Promise<never>(() => {})
}
