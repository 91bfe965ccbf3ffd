import { getEventListeners } from 'node:events'
import { fstatSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import type { WorkerHandle, WorkerSettings } from '../../../build/lib/pool/backend.js'
import { threadBackend } from '../../../build/lib/pool/backends/thread-backend.js'
import { fromColumn, toColumn, unpack } from '../../../build/lib/pool/column.js'
import type { WorkerEnd } from '../../../build/lib/pool/pool-errors.js'
import { decodeFromWorker, encodeMessage, type FromWorker, type ToWorker } from '../../../build/lib/pool/protocol.js'

const url = new URL('../../fixtures/tasks/deaths.mjs', import.meta.url).href
const identity = { id: 0, generation: 0, serial: 1, name: 'threads', context: 'thread' } as const
const defaults: WorkerSettings = { env: process.env, execArgv: [], cwd: undefined, stdio: 'ignore' }

/** A worker without a pool: what it sends is kept, and can be waited for. */
class Thread {
  readonly handle: WorkerHandle
  readonly messages: FromWorker[] = []
  readonly values: unknown[] = []
  readonly end: Promise<WorkerEnd>
  #wake: () => void = () => {}

  constructor(settings: Partial<WorkerSettings> = {}) {
    let ended: (end: WorkerEnd) => void
    this.end = new Promise((resolve) => {
      ended = resolve
    })
    this.handle = threadBackend.start(
      identity,
      { ...defaults, ...settings },
      {
        frame: (bytes) => {
          const { message, parcels } = decodeFromWorker(bytes)
          this.messages.push(message)
          if (message.type === 'done') this.values.push(...Array.from(fromColumn(message.values, parcels), unpack))
          this.#wake()
        },
        cutOff: () => {},
        exit: (end) => ended(end),
      },
    )
    running.push(this)
    const program = { mainUrl: null, argv: [] }
    this.send({ type: 'hello', worker: identity, program, initializers: [], reportMemory: false, depth: 0 })
  }

  send(message: ToWorker, parcels: readonly Uint8Array[] = []): void {
    this.handle.send(encodeMessage(message, parcels))
  }

  run(name: string, ...items: (string | number | null)[]): void {
    this.send({ type: 'recipe', id: 1, spec: { kind: 'module', url, name }, mode: 'item', args: [], seed: null })
    const { column, parcels } = toColumn(items)
    this.send({ type: 'run', recipe: 1, starts: [0], counts: [items.length], exact: true, items: column }, parcels)
  }

  async until(count: number): Promise<unknown[]> {
    while (this.values.length < count) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.values
  }
}

function isOpen(descriptor: number): boolean {
  try {
    fstatSync(descriptor)
    return true
  } catch {
    return false
  }
}

const running: Thread[] = []
afterEach(async () => {
  for (const thread of running.splice(0)) {
    thread.handle.kill('SIGKILL')
    await thread.end
  }
})

describe('a worker thread', () => {
  it('runs tasks and ends in order', async () => {
    const thread = new Thread()
    thread.run('echo', 1, 2, 'three')
    expect(await thread.until(3)).toEqual([1, 2, 'three'])
    thread.send({ type: 'stop' })
    expect(await thread.end).toEqual({ exitCode: 0, signal: null, stderrTail: '' })
  })

  it('answers with its exit code when a task exits, which tinypool never answers', async () => {
    const thread = new Thread()
    thread.run('exit', 7)
    expect(await thread.end).toMatchObject({ exitCode: 7, signal: null })
  })

  it('that fails while idle or in a task does not end the parent, and is not started again by tinypool', async () => {
    const thread = new Thread()
    thread.run('failLater', 1)
    const end = await thread.end
    expect(end).toMatchObject({ exitCode: 1, signal: null })
    const fatal = thread.messages.find(({ type }) => type === 'fatal')
    expect(fatal).toMatchObject({ error: { message: 'uncaught 1' } })
  })

  it('in a busy loop is killed', async () => {
    const thread = new Thread()
    thread.run('echo', 1)
    await thread.until(1)
    thread.run('spin', null)
    thread.handle.kill('SIGTERM')
    expect(await thread.end).toMatchObject({ exitCode: null, signal: 'SIGTERM' })
  })

  it('can be killed before it has started', async () => {
    const thread = new Thread()
    thread.handle.kill('SIGKILL')
    expect(await thread.end).toMatchObject({ signal: 'SIGKILL' })
  })

  it('that runs out of its heap ends alone, with the reason', async () => {
    const thread = new Thread({ execArgv: ['--max-old-space-size=32'] })
    thread.run('hoard', null)
    expect(await thread.end).toMatchObject({ exitCode: 1, cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' } })
  })

  it('is ended although it fails at the very moment at which it is killed', async () => {
    const thread = new Thread({ execArgv: ['--max-old-space-size=32'] })
    thread.run('holdOpen', fileURLToPath(url))
    const [descriptor] = (await thread.until(1)) as [number]
    thread.run('hoard', null)
    // Nothing is heard of it here before it is gone, and with it its open file.
    while (isOpen(descriptor));
    thread.handle.kill('SIGKILL')
    expect(await thread.end).toMatchObject({ signal: 'SIGKILL', cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' } })
  })

  it('loses nothing that it printed before its end', async () => {
    const thread = new Thread()
    thread.run('printAndExit', 'line')
    const { stderrTail, exitCode } = await thread.end
    expect(exitCode).toBe(3)
    expect(stderrTail.endsWith('line 998\nline 999\n')).toBe(true)
  })

  it('has the environment that it is given, and no other', async () => {
    const thread = new Thread({ env: { ...process.env, ONLY_THERE: 'yes', ABSENT: undefined } })
    thread.run('environment', 'ONLY_THERE', 'ABSENT', 'PATH')
    expect(await thread.until(3)).toEqual(['yes', undefined, process.env['PATH']])
  })

  it('with flags that a thread refuses reports them', async () => {
    const thread = new Thread({ execArgv: ['--stack-size=1000'] })
    expect(await thread.end).toMatchObject({ exitCode: 1, cause: { code: 'ERR_WORKER_INVALID_EXEC_ARGV' } })
  })

  it('refuses a folder of its own', () => {
    expect(() => new Thread({ cwd: '/' })).toThrow('`cwd` must be absent, because threads share the current folder')
  })

  it('leaves no listener on the process', async () => {
    const before = process.eventNames().map((name) => getEventListeners(process, name as string).length)
    const thread = new Thread()
    thread.run('echo', 1)
    await thread.until(1)
    thread.send({ type: 'stop' })
    await thread.end
    expect(process.eventNames().map((name) => getEventListeners(process, name as string).length)).toEqual(before)
  })
})
