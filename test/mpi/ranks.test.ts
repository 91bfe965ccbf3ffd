import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { currentProgram } from '../../lib/base/main-module.js'
import { Channel } from '../../lib/mpi/channel.js'
import { fromRank, type ToRank, toRank } from '../../lib/mpi/control.js'
import { MpiBackend } from '../../lib/mpi/mpi-backend.js'
import { Poller } from '../../lib/mpi/poller.js'
import { RankWorker } from '../../lib/mpi/rank-worker.js'
import type { WorkerEvents } from '../../lib/pool/backend.js'
import type { WorkerEnd } from '../../lib/pool/pool-errors.js'
import { decodeFromWorker, encodeMessage, type FromWorker, type WorkerIdentity } from '../../lib/pool/protocol.js'
import { Wire } from './wire.js'

const PLAN = { spins: 2, offers: 2, naps: 0, nap: 0, slowAfter: 100, slow: 1 }
const SETTINGS = { env: process.env, execArgv: [], cwd: undefined, stdio: 'inherit' } as const

const pollers: Poller[] = []
afterEach(() => {
  for (const poller of pollers.splice(0)) poller.stop()
})

function identity(id: number): WorkerIdentity {
  return { id, generation: 0, serial: id, name: 'a pool', context: 'mpi' }
}

/** Rank 0 and two others, in this process. */
function job() {
  let count = 0
  const wire = new Wire(() => count++ % 3, 3)
  let stopped = 0
  const place = { host: hostname(), pid: process.pid, version: '1.0.0' }
  const others = [1, 2].map((rank) => ({ rank, ...place }))
  for (const info of others) {
    const channel: Channel = new Channel(wire.comm(info.rank), {
      control: (_source, message) => worker.onControl(message),
      frame: (_source, slot, bytes) => worker.onFrame(slot, bytes),
    })
    const poller = polling(channel, () => worker.onProgress())
    const worker: RankWorker = new RankWorker(info, { channel, poller }, () => stopped++)
    poller.start()
  }
  const channel: Channel = new Channel(wire.comm(0), {
    control: (source, message) => backend.onControl(source, message),
    frame: (source, slot, bytes) => backend.onFrame(source, slot, bytes),
  })
  const backend: MpiBackend = new MpiBackend(others, { channel, poller: polling(channel) })
  return { backend, stopped: () => stopped, stop: { type: 'stop' } satisfies ToRank }
}

function polling(channel: Channel, after: () => void = () => {}): Poller {
  const look = (): boolean => {
    const moved = channel.progress()
    after()
    return moved
  }
  const poller = new Poller(
    look,
    () => channel.busy,
    () => {},
    PLAN,
  )
  pollers.push(poller)
  return poller
}

/** A worker's events, as promises. */
function watched() {
  const messages: FromWorker[] = []
  const waiting: (() => void)[] = []
  let ended: (end: WorkerEnd) => void
  const end = new Promise<WorkerEnd>((resolve) => {
    ended = resolve
  })
  const events: WorkerEvents = {
    frame(bytes) {
      messages.push(decodeFromWorker(bytes).message)
      for (const check of waiting) check()
    },
    cutOff: () => {},
    exit: (how) => ended(how),
  }
  const came = (type: FromWorker['type']): Promise<FromWorker> =>
    new Promise((resolve) => {
      const check = (): void => {
        const message = messages.find((one) => one.type === type)
        if (message) resolve(message)
      }
      waiting.push(check)
      check()
    })
  return { events, end, came }
}

function hello(worker: WorkerIdentity) {
  const message = { type: 'hello', worker, program: currentProgram(), initializers: [], reportMemory: false } as const
  return encodeMessage({ ...message, depth: 0 })
}

describe('a session at a rank', () => {
  it('begins, works and ends, with the environment that its pool has', async () => {
    const { backend } = job()
    const { events, end, came } = watched()
    const settings = { ...SETTINGS, env: { ...process.env, AUTOPARA_TEST_RANK: 'yes' } }
    const handle = backend.start(identity(1), settings, events)
    expect(handle.place).toEqual({ rank: 2, host: hostname() })
    handle.send(hello(identity(1)))
    expect(await came('ready')).toEqual({ type: 'ready', pid: process.pid })
    const source = "(x) => x + ' ' + process.env.AUTOPARA_TEST_RANK"
    const spec = { kind: 'inline', source } as const
    handle.send(encodeMessage({ type: 'recipe', id: 1, spec, mode: 'item', args: [], seed: null }))
    handle.send(encodeMessage({ type: 'run', recipe: 1, starts: [0], counts: [1], exact: null, items: ['a'] }))
    expect(await came('done')).toMatchObject({ count: 1, values: ['a yes'] })
    handle.send(encodeMessage({ type: 'stop' }))
    expect(await end).toEqual({ exitCode: 0, signal: null, stderrTail: '' })
    expect(process.env['AUTOPARA_TEST_RANK']).toBeUndefined()
    handle.kill('SIGKILL')
    handle.send(hello(identity(1)))
  })

  it('that is killed is let go of at once, and its slot is free when the rank says so', async () => {
    const { backend } = job()
    const first = watched()
    const second = watched()
    const killed = backend.start(identity(0), SETTINGS, first.events)
    const other = backend.start(identity(0), SETTINGS, second.events)
    other.send(hello(identity(0)))
    killed.kill('SIGKILL')
    expect(await first.end).toEqual({ exitCode: null, signal: 'SIGKILL', stderrTail: '' })
    await second.came('ready')
    other.unref()
    other.ref()
    other.kill('SIGTERM')
    expect(await second.end).toMatchObject({ exitCode: 0 })
  })

  it('can only be where there is a rank', () => {
    expect(() => job().backend.start(identity(7), SETTINGS, watched().events)).toThrow('there is no rank for worker 7')
  })
})

describe('rank 0', () => {
  it('hears of each file whether all ranks see the same', async () => {
    const { backend } = job()
    const path = fileURLToPath(import.meta.url)
    const { ino, size, mtimeMs } = statSync(path)
    const facts = { path, ino, size, mtimeMs }
    const missing = { ...facts, path: `${path}.missing` }
    expect(await backend.seenByAll([facts, { ...facts, size: size + 1 }, missing])).toEqual([true, false, false])
    expect(await backend.seenByAll([])).toEqual([])
  })

  it('sends the others home, and nothing after the end', async () => {
    const { backend, stopped, stop } = job()
    const { events, came } = watched()
    const handle = backend.start(identity(0), SETTINGS, events)
    handle.send(hello(identity(0)))
    await came('ready')
    backend.sendControl(1, stop)
    backend.sendControl(2, stop)
    while (stopped() < 2) await new Promise(setImmediate)
    backend.close()
    backend.sendControl(1, stop)
    handle.send(hello(identity(0)))
    backend.onFrame(1, 0, new Uint8Array(0))
    await new Promise(setImmediate)
    expect(stopped()).toBe(2)
  })

  it('and the others refuse messages that they do not know', () => {
    expect(() => toRank({ type: 'dance' })).toThrow('unknown type dance')
    expect(() => fromRank(null)).toThrow('unknown type undefined')
    expect(fromRank({ type: 'bye' })).toEqual({ type: 'bye' })
  })
})
