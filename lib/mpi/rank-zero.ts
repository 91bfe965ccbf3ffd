/** Rank 0 after the start: waits for the others, makes them the workers of its pools, sends them home at its end. */
import { deferred } from '../base/deferred.js'
import type { Backend } from '../pool/backend.js'
import { forkBackend } from '../pool/backends/fork-backend.js'
import { provideWorkers } from '../pool/worker-provider.js'
import { Channel } from './channel.js'
import { fromRank, type RankInfo, type ToRank } from './control.js'
import { MpiError } from './errors.js'
import { heapRoom } from './heap-room.js'
import { guardEnd, type Place, placeText, say } from './job-end.js'
import { MpiBackend } from './mpi-backend.js'
import { nap, Poller, type PollerPlan } from './poller.js'

/** While work is out rank 0 naps rather than using timers: 1 ms a chunk would be felt. */
const PLAN: PollerPlan = { spins: 8, offers: 50, naps: 3000, nap: 0.1, slowAfter: 10_000, slow: 1 }
/** How long the others may take to say goodbye, ms: a task that runs then ends first. */
const FAREWELL = 10_000
/** The pause between two looks at that time, ms. */
const FAREWELL_NAP = 0.2

/** Makes all other ranks the workers of this process. */
export async function lead(
  place: Place,
  unwatch: () => Promise<void>,
  settings: { readonly verbose: number; readonly rootWorks: boolean },
): Promise<void> {
  const { comm, info } = place
  const others: RankInfo[] = []
  const leaving = new Set<number>()
  const complete = deferred<void>()
  let backend: MpiBackend | undefined
  const makeRoom = heapRoom()
  const channel = new Channel(comm, {
    control(source, received) {
      const message = fromRank(received)
      if (message.type === 'bye') leaving.delete(source)
      else if (message.type !== 'here') backend?.onControl(source, message)
      else if (others.push(message.info) === comm.size - 1) complete.resolve()
    },
    frame(source, slot, bytes) {
      makeRoom()
      backend?.onFrame(source, slot, bytes)
    },
  })
  const poller = new Poller(
    () => channel.progress(),
    () => channel.busy,
    () => comm.offerCore(),
    PLAN,
  )
  guardEnd(place, () => {
    poller.stop()
    backend?.close()
    for (const { rank } of others) leaving.add(rank)
    const late = dismiss(channel, leaving)
    if (late !== undefined)
      return `${placeText(others.find(({ rank }) => rank === late) as RankInfo)} still runs a task, and the script has ended`
    comm.finalize()
    if (settings.verbose > 0) say(`${placeText(info)} ended`)
    return undefined
  })
  poller.start()
  await complete.promise
  poller.stop()
  await unwatch()
  others.sort((a, b) => a.rank - b.rank)
  checkVersions(info, others)
  backend = new MpiBackend(others, { channel, poller })
  offer(backend, settings.rootWorks)
}

/** Sends the others home, and waits until they have heard it. Returns the rank that did not. */
function dismiss(channel: Channel, leaving: Set<number>): number | undefined {
  for (const rank of leaving) channel.sendControl(rank, { type: 'stop' } satisfies ToRank)
  const deadline = performance.now() + FAREWELL
  while (leaving.size > 0 || channel.busy) {
    if (channel.progress()) continue
    const [late] = leaving
    if (performance.now() > deadline && late !== undefined) return late
    nap(FAREWELL_NAP)
  }
  return undefined
}

function checkVersions(own: RankInfo, others: readonly RankInfo[]): void {
  const different = others.find(({ version }) => version !== own.version)
  if (different === undefined) return
  const text = `${placeText(different)} runs autopara ${different.version}, rank 0 ${own.version}: install the same everywhere`
  throw new MpiError('AUTOPARA_MPI_INIT', text)
}

/** All pools of this process use the ranks from here on, and a forked worker beside them if wanted. */
function offer(ranks: MpiBackend, rootWorks: boolean): void {
  const count = ranks.ranks.length
  const backend: Backend = {
    context: 'mpi',
    start(identity, settings, events) {
      const from = identity.id < count ? ranks : forkBackend
      return from.start(identity, settings, events)
    },
  }
  const size = rootWorks ? count + 1 : count
  let warned = false
  provideWorkers({
    backend,
    size,
    seenByAll: (files) => ranks.seenByAll(files),
    ignored(option, value) {
      if (warned) return
      warned = true
      process.stderr.write(
        `autopara: warning: \`${option}\`: ${value} is ignored under MPI, where the job's ${size} workers are used\n`,
      )
    },
  })
}
