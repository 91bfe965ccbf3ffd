/**
 * One run at a time on an output: a file `OUTPUT.lock` that says who writes.
 *
 * The lock of an owner that is certainly dead (same host, and no such process, another boot, or the process id in use by a
 * younger process) does not block. Whether an owner on another host lives can't be told, so that lock does.
 */
import { readFileSync } from 'node:fs'
import { open, readFile, rename, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { AutoparaError } from '../base/errors.js'

interface Owner {
  host: string
  /** The kernel's boot id, or '' where there is none. */
  boot: string
  pid: number
  /** The process's start time in clock ticks since boot, or '' where it can't be told. */
  start: string
}

/** Another run writes to the same output. */
export class OutputLockedError extends AutoparaError {
  override readonly name = 'OutputLockedError'
  /** The output file. */
  readonly file: string
  /** Who holds the lock. */
  readonly host: string
  readonly pid: number

  constructor(file: string, owner: Owner) {
    const elsewhere = owner.host === hostname() ? '' : `; if that run is gone, remove ${file}.lock`
    super('AUTOPARA_OUTPUT_LOCKED', `${file} is being written by process ${owner.pid} on ${owner.host}${elsewhere}`)
    this.file = file
    this.host = owner.host
    this.pid = owner.pid
  }
}

/** Takes the lock of `path`; the result gives it back. Throws {@link OutputLockedError} while another run holds it. */
export async function lockOutput(path: string): Promise<() => Promise<void>> {
  const lockPath = `${path}.lock`
  const mine = JSON.stringify(self())
  for (;;) {
    try {
      const handle = await open(lockPath, 'wx', 0o600)
      await handle.writeFile(mine)
      await handle.close()
      return () => unlink(lockPath).catch(() => undefined)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    await removeIfDead(path, lockPath)
  }
}

/** Removes the lock of a dead owner; throws while the owner lives. */
async function removeIfDead(path: string, lockPath: string): Promise<void> {
  let text: string
  try {
    text = await readFile(lockPath, 'utf8')
  } catch {
    return
  }
  const owner = parseOwner(text)
  if (owner && isAlive(owner)) throw new OutputLockedError(path, owner)
  // Renamed first, so that of two runs that find the same dead lock only one removes it.
  const grave = `${lockPath}.${process.pid}`
  try {
    await rename(lockPath, grave)
    if ((await readFile(grave, 'utf8')) !== text) await rename(grave, lockPath)
    else await unlink(grave)
  } catch {
    // Another run was quicker; the next attempt to create the lock decides.
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number') {
      const { host = '', boot = '', start = '' } = value as Partial<Owner>
      return { host: String(host), boot: String(boot), pid: value.pid, start: String(start) }
    }
  } catch {
    // A lock without a readable owner was cut off at its creation: its writer is gone.
  }
  return undefined
}

function isAlive(owner: Owner): boolean {
  const me = self()
  if (owner.host !== me.host) return true
  if (owner.boot !== me.boot) return false
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
    boot: readOr('/proc/sys/kernel/random/boot_id', ''),
    pid: process.pid,
    start: startTime(process.pid) ?? '',
  }
}

/** Field 22 of /proc/PID/stat, counted behind the parenthesised name; undefined without such a process or without /proc. */
function startTime(pid: number): string | undefined {
  const stat = readOr(`/proc/${pid}/stat`, '')
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return fallback
  }
}
