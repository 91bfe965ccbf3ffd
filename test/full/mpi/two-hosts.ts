/**
 * Two machines on one: network namespaces joined by a cable, each with its own host name and, in one folder, its own files.
 * The launcher's remote shell is a script that enters the other one.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Launcher } from './launch.js'

const ADDRESSES = ['10.77.0.1', '10.77.0.2'] as const
const NAMES = ['hosta', 'hostb'] as const

/** Why that can't be had here, or undefined. */
export function noNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root, for network namespaces'
  const tried = spawnSync('unshare', ['--net', '--uts', '--mount', 'ip', 'link'], { stdio: 'ignore' })
  return tried.status === 0 ? undefined : 'network namespaces (unshare, ip) are not to be had here'
}

/** Two hosts; `apart` is a folder that is empty on the second one. */
export class TwoHosts {
  readonly #spaces: readonly [string, string]
  readonly #agent: string

  constructor(folder: string, apart: string) {
    this.#spaces = [`autopara-${process.pid}-a`, `autopara-${process.pid}-b`]
    const [a, b] = this.#spaces
    for (const space of this.#spaces) ip('netns', 'add', space)
    ip('link', 'add', 'autopara0', 'netns', a, 'type', 'veth', 'peer', 'name', 'autopara0', 'netns', b)
    for (const [i, space] of this.#spaces.entries()) {
      ip('-n', space, 'addr', 'add', `${ADDRESSES[i]}/24`, 'dev', 'autopara0')
      ip('-n', space, 'link', 'set', 'autopara0', 'up')
      ip('-n', space, 'link', 'set', 'lo', 'up')
    }
    this.#agent = join(folder, 'agent.sh')
    const lines = [
      '#!/bin/sh',
      'while [ "$1" != "$' + '{1#-}" ]; do shift; done',
      'shift',
      `exec ip netns exec ${b} unshare --uts --mount sh -c 'hostname ${NAMES[1]}; mount -t tmpfs none "${apart}"; eval "$1"' sh "$*"`,
    ]
    writeFileSync(this.#agent, `${lines.join('\n')}\n`)
    chmodSync(this.#agent, 0o755)
  }

  /** What stands before mpirun: it runs on the first host. */
  get before(): string[] {
    const [a] = this.#spaces
    return ['ip', 'netns', 'exec', a, 'unshare', '--uts', 'sh', '-c', `hostname ${NAMES[0]}; exec "$@"`, 'sh']
  }

  /** The options of mpirun for one rank on the first host and the others on the second. */
  options(launcher: Launcher, others: number): string[] {
    const [a, b] = ADDRESSES
    if (launcher === 'mpich') return ['-launcher-exec', this.#agent, '-hosts', `${a}:1,${b}:${others}`]
    const network = ['oob_tcp_if_include', 'btl_tcp_if_include'].flatMap((name) => ['--mca', name, '10.77.0.0/24'])
    const hosts = ['--host', `${a}:1,${b}:${others}`, '-x', 'WFL_MPIPOOL']
    return [...hosts, '--mca', 'plm_rsh_agent', this.#agent, ...network]
  }

  remove(): void {
    for (const space of this.#spaces) ip('netns', 'del', space)
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] })
}
