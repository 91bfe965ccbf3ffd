/**
 * One run at a time on an output: a file `OUTPUT.lock` that says who writes.
 *
 * The lock of an owner that is certainly dead (same host, and no such process, another boot, or the process id in use by a
 * younger process) does not block, and one that is being killed gets a moment to be gone: a job that follows another at once,
 * as with `resume` after mpirun has killed its ranks, must not fail for it. Whether an owner on another host, or in another
 * container, lives can't be told, so that lock does.
 */
import { readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { attempt } from '../base/attempt.js'
import { AutoparaError } from '../base/errors.js'
import { outputFileError } from './output-file-error.js'

interface Owner {
  host: string
  /** The kernel's boot id, or '' where there is none. */
  boot: string
  pid: number
  /** The namespace of its process id, or '' where there are none: containers of a host may share the name of that. */
  namespace: string
  /** The process's start time in clock ticks since boot, or '' where it can't be told. */
  start: string
}

/** Another run writes to the same output. */
export class OutputLockedError extends AutoparaError {
  override readonly name = 'OutputLockedError'
  /** The output file. */
  readonly file: string
  /** The machine of the run that holds the lock. */
  readonly host: string
  /** Its process id there. */
  readonly pid: number

  constructor(file: string, owner: Owner) {
    const elsewhere = isHere(owner) ? '' : `; if that run is gone, remove ${file}.lock`
    super('AUTOPARA_OUTPUT_LOCKED', `${file} is being written by process ${owner.pid} on ${owner.host}${elsewhere}`)
    this.file = file
    this.host = owner.host
    this.pid = owner.pid
  }
}

/** How long an empty lock counts as one that is just being written, and a takeover as one that goes on; ms. */
const GRACE = 2_000

/** How long a live owner on this host may take to end, ms. */
const PATIENCE = 2_000

/** How long to wait for another run's step; ms. */
const PAUSE = 10

/** Takes the lock of `path`; the result gives it back. Throws {@link OutputLockedError} while another run holds it. */
export async function lockOutput(path: string): Promise<() => Promise<void>> {
  const lockPath = `${path}.lock`
  const mine = JSON.stringify(self())
  const deadline = performance.now() + PATIENCE
  for (;;) {
    if (createLock(lockPath, mine)) return () => unlink(lockPath).catch(() => undefined)
    const text = readLock(lockPath)
    if (text === undefined) {
      // It went this moment; or its name is taken by something that leads nowhere.
      if (performance.now() > deadline)
        throw outputFileError('take the lock', lockPath, new Error('remove what is there'))
      await setTimeout(PAUSE)
      continue
    }
    const owner = parseOwner(text)
    if (owner && isAlive(owner)) {
      const mayEnd = isHere(owner) && owner.pid !== process.pid
      if (!mayEnd || performance.now() > deadline) throw new OutputLockedError(path, owner)
      await setTimeout(PAUSE)
      continue
    }
    const isBeingWritten = text === '' && isYoung(lockPath)
    if (isBeingWritten || !removeDead(lockPath, text)) await setTimeout(PAUSE)
  }
}

function createLock(lockPath: string, text: string): boolean {
  try {
    return create(lockPath, text)
  } catch (error) {
    // What can't be written whole must not stand in the way of the next run.
    attempt(() => rmSync(lockPath, { force: true }))
    throw error
  }
}

/** Makes a file that must not exist; false if it does. */
function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw outputFileError('write', path, error)
  }
}

/**
 * Removes a dead lock that reads `text`; false while another run does so. Only one run at a time is let in, and it looks
 * again, since the lock may be a new one by now.
 */
function removeDead(lockPath: string, text: string): boolean {
  const takeover = `${lockPath}.takeover`
  if (!create(takeover, '')) {
    if (!isYoung(takeover)) rmSync(takeover, { force: true })
    return false
  }
  try {
    if (readLock(lockPath) === text) rmSync(lockPath, { force: true })
  } finally {
    rmSync(takeover, { force: true })
  }
  return true
}

/** Whether a file is there and was written just now, by whichever clock (a shared disk has one of its own). */
function isYoung(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found !== undefined && Math.abs(Date.now() - found.mtimeMs) < GRACE
}

/** What the lock says; undefined if there is none. Throws {@link OutputFileError} for one that can't be read. */
function readLock(lockPath: string): string | undefined {
  try {
    return readFileSync(lockPath, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw outputFileError('read the lock', lockPath, error)
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number') {
      const { host = '', boot = '', namespace = '', start = '' } = value as Partial<Owner>
      const texts = { host: String(host), boot: String(boot), namespace: String(namespace), start: String(start) }
      return { ...texts, pid: value.pid }
    }
  } catch {
    // A lock without a readable owner was cut off at its creation: its writer is gone.
  }
  return undefined
}

/** Whether its process could be looked at from here. */
function isHere({ host, namespace }: Owner): boolean {
  const me = self()
  return host === me.host && (namespace === '' || namespace === me.namespace)
}

function isAlive(owner: Owner): boolean {
  const me = self()
  if (owner.host !== me.host) return true
  if (owner.boot !== me.boot) return false
  if (!isHere(owner)) return true
  const start = startTime(owner.pid)
  if (start !== undefined) return start === owner.start
  try {
    process.kill(owner.pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function self(): Owner {
  return {
    host: hostname(),
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? '',
    namespace: attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '',
    pid: process.pid,
    start: startTime(process.pid) ?? '',
  }
}

/**
 * Field 22 of /proc/PID/stat, counted behind the parenthesised name; undefined without such a process or without /proc, and
 * '' for a process that has ended and that nobody has waited for.
 */
function startTime(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (!stat) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? '' : fields[19]
}
