/**
 * Rank 0's side: every other rank is a worker of every pool of this process.
 *
 *     pool A ─ RankHandle ─┐ slot 0                        slot 0 ┌─ session of A
 *     pool B ─ RankHandle ─┴ slot 1 ── Channel ~~ MPI ~~ Channel ─┴─ session of B      at each rank
 *
 * A rank can't be killed without ending the whole job, so a killed worker is only let go: what its task still does comes to
 * nothing, and its successor is a new session at the same rank.
 */
import type { Backend, RankPlace, WorkerEvents, WorkerHandle, WorkerSettings } from '../pool/backend.js'
import type { Frame } from '../pool/frames.js'
import type { WorkerIdentity } from '../pool/protocol.js'
import type { FileFacts } from '../pool/worker-provider.js'
import { type Channel, MAX_SLOTS } from './channel.js'
import { fromRank, type RankInfo, type ToRank } from './control.js'
import { MpiError } from './errors.js'
import type { Poller } from './poller.js'

/** What the backend works with. */
export interface RankLink {
  readonly channel: Channel
  readonly poller: Poller
}

/** A session at a rank, as a pool holds it. */
class RankHandle implements WorkerHandle {
  readonly pid: number
  readonly place: RankPlace
  readonly events: WorkerEvents
  readonly slot: number
  readonly #backend: MpiBackend
  ended = false

  constructor(backend: MpiBackend, { pid, rank, host }: RankInfo, slot: number, events: WorkerEvents) {
    this.#backend = backend
    this.pid = pid
    this.place = { rank, host }
    this.slot = slot
    this.events = events
  }

  send(frame: Frame): void {
    if (!this.ended) this.#backend.sendFrame(this.place.rank, this.slot, frame)
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.ended) return
    this.#backend.sendControl(this.place.rank, { type: 'kill', slot: this.slot })
    if (signal === 'SIGKILL') queueMicrotask(() => this.end('SIGKILL'))
  }

  ref(): void {
    this.#backend.hold(this, true)
  }

  unref(): void {
    this.#backend.hold(this, false)
  }

  /** The session is over, as far as the pool is concerned. */
  end(signal: string | null): void {
    if (this.ended) return
    this.ended = true
    this.unref()
    this.events.exit({ exitCode: signal === null ? 0 : null, signal, stderrTail: '' })
  }
}

/** A question to all ranks: which of these files are the same there? */
interface Look {
  /** How many ranks have not answered. */
  open: number
  /** Of each file: whether all who answered see it. */
  same: boolean[]
  readonly resolve: (same: boolean[]) => void
}

/** The ranks above 0 as workers. */
export class MpiBackend implements Backend {
  readonly context = 'mpi'
  readonly ranks: readonly RankInfo[]
  readonly #link: RankLink
  /** The sessions of each rank, by slot, until the rank itself says that they have ended. */
  readonly #sessions = new Map<number, Map<number, RankHandle>>()
  readonly #held = new Set<RankHandle>()
  /** Questions to all ranks that are not answered yet. */
  readonly #looks = new Map<number, Look>()
  #nextLook = 0
  #closed = false

  /** @param ranks all ranks above 0 */
  constructor(ranks: readonly RankInfo[], link: RankLink) {
    this.ranks = ranks
    this.#link = link
    for (const { rank } of ranks) this.#sessions.set(rank, new Map())
  }

  start(identity: WorkerIdentity, settings: WorkerSettings, events: WorkerEvents): WorkerHandle {
    const info = this.ranks[identity.id]
    if (info === undefined) throw new MpiError('AUTOPARA_MPI_CALL', `there is no rank for worker ${identity.id}`)
    const sessions = this.#sessions.get(info.rank) as Map<number, RankHandle>
    let slot = 0
    while (sessions.has(slot)) slot++
    if (slot >= MAX_SLOTS)
      throw new MpiError('AUTOPARA_MPI_CALL', `rank ${info.rank} can't serve more than ${MAX_SLOTS} pools at once`)
    const handle = new RankHandle(this, info, slot, events)
    sessions.set(slot, handle)
    this.#link.poller.start()
    this.hold(handle, true)
    this.sendControl(info.rank, { type: 'open', slot, env: changes(settings.env) })
    return handle
  }

  /** Takes a control message of a rank. */
  onControl(source: number, received: unknown): void {
    const message = fromRank(received)
    if (message.type === 'seen') this.#onSeen(message.id, message.same)
    if (message.type !== 'ended') return
    const sessions = this.#sessions.get(source)
    const handle = sessions?.get(message.slot)
    sessions?.delete(message.slot)
    handle?.end(null)
    this.#restIfIdle()
  }

  /** Takes a frame of a session. */
  onFrame(source: number, slot: number, bytes: Uint8Array): void {
    if (this.#closed) return
    const handle = this.#sessions.get(source)?.get(slot)
    if (handle !== undefined && !handle.ended) handle.events.frame(bytes)
  }

  /** Of each file: whether every rank sees the same one under its path. */
  seenByAll(files: readonly FileFacts[]): Promise<boolean[]> {
    if (files.length === 0) return Promise.resolve([])
    return new Promise((resolve) => {
      const id = this.#nextLook++
      this.#looks.set(id, { open: this.ranks.length, same: files.map(() => true), resolve })
      this.#link.poller.start()
      this.#updateHold()
      for (const { rank } of this.ranks) this.sendControl(rank, { type: 'look', id, files })
    })
  }

  #onSeen(id: number, same: readonly boolean[]): void {
    const look = this.#looks.get(id)
    if (look === undefined) return
    look.same = look.same.map((before, i) => before && same[i] === true)
    if (--look.open > 0) return
    this.#looks.delete(id)
    look.resolve(look.same)
    this.#updateHold()
    this.#restIfIdle()
  }

  /** The job ends: what pools still say to their workers goes nowhere. */
  close(): void {
    this.#closed = true
    this.#link.poller.stop()
  }

  sendFrame(rank: number, slot: number, frame: Frame): void {
    if (this.#closed) return
    this.#link.channel.sendFrame(rank, slot, frame)
    this.#link.poller.wake()
  }

  sendControl(rank: number, message: ToRank): void {
    if (this.#closed) return
    this.#link.channel.sendControl(rank, message)
    this.#link.poller.wake()
  }

  /** Whether this session keeps the program alive. */
  hold(handle: RankHandle, held: boolean): void {
    if (held) this.#held.add(handle)
    else this.#held.delete(handle)
    this.#updateHold()
  }

  #updateHold(): void {
    this.#link.poller.hold(this.#held.size > 0 || this.#looks.size > 0)
  }

  #restIfIdle(): void {
    for (const sessions of this.#sessions.values()) if (sessions.size > 0) return
    if (this.#looks.size === 0) this.#link.poller.stop()
  }
}

/** The variables that are not as they are in this process; null: absent. */
function changes(env: WorkerSettings['env']): Record<string, string | null> {
  const changed: Record<string, string | null> = {}
  for (const [name, value] of Object.entries(env)) if (process.env[name] !== value) changed[name] = value ?? null
  return changed
}
