import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { cpuCount } from 'autopara'
import { describe, expect, it } from 'vitest'
import { usableCpus } from '../../lib/pool/cpu-count.js'

/** A machine of 8 CPUs with these files. */
function cpus(files: Record<string, string>): number {
  return usableCpus(8, (path) => files[path])
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('cpuCount', () => {
  it('is a positive integer, and no more than the operating system gives this process', () => {
    expect(Number.isInteger(cpuCount())).toBe(true)
    expect(cpuCount()).toBeGreaterThan(0)
    expect(cpuCount()).toBeLessThanOrEqual(availableParallelism())
  })

  it('is what affinity leaves where no control group says less', () => {
    expect(cpus({})).toBe(8)
    expect(cpus({ '/proc/self/cgroup': '0::/\n' })).toBe(8)
    expect(cpus({ '/proc/self/cgroup': '0::/x\n', '/sys/fs/cgroup/x/cpu.max': 'max 100000\n' })).toBe(8)
  })

  it.each([
    ['200000 100000', 2],
    ['150000 100000', 2],
    ['50000 100000', 1],
    ['2000000 100000', 8],
    ['30000 10000', 3],
  ])('honours cpu.max = %j of cgroup v2', (text, expected) => {
    expect(cpus({ '/proc/self/cgroup': '0::/app\n', '/sys/fs/cgroup/app/cpu.max': `${text}\n` })).toBe(expected)
  })

  it('takes the least of a group and those it stands in', () => {
    const files = {
      '/proc/self/cgroup': '0::/a/b/c\n',
      '/sys/fs/cgroup/a/b/c/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/a/b/cpu.max': '300000 100000\n',
      '/sys/fs/cgroup/a/cpu.max': '500000 100000\n',
    }
    expect(cpus(files)).toBe(3)
  })

  it('reads the root group when the path is that of the host, as in a container', () => {
    expect(cpus({ '/proc/self/cgroup': '0::/docker/abc\n', '/sys/fs/cgroup/cpu.max': '400000 100000\n' })).toBe(4)
  })

  it('honours the quota of cgroup v1, under either mount', () => {
    for (const mount of ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup/cpu,cpuacct']) {
      const files = {
        '/proc/self/cgroup': '5:memory:/\n3:cpu,cpuacct:/job\n0::/\n',
        [`${mount}/job/cpu.cfs_quota_us`]: '250000\n',
        [`${mount}/job/cpu.cfs_period_us`]: '100000\n',
      }
      expect(cpus(files)).toBe(3)
    }
  })

  it('takes -1 of cgroup v1, and nonsense, for no limit', () => {
    for (const quota of ['-1', 'garbage', '', '0']) {
      const files = {
        '/proc/self/cgroup': '3:cpu:/\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': quota,
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
      }
      expect(cpus(files)).toBe(8)
    }
  })

  it.skipIf(!hasTaskset())('honours CPU affinity', () => {
    const script = "import { cpuCount } from 'autopara'; console.log(cpuCount())"
    const output = execFileSync('taskset', ['-c', '0', process.execPath, '--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    expect(output).toBe('1\n')
  })
})
