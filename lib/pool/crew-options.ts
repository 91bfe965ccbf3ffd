/** What a pool's options say of its workers. */
import type { Backend, WorkerSettings } from './backend.js'
import type { Initializers } from './initializers.js'
import { poolDepth } from './nesting.js'
import type { CheckedPoolOptions } from './pool-options.js'
import { workerExecArgv } from './worker-exec-argv.js'

/** How workers are made. */
export interface CrewOptions {
  readonly size: number
  readonly name: string
  readonly backend: Backend
  readonly settings: WorkerSettings
  readonly initializers: Initializers
  readonly maxtasksperchild: number | undefined
  readonly maxMemoryPerChild: number | undefined
  readonly depth: number
}

/** The workers that a pool of these options has. */
export function crewOptions(options: CheckedPoolOptions, backend: Backend): CrewOptions {
  const { name, initializers, maxtasksperchild, maxMemoryPerChild, cwd, stdio } = options
  const env = { ...process.env, ...options.env }
  const execArgv = options.execArgv ?? workerExecArgv()
  return {
    size: Math.max(1, options.processes),
    name,
    backend,
    settings: { env, execArgv, cwd, stdio },
    initializers,
    maxtasksperchild,
    maxMemoryPerChild,
    depth: poolDepth() + 1,
  }
}
