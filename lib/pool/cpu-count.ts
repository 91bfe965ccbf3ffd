/**
 * How many CPUs this process may use: the machine's, less what affinity (taskset, Slurm) and a cgroup's quota (Docker,
 * Kubernetes, systemd) leave it.
 *
 * Node's `os.availableParallelism()` honours affinity, and in some versions the quota; the quota is read here for all.
 * cgroup v2: `cpu.max` = "quota period" or "max period", in this group and those above it. v1: two files in microseconds,
 * -1 for no limit.
 */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'

/** The number of CPUs that this process may use, at least 1. A quota of 1.5 CPUs counts as 2 (the share is used up). */
export function cpuCount(): number {
  return usableCpus(availableParallelism(), readText)
}

/** Reads a small file; undefined when there is none. */
type ReadText = (path: string) => string | undefined

/** {@link cpuCount} of a machine that is described by its CPUs (after affinity) and its files. */
export function usableCpus(machine: number, read: ReadText): number {
  return Math.max(1, Math.min(machine, Math.ceil(quota(read) ?? machine)))
}

/** The smallest quota of this process's control groups in CPUs; undefined for none. */
function quota(read: ReadText): number | undefined {
  const groups = read('/proc/self/cgroup')
  if (groups === undefined) return undefined
  const limits: number[] = []
  for (const line of groups.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []
    if (path === undefined) continue
    if (controllers === '') limits.push(...upwards(path, (group) => quotaV2(read, group)))
    else if (controllers?.split(',').includes('cpu')) limits.push(...upwards(path, (group) => quotaV1(read, group)))
  }
  return limits.length === 0 ? undefined : Math.min(...limits)
}

/** What `limitOf` says of the group and of those that it stands in. In a container the path may not exist: the root does. */
function upwards(path: string, limitOf: (group: string) => number | undefined): number[] {
  const limits: number[] = []
  for (let group = path; ; group = dirname(group)) {
    const limit = limitOf(group)
    if (limit !== undefined) limits.push(limit)
    if (group === '/') return limits
  }
}

function quotaV2(read: ReadText, group: string): number | undefined {
  const [quota, period] =
    read(join('/sys/fs/cgroup', group, 'cpu.max'))
      ?.trim()
      .split(/\s+/) ?? []
  return share(quota, period)
}

function quotaV1(read: ReadText, group: string): number | undefined {
  for (const mount of ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct']) {
    const quota = read(join(mount, group, 'cpu.cfs_quota_us'))
    if (quota !== undefined) return share(quota, read(join(mount, group, 'cpu.cfs_period_us')))
  }
  return undefined
}

/** Microseconds of CPU per period: undefined for `max` and -1. */
function share(quota: string | undefined, period: string | undefined): number | undefined {
  const cpus = Number(quota?.trim()) / Number(period?.trim() ?? 100_000)
  return cpus > 0 && Number.isFinite(cpus) ? cpus : undefined
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
