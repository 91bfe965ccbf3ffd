/**
 * What a rank above 0 does: it serves the pools of rank 0, one session each, until rank 0 says stop.
 *
 *     Channel ─ frame(slot) ─► WorkerSession (the same as in a child process) ─► Channel
 */
import { statSync } from 'node:fs'
import type { WorkerLink } from '../pool/backend.js'
import { WorkerSession } from '../pool/worker/session.js'
import type { FileFacts } from '../pool/worker-provider.js'
import type { Channel } from './channel.js'
import { type FromRank, type RankInfo, toRank } from './control.js'
import type { RankLink } from './mpi-backend.js'
import type { Poller } from './poller.js'

/**
 * Outcomes that wait to leave may take this many bytes before work pauses. A smaller limit, as a child process has where every
 * outcome must leave before the next item begins, is of no use: if this rank dies, the whole job does. And it would make each
 * long outcome wait until rank 0 has taken it.
 */
const BACKLOG = 4 * 1024 * 1024

interface Served {
  readonly session: WorkerSession
  /** Puts the environment back as it was. */
  readonly restore: () => void
}

/** Serves sessions at this rank. */
export class RankWorker {
  readonly #info: RankInfo
  readonly #channel: Channel
  readonly #poller: Poller
  readonly #onStop: () => void
  readonly #sessions = new Map<number, Served>()
  readonly #waiting: (() => void)[] = []

  /** @param onStop rank 0 has ended the job */
  constructor(info: RankInfo, { channel, poller }: RankLink, onStop: () => void) {
    this.#info = info
    this.#channel = channel
    this.#poller = poller
    this.#onStop = onStop
  }

  /** Takes a control message of rank 0. */
  onControl(received: unknown): void {
    const message = toRank(received)
    switch (message.type) {
      case 'open':
        this.#open(message.slot, message.env)
        return
      case 'kill':
        this.#sessions.get(message.slot)?.session.abandon()
        this.#end(message.slot)
        return
      case 'look':
        this.#channel.sendControl(0, {
          type: 'seen',
          id: message.id,
          same: message.files.map(isHere),
        } satisfies FromRank)
        return
      case 'stop':
        for (const { session } of this.#sessions.values()) session.abandon()
        this.#onStop()
    }
  }

  /** Takes a frame of rank 0. */
  onFrame(slot: number, bytes: Uint8Array): void {
    this.#sessions.get(slot)?.session.receive(bytes)
  }

  /** After the channel was looked at: goes on with those who waited for what they sent to leave. */
  onProgress(): void {
    if (this.#waiting.length === 0 || this.#channel.unsent > BACKLOG) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #open(slot: number, env: Readonly<Record<string, string | null>>): void {
    let over = false
    const link: WorkerLink = {
      send: (frame, onSent) => {
        if (over || this.#sessions.get(slot)?.session !== session) return
        this.#channel.sendFrame(0, slot, frame, onSent)
        // More work is to be expected.
        this.#poller.wake()
      },
      drained: () => this.#drained(),
      end: () => {
        over = true
        this.#end(slot)
      },
    }
    const { rank, host } = this.#info
    const session: WorkerSession = new WorkerSession(link, { rank, host })
    this.#sessions.set(slot, { session, restore: setEnvironment(env) })
  }

  #drained(): Promise<void> | undefined {
    if (this.#channel.unsent <= BACKLOG) return undefined
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #end(slot: number): void {
    const served = this.#sessions.get(slot)
    if (served === undefined) return
    this.#sessions.delete(slot)
    served.restore()
    this.#channel.sendControl(0, { type: 'ended', slot } satisfies FromRank)
  }
}

/** Whether the file is the same here. A device has another number on every host. */
function isHere({ path, ino, size, mtimeMs }: FileFacts): boolean {
  try {
    const seen = statSync(path)
    return seen.ino === ino && seen.size === size && seen.mtimeMs === mtimeMs
  } catch {
    return false
  }
}

/** Sets variables; returns what puts them back. */
function setEnvironment(env: Readonly<Record<string, string | null>>): () => void {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const)
  const set = (name: string, value: string | null | undefined): void => {
    if (value == null) delete process.env[name]
    else process.env[name] = value
  }
  for (const [name, value] of Object.entries(env)) set(name, value)
  return () => {
    for (const [name, value] of before) set(name, value)
  }
}
